"""Which days the firm works, and how long ago something must lie to be older than N business days.

The stand-in's own calendar: national holidays of Japan and the two default closures.
"""

from __future__ import annotations

import functools
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

TOKYO = ZoneInfo("Asia/Tokyo")

# (month, day): 年末年始 and お盆.
_CLOSURES = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3), (8, 13), (8, 14), (8, 15)})
_SATURDAY = 5


def local_date(instant: datetime) -> date:
    return instant.astimezone(TOKYO).date()


@functools.cache
def is_working_day(day: date) -> bool:
    if day.weekday() >= _SATURDAY or (day.month, day.day) in _CLOSURES:
        return False
    return day not in _national_holidays(day.year)


def last_older_date(today: date, limit: int) -> date:
    """The latest date with more than `limit` business days in (date, today]."""
    day, counted = today, 0
    while True:
        counted += is_working_day(day)
        day -= timedelta(days=1)
        if counted > limit:
            return day


def add_working_days(day: date, count: int) -> date:
    """The `count`-th business day after `day`, or before it for a negative `count`."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


@functools.cache
def _national_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("JP", years=[year]))
