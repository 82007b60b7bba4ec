// What the page itself says, in Japanese and English; the app's own words come with its messages.

const TEXTS = {
  ja: {
    skip: "メッセージへ移動", viewAs: "表示するユーザー", channels: "チャンネル", apps: "アプリ", direct: "ダイレクトメッセージ",
    home: "ホーム", messages: "メッセージ", members: (n) => `${n} 人のメンバー`, archived: "アーカイブ済み", clock: "ワークスペースの時刻",
    emptyChannel: "まだメッセージはありません。", emptyHome: "ホームタブはまだ公開されていません。",
    onlyYou: "あなただけに表示されています", edited: "（編集済み）", showFormer: "以前の内容を表示", former: "以前の内容",
    replies: (n) => `${n} 件の返信`, alsoInChannel: "スレッドに返信しました", inThread: "スレッドへの返信",
    composer: (c) => `${c} へのメッセージ`, composerApp: "mimawari へのメッセージ、または /lead", send: "送信",
    hintTitle: "スラッシュコマンド", choose: "選択してください", more: "その他の操作", submit: "送信", cancel: "キャンセル", close: "閉じる",
    back: "戻る", yes: "はい", no: "いいえ", pick: "候補を検索", picture: "画像",
    required: "この項目は必須です。", length: "文字数が範囲外です。", email: "メールアドレスの形式が正しくありません。",
    url: "URL の形式が正しくありません。", number: "数値を入力してください。", range: "値が範囲外です。",
    failed: { app_url_not_set: "アプリがまだ接続されていません。", app_unreachable: "アプリに接続できませんでした。",
      operation_timeout: "アプリが 3 秒以内に応答しませんでした。", dispatch_failed: "アプリがエラーを返しました。",
      invalid_response: "アプリの応答が正しくありません。", unknown_command: "そのコマンドは登録されていません。" },
    notConnected: "アプリ未接続", lost: "スタンドインに接続できません。再試行しています…",
    record: "CRM レコード", recordHint: "メッセージにカーソルを合わせるか、ボタンを押すと、そのコンタクトの CRM レコードがここに表示されます。",
    recordOff: "CRM が接続されていません。", recordGone: "CRM に応答がありません。", recordMissing: (id) => `コンタクト ${id} は CRM にありません。`,
    company: "会社", owner: "担当者", services: "サービス", status: "リードステータス", statusHistory: "ステータスの履歴", deals: "取引",
    meetings: "商談・ミーティング", lastContact: "最終連絡", inquiry: "問い合わせ", score: "スコア", mail: "メール", none: "なし", phone: "電話",
    blank: "（空欄）", all: "すべてのプロパティ", closeRecord: "レコードを閉じる", archivedRecord: "アーカイブ済み", openMenu: "メニュー",
    unread: (n) => `未読 ${n} 件`, contactOf: "このブロックのコンタクト", appBadge: "アプリ", refreshed: "更新",
  },
  en: {
    skip: "Skip to messages", viewAs: "View as", channels: "Channels", apps: "Apps", direct: "Direct messages",
    home: "Home", messages: "Messages", members: (n) => `${n} members`, archived: "archived", clock: "Workspace time",
    emptyChannel: "No messages yet.", emptyHome: "The Home tab has not been published yet.",
    onlyYou: "Only visible to you", edited: "(edited)", showFormer: "Show former versions", former: "Former versions",
    replies: (n) => (n === 1 ? "1 reply" : `${n} replies`), alsoInChannel: "replied to a thread", inThread: "reply in a thread",
    composer: (c) => `Message ${c}`, composerApp: "Message mimawari, or type /lead", send: "Send",
    hintTitle: "Slash command", choose: "Choose an option", more: "More actions", submit: "Submit", cancel: "Cancel", close: "Close",
    back: "Back", yes: "Yes", no: "No", pick: "Search options", picture: "Picture",
    required: "Please complete this required field.", length: "The length is out of range.", email: "Please enter a valid mail address.",
    url: "Please enter a valid URL.", number: "Please enter a number.", range: "The value is out of range.",
    failed: { app_url_not_set: "The app is not connected yet.", app_unreachable: "The app could not be reached.",
      operation_timeout: "The app did not answer within 3 seconds.", dispatch_failed: "The app answered with an error.",
      invalid_response: "The app's answer was not valid.", unknown_command: "That command is not registered." },
    notConnected: "app not connected", lost: "The stand-in cannot be reached. Trying again…",
    record: "CRM record", recordHint: "Point at a message or press one of its buttons to see the contact's CRM record here.",
    recordOff: "No CRM is connected.", recordGone: "The CRM does not answer.", recordMissing: (id) => `The CRM has no contact ${id}.`,
    company: "Company", owner: "Owner", services: "Services", status: "Lead status", statusHistory: "Status history", deals: "Deals",
    meetings: "Meetings", lastContact: "Last contact", inquiry: "Inquiry", score: "Score", mail: "Mail", none: "none", phone: "Phone",
    blank: "(blank)", all: "All properties", closeRecord: "Close the record", archivedRecord: "archived", openMenu: "Menu",
    unread: (n) => `${n} unread`, contactOf: "Contact of this block", appBadge: "APP", refreshed: "refreshed",
  },
};

export const HINTS = {
  ja: [["list [mine|team]", "対応待ちの一覧"], ["find <名前|会社>", "コンタクトを検索"],
    ["status <名前|ID> [値]", "リードのステータスを表示・変更"], ["ack <名前|ID>", "確認しました"],
    ["snooze <名前|ID> <3日|明日>", "しばらくお知らせを止める"], ["why <名前|ID>", "検知の理由とお知らせの状況"],
    ["proposals", "ルールからの提案"], ["plan", "変更案の確認（管理者）"], ["undo", "直前の変更を元に戻す"],
    ["doctor", "設定や接続の確認（管理者）"], ["help", "使い方"]],
  en: [["list [mine|team]", "what is waiting"], ["find <name|company>", "look for contacts"],
    ["status <name|id> [value]", "show or change a lead's status"], ["ack <name|id>", "acknowledge"],
    ["snooze <name|id> <3d|tomorrow>", "stop reminding for a while"], ["why <name|id>", "why it is shown, and who was told"],
    ["proposals", "what rules suggest"], ["plan", "review the plan (admins)"], ["undo", "take back your last change"],
    ["doctor", "what is wrong with the set-up (admins)"], ["help", "how to use it"]],
};

export const languageOf = (locale) => (String(locale || "").startsWith("ja") ? "ja" : "en");
export const textsFor = (locale) => TEXTS[languageOf(locale)];
export const hintsFor = (locale) => HINTS[languageOf(locale)];
