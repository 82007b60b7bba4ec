"""From which moment on a comparison with the time of day answers otherwise, if nothing but time changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from connector.records import Kind
from rules.business_calendar import Calendar
from rules.conditions import ASKED_OF_CHANGES, Comparison, Condition, Moment, Operator, Span
from rules.scope import Ground

_SHORTEST = timedelta(milliseconds=1)  # the CRM keeps no finer time
_AGO = (Operator.OLDER_THAN, Operator.UNCHANGED_FOR)
_LATELY = (Operator.WITHIN_LAST, Operator.CHANGED_WITHIN)


def turns_at(ground: Ground, condition: Condition, value: Any, *, wanted: bool) -> datetime | None:
    """The first moment after now from which it holds (`wanted`), or no longer does. None: never by time alone."""
    if not isinstance(condition, Comparison) or not isinstance(value, datetime | str):
        return None
    operand = condition.operand
    if not isinstance(operand, Span | Moment):
        return None
    calendar = ground.calendar(operand.calendar)
    of_a_date = condition.word.kind is Kind.DATE and condition.operator not in ASKED_OF_CHANGES
    if of_a_date is isinstance(value, datetime):
        return None
    first, last = _begin_and_end(calendar, value)
    found = _turns(calendar, condition, first, last)[not wanted]
    return found if found is not None and found > ground.world.now else None


def _begin_and_end(calendar: Calendar, value: datetime | str) -> tuple[datetime, datetime]:
    """The value's first moment, and the first one after it: a bare date is a whole day."""
    if isinstance(value, datetime):
        return value, value + _SHORTEST
    day = date.fromisoformat(value)
    return calendar.start_of(day), calendar.start_of(day + timedelta(days=1))


def _turns(calendar: Calendar, condition: Comparison, first: datetime, last: datetime) -> Sequence[datetime | None]:
    """When it begins to hold, and when it ends."""
    operator, operand = condition.operator, condition.operand
    if isinstance(operand, Span):
        # What is older than N days from a moment on, is so from where N days ahead of the value end.
        over = calendar.span_end(first, operand)
        if operator in _AGO:
            return over, None
        if operator in _LATELY:
            return first, over
        return calendar.span_cutoff(first, operand), last
    if isinstance(operand, Moment) and operand.at is None:
        return (last, None) if operator is Operator.BEFORE else (None, first)
    return None, None
