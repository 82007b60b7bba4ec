"""The keys of a rule and of a table's row."""

from __future__ import annotations

from rules.language.word import Documented
from rules.text import Text

RULE_KEYS = (
    Documented(
        "title",
        Text(
            "名前。日本語（ja）と英語（en）。片方だけでもかまいません。",
            "Its name in Japanese (ja) and English (en); one of them is enough.",
        ),
        "title: {ja: 未対応の問い合わせ, en: Untouched inquiry}",
    ),
    Documented(
        "for_each",
        Text("何についてのルールか。今は `contact` だけです。", "What it is about; `contact` for now."),
        "for_each: contact",
    ),
    Documented("code", Text("一覧やメッセージに出る短い記号。", "A short sign for lists and messages."), "code: X1"),
    Documented(
        "when",
        Text(
            "条件。一覧に書いたものは、すべて成り立つ必要があります。",
            "The condition. Of a list, everything must hold.",
        ),
        "when: [{lead_status: NEW}, {owner: {known: false}}]",
    ),
    Documented(
        "then",
        Text("当たったときにすること（下の「結果」）。", "What to do where it holds, see Actions."),
        "then: [{finding: {severity: warning}}]",
    ),
    Documented(
        "unless",
        Text(
            "ここに書いたルールが当たる間は、当たらないことにする。",
            "While one of these rules holds, this one does not.",
        ),
        "unless: [l5-conflicting-parking]",
    ),
    Documented(
        "hold",
        Text(
            "ここに書いたルールが当たる間は、リストに入れず、横に表示する。",
            "While one of these rules holds, the contact is kept off the list and shown beside it.",
        ),
        "hold: [l5-conflicting-parking]",
    ),
    Documented(
        "mode",
        Text(
            "どこまで自動にするか。`observe` は記録だけ、`suggest` は人に提案、`plan` は変更案にして承認を待つ、`auto` は自動で書き込み。"
            "書かなければ、書き込みのあるルールは `plan`、ほかは `suggest`。",
            "How far it goes by itself: `observe` only counts, `suggest` offers, `plan` waits for approval, `auto` writes. Without "
            "it: `plan` for what writes, `suggest` for the rest.",
        ),
        "mode: observe",
    ),
    Documented(
        "switched_on",
        Text(
            "`auto` にした人と日。`limit` とあわせて必要です。",
            "Who switched it to `auto`, and when; needed there, together with `limit`.",
        ),
        "mode: auto\nlimit: 50\nswitched_on: {by: Sato, on: 2026-11-20}",
    ),
    Documented(
        "limit",
        Text(
            "一回の見回りで書き込む上限（既定 200）。超えると、そのルールは何も書き込みません。",
            "How many writes one round may make (200 if not said). Above it, nothing of this rule is written.",
        ),
        "limit: 50",
    ),
    Documented(
        "owner",
        Text(
            "このルールの責任者（CRM のユーザーのメールまたは ID）。上限を超えたときなどに知らされます。",
            "Who answers for the rule: a CRM user's mail or id.",
        ),
        "owner: ops@firm.example",
    ),
    Documented(
        "channel",
        Text(
            "`leak` を書くと、FS漏れ確認のチャンネルにも表示します。",
            "`leak`: shown in the FS leak check's channel as well.",
        ),
        "channel: leak",
    ),
    Documented(
        "for",
        Text("この時間ずっと当たっていたら、検知とする。", "A finding opens once it has held for so long."),
        "for: 2 hours",
    ),
    Documented(
        "quiet_if",
        Text(
            "同じコンタクトでこのルールの検知が開いている間は、知らせない。",
            "No reminder while one of these rules has an open finding about the same contact.",
        ),
        "quiet_if: [h10-owner-missing-or-gone]",
    ),
    Documented(
        "was",
        Text(
            "前のルール名。名前を変えても、検知や変更案を引き継ぎます。",
            "Ids it had before: findings and plan lines are kept when it is renamed.",
        ),
        "was: old-name",
    ),
    Documented(
        "respect_edits",
        Text(
            "人が変えた値を、この期間は上書きしない（既定 30日）。",
            "A value that a person changed is left alone for so long (30 days if not said).",
        ),
        "respect_edits: 10 days",
    ),
    Documented(
        "calendar",
        Text(
            "営業日の数え方（`calendars` の名前）。書かなければ最初のもの。",
            "Which calendar its days go by; the first one if not said.",
        ),
        "calendar: jp",
    ),
    Documented(
        "first_match",
        Text(
            "表。上から順に見て、最初に当たった行だけを使います。最後の行は `otherwise: true` にできます。",
            "A table: the first row that holds is used, and only that one. The last may be `otherwise: true`.",
        ),
        'first_match:\n  - {prefecture: 北海道, then: [{list: {name: "北海道: {services}", kind: recycle, one_per: services}}]}\n'
        "  - {otherwise: true, then: [{finding: {severity: info}}]}",
    ),
    Documented(
        "every_match",
        Text("表。当たった行をすべて使います。", "A table: every row that holds is used."),
        "every_match:\n  - {name: no-mail, email: {known: false}, then: [{finding: {severity: info}}]}\n"
        "  - {name: no-owner, owner: {known: false}, then: [{finding: {severity: warning}}]}",
    ),
    Documented(
        "allowed",
        Text(
            "表。どの行にも当たらないものを検知とします。", "A table of what is allowed: a finding where no row holds."
        ),
        "allowed:\n  - {lead_status: [NEW, IN_PROGRESS], owner: {role: IS}}\n  - {lead_status: [OPEN_DEAL, CONNECTED], owner: {role: FS}}",
    ),
    Documented(
        "score",
        Text(
            "点数表。合計を CRM の項目に書き、ランクも書けます。",
            "A table of points: the sum goes into a property of the CRM, and a rank into another.",
        ),
        "score:\n  into: lead_score\n  between: [1, 100]\n  points:\n    - {add: 25, when: {introduction_timing: {known: true}}}\n"
        "    - {add: 10, when: {services: {known: true}}}\n  rank: {into: lead_rank, bands: {HOT: 60, WARM: 30, COOL: 1}}",
    ),
    Documented(
        "tests",
        Text("ルールのテスト。", "The rule's tests."),
        "tests:\n  - {now: 2026-11-20 09:30, given: {lead_status: NEW}, expect: match}",
    ),
    Documented(
        "timeline",
        Text("時間を追うテスト。", "A test that follows a contact through time."),
        "timeline:\n  - {at: 2026-11-20 09:30, set: {lead_status: NEW}, expect: finding open}",
    ),
)

ACTIONS = (
    Documented(
        "finding",
        Text(
            "検知を開く。`severity` は info・warning・error、`message` は知らせる文。条件に当たらなくなると自動で閉じます。",
            "Opens a finding; it closes by itself when the rule no longer holds. `severity`: info, warning, error. `message`: what is said.",
        ),
        "finding: {severity: warning, message: {ja: 担当者がいません。, en: Nobody owns this lead.}}",
    ),
    Documented(
        "remind",
        Text(
            "Slack で知らせる相手。上から順に、いる人に知らせます。`owner: {role: IS}` はその役割の担当者だけ。"
            "`escalate: false` なら、対応がなくても本人以外には知らせません。",
            "Who is told in Slack: the first of these that there is. `owner: {role: IS}` is the owner if of that role."
            " `escalate: false`: nobody else is told when nobody acts.",
        ),
        "finding: {severity: warning}\nremind: {to: [{owner: {role: IS}}, {role: Manager}]}",
    ),
    Documented(
        "list",
        Text(
            "リストに入れる。`one_per` の値ごとに一つ、`kind` は recycle・lost・won、`leave` は外れる条件。",
            "Puts the contact on a list, one for each value of `one_per`. `kind`: recycle, lost, won; `leave`: when it leaves.",
        ),
        'list: {name: "候補: {services}", kind: recycle, one_per: services, leave: when no longer true}',
    ),
    Documented(
        "set",
        Text(
            "CRM の値を変える。リードステータスは変えられません（人が決めます）。",
            "Changes values in the CRM; never the lead status, which a person sets.",
        ),
        "set: {lead_rank: HOT}",
    ),
    Documented(
        "assign",
        Text(
            "担当者を変える（メールまたは ID）。表では、行の `to` を使えます。",
            "Changes the owner: a CRM user's mail or id; in a table `to` of the row.",
        ),
        "assign: {owner: sato@firm.example}",
    ),
    Documented(
        "task",
        Text(
            "CRM にタスクを作る。当たっている間は一つだけで、完了しても増えません。当たらなくなった後にまた当たれば、新しく作ります。"
            "`to` は `remind` と同じ書き方、`due` は期限。",
            "Makes a task in the CRM: one while the rule goes on holding, also when it is completed; a new one when the rule holds "
            "anew. `to`: as of `remind`; `due`: by when.",
        ),
        "task: {title: {ja: 商談に変換する, en: Convert to a deal}, to: [owner, {role: Manager}], due: 2 business days}",
    ),
    Documented(
        "note",
        Text(
            "CRM のコンタクトにメモを残す。回数の数え方は `task` と同じです。",
            "Leaves a note with the contact in the CRM, as often as `task` makes one.",
        ),
        "note: {text: {ja: 30日間連絡がありません。, en: Nobody has been in touch for 30 days.}}",
    ),
    Documented(
        "suggest",
        Text(
            "人に提案する値。`ask` は一緒に答えてもらう項目、`to` は相手。",
            "Values offered to a person with one click. `ask`: what must be answered with it, `to`: to whom.",
        ),
        "suggest: {set: {lead_status: [IN_PROGRESS, UNQUALIFIED]}}",
    ),
)
