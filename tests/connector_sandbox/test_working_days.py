from __future__ import annotations

from datetime import date

import pytest

from connector.sandbox.working_days import add_working_days, is_working_day, last_older_date

SUNDAY, TUESDAY = date(2026, 11, 22), date(2026, 11, 24)


@pytest.mark.parametrize(
    ("today", "limit", "expected"),
    [
        # Back from Sunday 22: Fri 20, Thu 19 are two business days, so the 18th is older than one.
        (SUNDAY, 1, "2026-11-18"),
        (SUNDAY, 2, "2026-11-17"),
        (SUNDAY, 3, "2026-11-16"),
        # … 20, 19, 18, 17, 16, 13 are six: the 12th.
        (SUNDAY, 5, "2026-11-12"),
        (SUNDAY, 10, "2026-11-05"),
        # Monday 23 is a holiday: Tue 24, Fri 20 are two.
        (TUESDAY, 1, "2026-11-19"),
        (TUESDAY, 2, "2026-11-18"),
        (TUESDAY, 3, "2026-11-17"),
        # 24, 20, 19, 18, 17, 16 are six; the weekend of the 14th and 15th lies before them.
        (TUESDAY, 5, "2026-11-15"),
        (TUESDAY, 10, "2026-11-08"),
    ],
)
def test_the_last_older_date_is_that_of_the_written_table(today: date, limit: int, expected: str) -> None:
    assert last_older_date(today, limit) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-20", True),  # a Friday
        ("2026-11-21", False),  # a Saturday
        ("2026-11-23", False),  # 勤労感謝の日
        ("2026-09-22", False),  # between two holidays
        ("2026-05-06", False),  # substitute for a Sunday holiday
        ("2026-08-13", False),  # お盆
        ("2026-08-12", True),
        ("2026-12-28", True),
        ("2026-12-29", False),  # 年末年始
        ("2027-01-04", True),
    ],
)
def test_weekends_holidays_and_closures_are_no_working_days(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


def test_counting_forward_and_back_skips_the_holiday_weekend() -> None:
    assert add_working_days(date(2026, 11, 20), 1) == TUESDAY
    assert add_working_days(TUESDAY, -1) == date(2026, 11, 20)
