"""Days and moments in the reader's language."""

from __future__ import annotations

from datetime import date, datetime, time

from slack_app.mrkdwn import Mrkdwn

_WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def weekday_words(day: int, language: str) -> str:
    """月 / Mon; Monday is 0."""
    return _WEEKDAYS["ja" if language == "ja" else "en"][day]


def clock_words(clock: time, language: str) -> str:
    """9:30 / 09:30."""
    return f"{clock.hour}:{clock:%M}" if language == "ja" else f"{clock:%H:%M}"


def day_words(day: date, language: str) -> str:
    """11月24日（火） / Tue, Nov 24."""
    if language == "ja":
        return f"{day.month}月{day.day}日（{_WEEKDAYS['ja'][day.weekday()]}）"
    return f"{_WEEKDAYS['en'][day.weekday()]}, {_MONTHS[day.month - 1]} {day.day}"


def short_day_words(day: date, seen_on: date, language: str) -> str:
    """11/24 / Nov 24; with the year where it is not the one in which it is read."""
    if language == "ja":
        return f"{day.month}/{day.day}" if day.year == seen_on.year else f"{day.year}/{day.month}/{day.day}"
    words = f"{_MONTHS[day.month - 1]} {day.day}"
    return words if day.year == seen_on.year else f"{words}, {day.year}"


def moment_words(moment: datetime, language: str) -> str:
    """11/25 9:30 / Nov 25, 09:30; in the zone that the moment carries."""
    if language == "ja":
        return f"{moment.month}/{moment.day} {moment.hour}:{moment:%M}"
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment:%H:%M}"


def moment_token(moment: datetime, language: str) -> Mrkdwn:
    """The moment as each reader's own clock shows it; in our zone where Slack cannot tell."""
    return Mrkdwn(f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|{moment_words(moment, language)}>")
