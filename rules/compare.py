"""What one comparison is in SQL: a word's value against texts, numbers, times, people, or another word.

An expression may be NULL where it is false.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, and_, false, literal, or_, true

from connector.columns import Instant
from connector.mirror.typed import normalised
from connector.records import Kind
from rules.business_calendar import Calendar
from rules.conditions import Comparison, Moment, Operator, Span, Word
from rules.scope import Scope
from rules.values import contains, exact_value, joined_items, known, normalised_value, since, value, was

Truth = ColumnElement[bool]


def compared(scope: Scope, condition: Comparison) -> Truth:
    positive = POSITIVE_OF.get(condition.operator)
    if positive is not None:
        # With a complement, `or_missing` adds nothing: it holds for a missing value anyway.
        return negated(_compare(scope, dataclasses.replace(condition, operator=positive)))
    truth = _compare(scope, condition)
    return or_(truth, ~known(scope, condition.word)) if condition.or_missing else truth


def negated(expression: Truth) -> Truth:
    return expression.is_not(true())


def _compare(scope: Scope, condition: Comparison) -> Truth:
    return _OPERATORS[condition.operator](scope, condition)


def _known(scope: Scope, condition: Comparison) -> Truth:
    return known(scope, condition.word)


def _is(scope: Scope, condition: Comparison) -> Truth:
    word, operand = condition.word, cast("tuple[Any, ...]", condition.operand)
    if word.kind in (Kind.DATE, Kind.INSTANT):
        return or_(false(), *(_at(scope, word, moment) for moment in operand))
    if word.kind is Kind.TEXT:
        return normalised_value(scope, word).in_([normalised(text) for text in operand])
    return value(scope, word).in_(operand)


def _part(matches: Callable[[ColumnElement[Any], str], Truth]) -> Callable[[Scope, Comparison], Truth]:
    def compile_it(scope: Scope, condition: Comparison) -> Truth:
        column = normalised_value(scope, condition.word)
        return or_(false(), *(matches(column, normalised(text)) for text in _texts(condition)))

    return compile_it


def _has_any(scope: Scope, condition: Comparison) -> Truth:
    column = value(scope, condition.word)
    return or_(false(), *(contains(column, item) for item in _texts(condition)))


def _has_all(scope: Scope, condition: Comparison) -> Truth:
    column = value(scope, condition.word)
    return and_(true(), *(contains(column, item) for item in _texts(condition)))


def _has_exactly(scope: Scope, condition: Comparison) -> Truth:
    return exact_value(scope, condition.word) == joined_items(_texts(condition))


def _in_vocabulary(scope: Scope, condition: Comparison) -> Truth:
    return value(scope, condition.word).in_([status.value for status in scope.ground.rule_set.vocabulary.statuses])


def _has_role(scope: Scope, condition: Comparison) -> Truth:
    people = scope.ground.world.people
    ids = {owner_id for role in _texts(condition) for owner_id in people.with_role(role)}
    return value(scope, condition.word).in_(sorted(ids))


def _live(scope: Scope, condition: Comparison) -> Truth:
    return value(scope, condition.word).in_(scope.ground.world.people.live_ids)


def _was_ever(scope: Scope, condition: Comparison) -> Truth:
    values = _texts(condition)
    # The present value too: it may be newer than the history that was read.
    return or_(was(scope, condition.word, values), value(scope, condition.word).in_(values))


def _older_than(scope: Scope, condition: Comparison) -> Truth:
    return value(scope, condition.word) < _cutoff(scope, condition, condition.word.kind)


def _unchanged_for(scope: Scope, condition: Comparison) -> Truth:
    return since(scope, condition.word) < _cutoff(scope, condition, Kind.INSTANT)


def _within_last(scope: Scope, condition: Comparison) -> Truth:
    kind = condition.word.kind
    return value(scope, condition.word).between(_cutoff(scope, condition, kind), _now(scope, condition, kind))


def _changed_within(scope: Scope, condition: Comparison) -> Truth:
    cutoff, now = _cutoff(scope, condition, Kind.INSTANT), _now(scope, condition, Kind.INSTANT)
    return since(scope, condition.word).between(cutoff, now)


def _within_next(scope: Scope, condition: Comparison) -> Truth:
    calendar, now, span = _calendar(scope, condition), scope.ground.world.now, cast("Span", condition.operand)
    of_a_date = condition.word.kind is Kind.DATE
    end = calendar.span_end_date(now, span) if of_a_date else calendar.span_end(now, span)
    column = value(scope, condition.word)
    return and_(column >= _now(scope, condition, condition.word.kind), column < _bound(end))


def _before(scope: Scope, condition: Comparison) -> Truth:
    calendar, now, moment = _calendar(scope, condition), scope.ground.world.now, cast("Moment", condition.operand)
    of_a_date = condition.word.kind is Kind.DATE
    return value(scope, condition.word) < _bound(
        calendar.day_of(now, moment) if of_a_date else calendar.begins(now, moment)
    )


def _after(scope: Scope, condition: Comparison) -> Truth:
    calendar, now, moment = _calendar(scope, condition), scope.ground.world.now, cast("Moment", condition.operand)
    column = value(scope, condition.word)
    if condition.word.kind is Kind.DATE:
        return column > _bound(calendar.day_of(now, moment))
    return column >= _bound(calendar.ends(now, moment))


def _at(scope: Scope, word: Word, moment: Moment) -> Truth:
    calendar, now, column = scope.ground.calendar(moment.calendar), scope.ground.world.now, value(scope, word)
    if word.kind is Kind.DATE:
        return column == _bound(calendar.day_of(now, moment))
    return and_(column >= _bound(calendar.begins(now, moment)), column < _bound(calendar.ends(now, moment)))


def _now(scope: Scope, condition: Comparison, kind: Kind) -> ColumnElement[Any]:
    now = scope.ground.world.now
    return _bound(_calendar(scope, condition).local_date(now) if kind is Kind.DATE else now)


def _cutoff(scope: Scope, condition: Comparison, kind: Kind) -> ColumnElement[Any]:
    calendar, now, span = _calendar(scope, condition), scope.ground.world.now, cast("Span", condition.operand)
    return _bound(calendar.span_cutoff_date(now, span) if kind is Kind.DATE else calendar.span_cutoff(now, span))


def _calendar(scope: Scope, condition: Comparison) -> Calendar:
    return scope.ground.calendar(cast("Span | Moment", condition.operand).calendar)


def _bound(at: date | datetime) -> ColumnElement[Any]:
    """As the mirror keeps it: dates as they are written, never shifted by a zone."""
    return literal(at, Instant()) if isinstance(at, datetime) else literal(at.isoformat())


def _same_as(scope: Scope, condition: Comparison) -> Truth:
    word, other = condition.word, cast("Word", condition.operand)
    read = {Kind.TEXT: normalised_value, Kind.MULTI: exact_value}.get(word.kind, value)
    return read(scope, word) == read(scope, other)


def _texts(condition: Comparison) -> tuple[str, ...]:
    return cast("tuple[str, ...]", condition.operand)


def _ordered(compare: Callable[[ColumnElement[Any], Any], Truth]) -> Callable[[Scope, Comparison], Truth]:
    """Against a number, or against another word of this record or of its contact."""

    def compile_it(scope: Scope, condition: Comparison) -> Truth:
        operand = condition.operand
        other = value(scope, operand) if isinstance(operand, Word) else operand
        return compare(value(scope, condition.word), other)

    return compile_it


_OPERATORS: Mapping[Operator, Callable[[Scope, Comparison], Truth]] = {
    Operator.KNOWN: _known,
    Operator.IS: _is,
    Operator.CONTAINS: _part(lambda column, text: column.contains(text, autoescape=True)),
    Operator.STARTS_WITH: _part(lambda column, text: column.startswith(text, autoescape=True)),
    Operator.ENDS_WITH: _part(lambda column, text: column.endswith(text, autoescape=True)),
    Operator.HAS_ANY: _has_any,
    Operator.HAS_ALL: _has_all,
    Operator.HAS_EXACTLY: _has_exactly,
    Operator.IN_VOCABULARY: _in_vocabulary,
    Operator.HAS_ROLE: _has_role,
    Operator.LIVE: _live,
    Operator.OLDER_THAN: _older_than,
    Operator.WITHIN_LAST: _within_last,
    Operator.WITHIN_NEXT: _within_next,
    Operator.BEFORE: _before,
    Operator.AFTER: _after,
    Operator.UNCHANGED_FOR: _unchanged_for,
    Operator.CHANGED_WITHIN: _changed_within,
    Operator.WAS_EVER: _was_ever,
    Operator.SAME_AS: _same_as,
    Operator.EARLIER_THAN: _ordered(lambda one, other: one < other),
    Operator.LATER_THAN: _ordered(lambda one, other: one > other),
    Operator.AT_OR_AFTER: _ordered(lambda one, other: one >= other),
    Operator.AT_LEAST: _ordered(lambda one, other: one >= other),
    Operator.AT_MOST: _ordered(lambda one, other: one <= other),
    Operator.MORE_THAN: _ordered(lambda one, other: one > other),
    Operator.LESS_THAN: _ordered(lambda one, other: one < other),
}
POSITIVE_OF: Mapping[Operator, Operator] = {
    Operator.UNKNOWN: Operator.KNOWN,
    Operator.IS_NOT: Operator.IS,
    Operator.CONTAINS_NONE: Operator.CONTAINS,
    Operator.HAS_NONE: Operator.HAS_ANY,
    Operator.NOT_IN_VOCABULARY: Operator.IN_VOCABULARY,
    Operator.HAS_NOT_ROLE: Operator.HAS_ROLE,
    Operator.NOT_LIVE: Operator.LIVE,
}
