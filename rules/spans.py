"""Reading a length of time as an admin writes it: `2 business days`, `3営業日`, `30 days`, `4時間`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from rules.conditions import Span, SpanUnit

_UNITS: Mapping[str, tuple[SpanUnit, int]] = MappingProxyType(
    {
        "business day": (SpanUnit.BUSINESS_DAYS, 1),
        "business days": (SpanUnit.BUSINESS_DAYS, 1),
        "営業日": (SpanUnit.BUSINESS_DAYS, 1),
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


def read_span(text: str) -> Span | None:
    """None where the text is no length of time. Full-width digits and spaces are read like plain ones."""
    match = _SPAN.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    unit = _UNITS.get(_SPACES.sub(" ", match[2].strip())) if match else None
    if match is None or unit is None:
        return None
    return Span(int(match[1]) * unit[1], unit[0])
