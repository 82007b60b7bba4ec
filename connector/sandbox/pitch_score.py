"""How much an inquiry's text reads like somebody selling to the firm."""

from __future__ import annotations

import unicodedata

PITCH_LIMIT = 50

_GROUPS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (20, ("サイトを拝見", "ホームページを拝見", "hpを拝見", "事業内容を拝見")),
    (25, ("倍に", "%アップ", "%向上", "%削減", "件獲得", "コスト削減")),
    (20, ("15分", "20分", "30分", "お時間を")),
    (20, ("日程調整", "calendar.", "予約ページ")),
    (30, ("配信停止", "配信不要", "ご不要の場合")),
    (20, ("ご提案", "弊社サービス", "営業代行")),
    (-30, ("費用を", "料金を", "見積", "資料を", "導入を検討", "掲載まで")),
)


def pitch_score(text: str | None) -> int:
    """Each group counts once, however many of its texts are contained; a missing text scores 0."""
    if text is None:
        return 0
    plain = unicodedata.normalize("NFKC", text).lower()
    return sum(points for points, texts in _GROUPS if any(one in plain for one in texts))
