"""Until when somebody wants to be left alone, as people type it: `1h`, `3d`, `明日`, `来週月曜`, `12/1`."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from datetime import date

_HOURS = re.compile(r"(\d{1,3})\s*(?:h|hours?|hrs?|時間)(?:後|まで)?")
_DAYS = re.compile(r"(\d{1,3})\s*(?:d|days?|営業日|日間?)(?:後|まで)?")
_WEEKS = re.compile(r"(\d)\s*(?:w|weeks?|週間)(?:後|まで)?")
_WEEKDAY = re.compile(
    r"(次の|来週の?|今週の?|next\s+|this\s+)?([月火水木金土日]|mon|tue|wed|thu|fri|sat|sun)(?:曜日?|[a-z]*day)?(?:まで)?"
)
_DATE = re.compile(r"(?:(\d{4})[-/年])?(\d{1,2})[-/月](\d{1,2})日?(?:まで)?")
_TOMORROW = frozenset({"tomorrow", "明日", "あした", "あす", "翌日", "明日まで"})
_NEXT_WEEK = frozenset({"next week", "来週", "来週まで", "翌週"})
_WEEKDAYS = {
    name: n
    for n, names in enumerate(("月 mon", "火 tue", "水 wed", "木 thu", "金 fri", "土 sat", "日 sun"))
    for name in names.split()
}
_THAT_DAY = frozenset("月火水木金土日")
_OF_NEXT_WEEK = ("来週", "next")
_MONDAY = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Until:
    """One of: so many hours from now; the morning after so many business days; a weekday; a day."""

    hours: int = 0
    days: int = 0
    weekday: int | None = None
    next_week: bool = False
    day: date | None = None
    month_and_day: tuple[int, int] | None = None


def read_until(words: str) -> Until | None:
    """None for words that name no time. Whether the time is allowed is not judged here."""
    text = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    if text in _TOMORROW:
        return Until(days=1)
    if text in _NEXT_WEEK:
        return Until(weekday=_MONDAY, next_week=True)
    for pattern, read in _READERS:
        if match := pattern.fullmatch(text):
            return read(match)
    return None


def _hours(match: re.Match[str]) -> Until | None:
    return Until(hours=int(match[1])) if int(match[1]) else None


def _days(match: re.Match[str]) -> Until | None:
    return Until(days=int(match[1])) if int(match[1]) else None


def _weeks(match: re.Match[str]) -> Until | None:
    return Until(days=5 * int(match[1])) if int(match[1]) else None


def _weekday(match: re.Match[str]) -> Until | None:
    if match[0] in _THAT_DAY:
        return None  # `日` alone is no Sunday
    return Until(weekday=_WEEKDAYS[match[2]], next_week=(match[1] or "").startswith(_OF_NEXT_WEEK))


def _day(match: re.Match[str]) -> Until | None:
    year, month, day = match[1], int(match[2]), int(match[3])
    try:
        # A leap year, so that 2/29 is a day until the year is known.
        whole = date(int(year) if year else 2024, month, day)
    except ValueError:
        return None
    return Until(day=whole) if year else Until(month_and_day=(month, day))


_READERS = ((_HOURS, _hours), (_DAYS, _days), (_WEEKS, _weeks), (_WEEKDAY, _weekday), (_DATE, _day))
