"""When people work and when inquiries come in: single points in time in the firm's fourteen months of data."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from connector.sandbox.working_days import TOKYO, add_working_days, is_working_day

START_CLOCK = datetime(2026, 11, 22, 12, 0, tzinfo=TOKYO)
FIRST_DAY = date(2025, 10, 1)

# Three waves: April and October up, August and the end of the year down. November 2026 is cut short.
_MONTH_WEIGHTS = {
    (2025, 10): 1.4,
    (2025, 11): 1.1,
    (2025, 12): 0.7,
    (2026, 1): 0.9,
    (2026, 2): 1.0,
    (2026, 3): 1.2,
    (2026, 4): 1.5,
    (2026, 5): 1.0,
    (2026, 6): 1.0,
    (2026, 7): 0.95,
    (2026, 8): 0.6,
    (2026, 9): 1.0,
    (2026, 10): 1.5,
    (2026, 11): 0.7,
}
_MONTHS = tuple(_MONTH_WEIGHTS)
_WEIGHTS = tuple(_MONTH_WEIGHTS.values())
_IN_OFFICE_HOURS = 0.82
_EXHIBITION_DAYS = (
    date(2026, 2, 18),
    date(2026, 2, 19),
    date(2026, 2, 20),
    date(2026, 10, 14),
    date(2026, 10, 15),
    date(2026, 10, 16),
)


def local(text: str) -> datetime:
    """An ISO text in Tokyo's time."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def at_work(rng: random.Random, day: date) -> datetime:
    """Some time in office hours of a day."""
    minutes = rng.randrange(9 * 60 + 8, 18 * 60 + 20)
    return _at(rng, day, minutes)


def at_any_hour(rng: random.Random, day: date) -> datetime:
    """When a form may be sent: more often late in the evening than at night."""
    hour = rng.choices((0, 1, 6, 7, 8, 12, 19, 20, 21, 22, 23), (2, 1, 2, 4, 6, 2, 5, 5, 6, 5, 3))[0]
    return _at(rng, day, hour * 60 + rng.randrange(60))


def _at(rng: random.Random, day: date, minutes: int) -> datetime:
    start = datetime.combine(day, time(), tzinfo=TOKYO)
    return start + timedelta(minutes=minutes, seconds=rng.randrange(60), milliseconds=rng.randrange(1000))


def inquiry_time(rng: random.Random, first: date, last: date) -> datetime:
    """Along the seasons, mostly Monday to Friday from 9 to 18 h, within the two days."""
    while True:
        year, month = rng.choices(_MONTHS, _WEIGHTS)[0]
        day = date(year, month, 1) + timedelta(days=rng.randrange(31))
        if day.month != month or not first <= day <= last:
            continue
        weekday = day.weekday() < 5
        if rng.random() < _IN_OFFICE_HOURS:
            if weekday:
                return _at(rng, day, rng.randrange(9 * 60, 18 * 60))
        elif weekday or rng.random() < 0.6:
            return at_any_hour(rng, day)


def exhibition_time(rng: random.Random) -> datetime:
    return _at(rng, rng.choice(_EXHIBITION_DAYS), rng.randrange(10 * 60, 17 * 60))


def working_day_between(rng: random.Random, first: date, last: date) -> date:
    """Any business day of the window; a window without one gives its last day."""
    for _ in range(50):
        day = first + timedelta(days=rng.randrange((last - first).days + 1))
        if is_working_day(day):
            return day
    return last


def next_work(rng: random.Random, after: datetime, days: tuple[int, int]) -> datetime:
    """Office time some days later, on the same day too when the range begins with 0."""
    day = after.astimezone(TOKYO).date() + timedelta(days=rng.randint(*days))
    if not is_working_day(day):
        day = add_working_days(day, 1)
    found = at_work(rng, day)
    if found <= after:
        found = after + timedelta(minutes=rng.randrange(6, 55), seconds=rng.randrange(60))
        if found.astimezone(TOKYO).hour >= 19:
            found = at_work(rng, add_working_days(day, 1))
    return found


def earlier_work(rng: random.Random, before: datetime, days: tuple[int, int]) -> datetime:
    """Office time some days earlier."""
    day = before.astimezone(TOKYO).date() - timedelta(days=rng.randint(*days))
    if not is_working_day(day):
        day = add_working_days(day, -1)
    found = at_work(rng, day)
    if found >= before:
        found = before - timedelta(minutes=rng.randrange(6, 40), seconds=rng.randrange(60))
    return found


def meeting_start(rng: random.Random, day: date) -> datetime:
    half_hours = rng.choice((19, 20, 20, 21, 22, 26, 27, 28, 28, 29, 30, 31, 32, 33))
    return datetime.combine(day, time(half_hours // 2, half_hours % 2 * 30), tzinfo=TOKYO)
