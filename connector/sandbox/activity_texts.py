"""What the firm's people write into calls, mails, notes and meetings."""

from __future__ import annotations

import random

_CALL_NOTES = (
    "担当者不在。戻りは夕方とのこと。",
    "留守番電話。用件だけ残した。",
    "受付で止まる。メールで再度連絡する。",
    "話し中。明日の午前にかけ直す。",
)
_TALKS = (
    "現状は他社と契約中。更新は来年度。",
    "予算は来期に確保予定とのこと。",
    "社内で検討中。年明けに改めて連絡してほしいとの希望。",
    "今回は見送り。担当の異動があるため。",
)
_MAIL_BODIES = (
    "お問い合わせいただきありがとうございます。ご質問の件、下記のとおりご案内いたします。",
    "先日お送りした資料はご覧いただけましたでしょうか。ご不明な点がございましたらお知らせください。",
    "ご希望の日程をいくつかお知らせいただけますと幸いです。",
)
_REPLIES = (
    "ご連絡ありがとうございます。社内で相談したところ、今期は難しいとのことでした。",
    "資料を受け取りました。来年度の計画に合わせて検討します。",
    "いまは時期が合わないため、春頃に改めてご連絡ください。",
)
_SIGNATURE = "\n\n--\n株式会社つむぎリンク\nインサイドセールス\nTEL 03-0000-0100\nhttps://tsumugi-link.example"


def call_note(rng: random.Random, *, talked: bool) -> str:
    return rng.choice(_TALKS if talked else _CALL_NOTES)


def mail_text(rng: random.Random, *, incoming: bool) -> str:
    return rng.choice(_REPLIES) if incoming else rng.choice(_MAIL_BODIES) + _SIGNATURE


def note_html(rng: random.Random, *, talked: bool) -> str:
    if talked:
        return f"<p>【会話】{rng.choice(_TALKS)}</p>"
    text = rng.choice(
        ("資料の送付先を確認する。", "名刺をスキャンして登録。", "前任者からの引き継ぎ分。😅", "競合：Ⅱ社、㈱表記あり")
    )
    if rng.random() < 0.02:
        return "<ul>" + f"<li>{text}&nbsp;対応履歴を時系列で転記したもの。</li>" * 400 + "</ul>"
    return f"<p>{text}</p>"
