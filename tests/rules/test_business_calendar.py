from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.business_calendar import Calendar, Closure, NoOpenDayError
from rules.conditions import Moment, Span, SpanUnit
from tests.rules.portal import SUNDAY, TOKYO, TUESDAY, jst, shipped_rules

CALENDAR = shipped_rules().calendar


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        (date(2026, 11, 20), True),  # Friday
        (date(2026, 11, 22), False),  # Sunday
        (date(2026, 11, 23), False),  # 勤労感謝の日
        (date(2026, 12, 28), True),
        (date(2026, 12, 29), False),  # 年末年始 begins
        (date(2027, 1, 4), True),  # Monday after it
        (date(2026, 8, 14), False),  # お盆
        (date(2026, 9, 22), False),  # 国民の休日 between two holidays
        (date(2026, 5, 6), False),  # 振替休日
    ],
)
def test_weekends_holidays_and_closures_are_not_open(day: date, is_open: bool) -> None:
    assert CALENDAR.is_open(day) is is_open


@pytest.mark.parametrize(
    ("now", "limit", "last_older"),
    [
        (SUNDAY, 1, date(2026, 11, 18)),  # 19, 20 = 2 business days after it
        (SUNDAY, 2, date(2026, 11, 17)),
        (SUNDAY, 3, date(2026, 11, 16)),
        (SUNDAY, 5, date(2026, 11, 12)),
        (SUNDAY, 10, date(2026, 11, 5)),
        (TUESDAY, 1, date(2026, 11, 19)),  # 20, 24 = 2
        (TUESDAY, 2, date(2026, 11, 18)),
        (TUESDAY, 3, date(2026, 11, 17)),
        (TUESDAY, 5, date(2026, 11, 15)),
        (TUESDAY, 10, date(2026, 11, 8)),
    ],
)
def test_the_borders_are_those_of_the_table(now: datetime, limit: int, last_older: date) -> None:
    assert CALENDAR.cutoff_date(now, limit) == last_older + timedelta(days=1)
    assert CALENDAR.cutoff(now, limit) == jst(f"{(last_older + timedelta(days=1)).isoformat()} 00:00")


def test_the_border_moves_at_midnight_in_tokyo() -> None:
    before, after = jst("11-23 23:59"), jst("11-24 00:00")
    assert (CALENDAR.cutoff_date(before, 1), CALENDAR.cutoff_date(after, 1)) == (date(2026, 11, 19), date(2026, 11, 20))


def test_counted_one_by_one_the_border_is_the_same() -> None:
    for days, limit in [(d, n) for d in range(0, 400, 7) for n in (0, 1, 2, 3, 5, 10)]:
        now = SUNDAY + timedelta(days=days)
        border = CALENDAR.cutoff_date(now, limit)
        for value, older in ((border, False), (border - timedelta(days=1), True)):
            lying_between = (value + timedelta(days=n + 1) for n in range((now.date() - value).days))
            assert (sum(map(CALENDAR.is_open, lying_between)) > limit) is older


@pytest.mark.parametrize(
    ("span", "border"),
    [
        (Span(1, SpanUnit.BUSINESS_DAYS), "11-19 00:00"),
        (Span(30, SpanUnit.DAYS), "10-23 00:00"),  # more than 30 days lie in (10-22, 11-22]
        (Span(4, SpanUnit.HOURS), "11-22 08:00"),
    ],
)
def test_spans_end_at_local_midnight_but_hours_are_exact(span: Span, border: str) -> None:
    assert CALENDAR.span_cutoff(SUNDAY, span) == jst(border)


@pytest.mark.parametrize(
    ("now", "border", "ahead"),
    [
        ("11-20 15:00", "11-20 11:00", "11-24 10:00"),  # Friday; Monday the 23rd is a holiday
        ("11-20 10:00", "11-19 15:00", "11-20 14:00"),
        ("11-20 13:00", "11-19 18:00", "11-20 17:00"),  # used up at the opening: the night before is no older
        ("11-20 14:00", "11-20 10:00", "11-24 09:00"),  # used up at closing time: within until the next opening
        ("11-22 12:00", "11-20 14:00", "11-24 13:00"),  # Sunday
    ],
)
def test_business_hours_are_those_in_which_the_firm_is_open(now: str, border: str, ahead: str) -> None:
    span = Span(4, SpanUnit.BUSINESS_HOURS)
    assert CALENDAR.span_cutoff(jst(now), span) == jst(border)
    assert CALENDAR.span_end(jst(now), span) == jst(ahead) + timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("now", "span", "end"),
    [
        (SUNDAY, Span(0, SpanUnit.DAYS), "11-23 00:00"),  # today
        (SUNDAY, Span(2, SpanUnit.DAYS), "11-25 00:00"),  # 23, 24 = 2 days ahead
        (SUNDAY, Span(1, SpanUnit.BUSINESS_DAYS), "11-25 00:00"),  # 23 is a holiday, 24 = 1
        (TUESDAY, Span(3, SpanUnit.BUSINESS_DAYS), "11-30 00:00"),  # 25, 26, 27, and the weekend after it
        (SUNDAY, Span(4, SpanUnit.HOURS), "11-22 16:00:00.001"),  # 16:00 itself is within
    ],
)
def test_spans_ahead_end_with_a_local_day_but_hours_are_exact(now: datetime, span: Span, end: str) -> None:
    assert CALENDAR.span_end(now, span) == jst(end)


def test_counted_one_by_one_the_end_ahead_is_the_same() -> None:
    for days, limit in [(d, n) for d in range(0, 400, 7) for n in (0, 1, 2, 3, 5, 10)]:
        now = SUNDAY + timedelta(days=days)
        end = CALENDAR.span_end_date(now, Span(limit, SpanUnit.BUSINESS_DAYS))
        for value, within in ((end - timedelta(days=1), True), (end, False)):
            lying_between = (now.date() + timedelta(days=n + 1) for n in range((value - now.date()).days))
            assert (sum(map(CALENDAR.is_open, lying_between)) <= limit) is within


@pytest.mark.parametrize(
    ("moment", "begins", "ends"),
    [
        (Moment(date(2026, 11, 18)), "11-18 00:00", "11-19 00:00"),
        (
            Moment(datetime.fromisoformat("2026-11-18 10:30")),
            "11-18 10:30",
            "11-18 10:30:00.001",
        ),  # local, as it has no zone
        (Moment(datetime(2026, 11, 18, 10, 30, tzinfo=UTC)), "11-18 19:30", "11-18 19:30:00.001"),
        (Moment(None), "11-22 12:00", "11-22 12:00:00.001"),
    ],
)
def test_a_day_is_the_whole_local_day(moment: Moment, begins: str, ends: str) -> None:
    assert (CALENDAR.begins(SUNDAY, moment), CALENDAR.ends(SUNDAY, moment)) == (jst(begins), jst(ends))


def test_a_day_of_23_hours_starts_at_its_own_midnight() -> None:
    berlin = Calendar(ZoneInfo("Europe/Berlin"), country="DE")
    assert berlin.start_of(date(2026, 3, 30)) - berlin.start_of(date(2026, 3, 29)) == timedelta(days=1)
    assert berlin.start_of(date(2026, 3, 29)).utcoffset() == timedelta(hours=1)
    assert berlin.start_of(date(2026, 3, 30)).utcoffset() == timedelta(hours=2)


def test_single_days_win_over_the_rest() -> None:
    moved = Calendar(TOKYO, closed=frozenset({date(2026, 11, 20)}), open=frozenset({date(2026, 11, 22)}))
    assert moved.is_open(date(2026, 11, 22))
    assert moved.previous_open_day(date(2026, 11, 21)) == date(2026, 11, 19)
    assert moved.next_open_day(date(2026, 11, 23)) == date(2026, 11, 24)


def test_a_calendar_that_is_always_closed_says_so() -> None:
    with pytest.raises(NoOpenDayError, match="check the calendar"):
        Calendar(TOKYO, closures=(Closure((1, 1), (12, 31)),)).cutoff(SUNDAY, 1)
