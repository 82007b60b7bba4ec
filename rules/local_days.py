"""Which local day a moment falls on, and when a local day begins, in SQL. Days are numbered; 1970-01-01 is 0.

Neither database knows the firm's time zone, so its changes of clock are written into the statement. Tokyo has none.
"""

from __future__ import annotations

import dataclasses
import functools
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, case, cast, literal, type_coerce

from connector.columns import Instant, to_milliseconds
from rules.business_calendar import Calendar

_DAY = 86_400_000
_FIRST = date(1970, 1, 1)


@dataclasses.dataclass(frozen=True, slots=True)
class _Turn:
    """The first day that begins under another offset from UTC than the day before. Times are in milliseconds."""

    day: int
    begins: int
    before: int
    after: int


def day_number(day: date) -> int:
    return (day - _FIRST).days


def local_day(instant: ColumnElement[Any], calendar: Calendar, today: date) -> ColumnElement[int]:
    """Exact up to a year after `today`."""
    at = type_coerce(instant, BigInteger)
    offset, turns = _clock(calendar.zone, today.year + 1)
    rows: list[tuple[ColumnElement[bool], ColumnElement[int]]] = []
    for turn in turns:
        # A day that is 25 hours long would run into the next by the old offset alone.
        rows.append((at < min(turn.day * _DAY - turn.before, turn.begins), (at + turn.before) // _DAY))
        rows.append((at < turn.begins, literal(turn.day - 1, BigInteger)))
        offset = turn.after
    present = (at + offset) // _DAY
    return case(*rows, else_=present) if rows else present


def beginning(day: ColumnElement[int], calendar: Calendar, today: date) -> ColumnElement[datetime]:
    """The moment at which a local day begins."""
    offset, turns = _clock(calendar.zone, today.year + 1)
    start = cast(day, BigInteger) * _DAY
    rows = [(day < turn.day, start - turn.before) for turn in turns]
    present = start - (turns[-1].after if turns else offset)
    return type_coerce(case(*rows, else_=present) if rows else present, Instant())


@functools.lru_cache(maxsize=8)
def _clock(zone: ZoneInfo, last_year: int) -> tuple[int, tuple[_Turn, ...]]:
    """The first offset, and every change of it; the standard library tells offsets, never when they change."""
    first = before = _offset(datetime.combine(_FIRST, time(), zone))
    turns: list[_Turn] = []
    for number in range(1, day_number(date(last_year + 1, 1, 1))):
        midnight = datetime.combine(_FIRST + timedelta(days=number), time(), zone)
        after = _offset(midnight)
        if after != before:
            turns.append(_Turn(number, to_milliseconds(midnight), before, after))
            before = after
    return first, tuple(turns)


def _offset(moment: datetime) -> int:
    return int((moment.utcoffset() or timedelta()).total_seconds() * 1000)
