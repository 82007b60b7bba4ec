"""When a snooze ends: on a working morning, and never in the past."""

from __future__ import annotations

from datetime import time

import pytest

from jobs.acts.snooze import snoozed_until
from rules.business_calendar import Calendar
from slack_app.until_words import read_until
from tests.jobs.ledger_builders import TOKYO, at

CALENDAR = Calendar(TOKYO)


@pytest.mark.parametrize(
    ("now", "typed", "ends"),
    [
        ("11-24 10:15", "1h", "11-24 11:15"),
        ("11-24 10:15", "tomorrow", "11-25 09:00"),
        ("11-20 10:15", "tomorrow", "11-24 09:00"),  # Friday; Monday is a holiday
        ("11-24 10:15", "3d", "11-27 09:00"),  # Wednesday, Thursday, Friday
        ("11-19 10:15", "3d", "11-25 09:00"),  # Friday, Tuesday, Wednesday
        ("11-24 10:15", "next monday", "11-30 09:00"),
        ("11-16 10:15", "next monday", "11-24 09:00"),  # asked on a Monday; the next one is a holiday
        ("11-24 10:15", "金曜", "11-27 09:00"),
        ("11-27 10:15", "金曜", "12-04 09:00"),  # asked on a Friday
        ("11-27 10:15", "来週金曜", "12-04 09:00"),
        ("11-24 10:15", "2026-12-01", "12-01 09:00"),
        ("11-24 10:15", "11/28", "11-30 09:00"),  # a Saturday
        ("11-24 08:15", "11/24", "11-24 09:00"),
    ],
)
def test_a_snooze_ends_on_a_working_morning(now: str, typed: str, ends: str) -> None:
    meant = read_until(typed)
    assert meant is not None
    assert snoozed_until(meant, at(now), CALENDAR, time(9)) == at(ends)


@pytest.mark.parametrize("typed", ["2026-11-20", "2025-12-01", "2/29"])
def test_there_is_no_snooze_until_a_day_that_is_past_or_not_there(typed: str) -> None:
    meant = read_until(typed)
    assert meant is not None
    assert snoozed_until(meant, at("11-24 10:15"), CALENDAR, time(9)) is None
