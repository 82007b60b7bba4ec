from __future__ import annotations

import pytest

from rules.conditions import Span, SpanUnit
from rules.spans import read_span


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
    ],
)
def test_periods_are_read_in_both_languages(text: str, span: Span) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize("text", ["", "3", "days", "-3 days", "1.5 days", "3 months", "3 days ago", "三日"])
def test_what_is_no_period_is_none(text: str) -> None:
    assert read_span(text) is None
