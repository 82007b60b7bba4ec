"""Reading a length or a point of time as an admin writes it: `3営業日`, `30 days`, `4時間`; `2026-11-18`, `now`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from rules.conditions import Moment, Span, SpanUnit

_UNITS: Mapping[str, tuple[SpanUnit, int]] = MappingProxyType(
    {
        "business day": (SpanUnit.BUSINESS_DAYS, 1),
        "business days": (SpanUnit.BUSINESS_DAYS, 1),
        "営業日": (SpanUnit.BUSINESS_DAYS, 1),
        "business hour": (SpanUnit.BUSINESS_HOURS, 1),
        "business hours": (SpanUnit.BUSINESS_HOURS, 1),
        "営業時間": (SpanUnit.BUSINESS_HOURS, 1),
        "day": (SpanUnit.DAYS, 1),
        "days": (SpanUnit.DAYS, 1),
        "日": (SpanUnit.DAYS, 1),
        "日間": (SpanUnit.DAYS, 1),
        "week": (SpanUnit.DAYS, 7),
        "weeks": (SpanUnit.DAYS, 7),
        "週": (SpanUnit.DAYS, 7),
        "週間": (SpanUnit.DAYS, 7),
        "hour": (SpanUnit.HOURS, 1),
        "hours": (SpanUnit.HOURS, 1),
        "時間": (SpanUnit.HOURS, 1),
    }
)
_SPAN = re.compile(r"(\d{1,5})\s*(\D+)")
_SPACES = re.compile(r"\s+")
_LONGEST = 36_500  # a century in days: no calendar reaches further
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
_YEARS = range(1900, 3000)
_NOW = "now"


def read_span(text: str) -> Span | None:
    """None where the text is no length of time, or one of more than a century. Full-width digits are digits."""
    match = _SPAN.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    unit = _UNITS.get(_SPACES.sub(" ", match[2].strip())) if match else None
    if match is None or unit is None:
        return None
    count = int(match[1]) * unit[1]
    return Span(count, unit[0]) if count <= _LONGEST else None


def read_moment(text: str) -> Moment | None:
    """A day, an instant in ISO form, or `now`; None where it is none of these or does not exist."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain == _NOW:
        return Moment(None)
    at = _point(plain)
    return Moment(at) if at is not None and at.year in _YEARS else None


def _point(text: str) -> date | datetime | None:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        return None
