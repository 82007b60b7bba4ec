from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from rules.conditions import Moment, Span, SpanUnit
from rules.spans import read_moment, read_span


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("3 business days", Span(3, SpanUnit.BUSINESS_DAYS)),
        ("1 Business  Day", Span(1, SpanUnit.BUSINESS_DAYS)),
        ("３営業日", Span(3, SpanUnit.BUSINESS_DAYS)),
        ("10 営業日", Span(10, SpanUnit.BUSINESS_DAYS)),
        ("30 days", Span(30, SpanUnit.DAYS)),
        ("30日", Span(30, SpanUnit.DAYS)),
        ("30日間", Span(30, SpanUnit.DAYS)),
        ("2 weeks", Span(14, SpanUnit.DAYS)),
        ("２週間", Span(14, SpanUnit.DAYS)),
        ("4 hours", Span(4, SpanUnit.HOURS)),
        ("4時間", Span(4, SpanUnit.HOURS)),
        ("4 business hours", Span(4, SpanUnit.BUSINESS_HOURS)),
        ("４営業時間", Span(4, SpanUnit.BUSINESS_HOURS)),
    ],
)
def test_periods_are_read_in_both_languages(text: str, span: Span) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "3", "days", "-3 days", "1.5 days", "3 months", "3 days ago", "三日", "36501 days", "99999 weeks"]
)
def test_what_is_no_period_is_none(text: str) -> None:
    assert read_span(text) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-18", date(2026, 11, 18)),
        ("２０２６-11-18", date(2026, 11, 18)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-11-18 10:30", datetime.fromisoformat("2026-11-18 10:30")),
        ("2026-11-18T10:30:00Z", datetime(2026, 11, 18, 10, 30, tzinfo=UTC)),
        ("now", None),
    ],
)
def test_days_instants_and_now_are_read(text: str, at: date | datetime | None) -> None:
    assert read_moment(text) == Moment(at)


@pytest.mark.parametrize(
    "text",
    ["", "2026-02-30", "2026-02-29", "2026-11-18 25:00", "20261118", "2026-W47-3", "11-18", "0001-01-01", "soon"],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    assert read_moment(text) is None
