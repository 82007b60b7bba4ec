"""Values that a contact could have so that a comparison would hold, or would not, as the CRM writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from connector.records import Kind
from rules.business_calendar import Calendar
from rules.compare import POSITIVE_OF
from rules.conditions import Comparison, Moment, Operator, Span, Word
from rules.scope import Ground

_SHORTEST = timedelta(milliseconds=1)
_SAMPLES = {Kind.TEXT: "x", Kind.CHOICE: "x", Kind.MULTI: "x", Kind.NUMBER: "1", Kind.OWNER: "1"}
_OPPOSITES: Mapping[Operator, Operator] = {
    Operator.AT_LEAST: Operator.LESS_THAN,
    Operator.LESS_THAN: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.MORE_THAN,
    Operator.MORE_THAN: Operator.AT_MOST,
    Operator.OLDER_THAN: Operator.WITHIN_LAST,
    Operator.WITHIN_LAST: Operator.OLDER_THAN,
}
# A number on the right side of the bound.
_STEPS = {Operator.AT_LEAST: 0, Operator.AT_MOST: 0, Operator.MORE_THAN: 1, Operator.LESS_THAN: -1}


def witnesses(ground: Ground, comparison: Comparison, present: str | None, *, wanted: bool) -> list[str | None]:
    """The likeliest first; None is no value. Nothing is promised: whoever uses one asks the rule with it.

    `present` is what the property holds now: of several values as many are kept as can be.
    """
    operator = POSITIVE_OF.get(comparison.operator, comparison.operator)
    if operator is not comparison.operator:
        wanted = not wanted
    if wanted:
        found = _fulfilling(ground, comparison, operator, present)
        return [*found, None] if comparison.or_missing else [*found]
    opposite = _OPPOSITES.get(operator)
    found = (
        _fulfilling(ground, comparison, opposite, present)
        if opposite
        else _others(ground, comparison, operator, present)
    )
    return [*found, *([] if comparison.or_missing else [None])]


def _fulfilling(ground: Ground, comparison: Comparison, operator: Operator, present: str | None) -> list[str]:
    operand, word = comparison.operand, comparison.word
    if operator in _STEPS:
        return [f"{cast('float', operand) + _STEPS[operator]:g}"] if isinstance(operand, int | float) else []
    if operator in _OF_ITEMS:
        return _OF_ITEMS[operator](_items(present), cast("tuple[str, ...]", operand))
    if operator in _OF_WHAT_THERE_IS:
        return _what_there_is(ground, comparison, operator)
    if isinstance(operand, Span | Moment):
        return _moments(ground, word, operator, operand)
    if isinstance(operand, tuple):
        return [text for one in operand for text in _written(ground, word, one)]
    return []


def _others(ground: Ground, comparison: Comparison, operator: Operator, present: str | None) -> list[str]:
    """Values for which a positive comparison does not hold, besides none at all."""
    operand, word = comparison.operand, comparison.word
    taken = operand if isinstance(operand, tuple) else ()
    if operator in (Operator.HAS_ANY, Operator.HAS_ALL):
        kept = [item for item in _items(present) if item not in taken]
        return [";".join(kept)] if kept else []
    if word.kind is Kind.CHOICE and operator is Operator.IS:
        return [option.value for option in word.options if option.value not in taken][:2]
    if word.kind is Kind.NUMBER and taken:
        return [f"{max(cast('tuple[float, ...]', taken)) + 1:g}"]
    if operator is Operator.HAS_ROLE:
        people = ground.world.people.persons
        return [one.owner_id for one in people if one.live and not one.roles & {*map(str, taken)}][:1]
    if isinstance(operand, Moment):
        return _written(ground, word, operand)
    return []


_OF_WHAT_THERE_IS = (Operator.KNOWN, Operator.IN_VOCABULARY, Operator.HAS_ROLE, Operator.LIVE)
_OF_ITEMS: Mapping[Operator, Callable[[list[str], tuple[str, ...]], list[str]]] = {
    Operator.HAS_ANY: lambda present, wanted: [";".join((*present, wanted[0])), *wanted],
    Operator.HAS_ALL: lambda present, wanted: [";".join((*present, *wanted)), ";".join(wanted)],
    Operator.HAS_EXACTLY: lambda _, wanted: [";".join(wanted)],
}


def _items(present: str | None) -> list[str]:
    return [item for item in (present or "").split(";") if item]


def _what_there_is(ground: Ground, comparison: Comparison, operator: Operator) -> list[str]:
    """An option of the portal, a status of the vocabulary, a person."""
    if operator is Operator.KNOWN:
        return [*(option.value for option in comparison.word.options), *_sample(ground, comparison.word)][:1]
    if operator is Operator.IN_VOCABULARY:
        return [status.value for status in ground.rule_set.vocabulary.statuses][:1]
    people = ground.world.people
    if operator is Operator.LIVE:
        return [*people.live_ids][:3]
    roles = cast("tuple[str, ...]", comparison.operand)
    return [owner_id for role in roles for owner_id in people.with_role(role, live_only=True)][:3]


def _moments(ground: Ground, word: Word, operator: Operator, operand: Span | Moment) -> list[str]:
    calendar, now = ground.calendar(operand.calendar), ground.world.now
    if isinstance(operand, Span):
        older = operator is Operator.OLDER_THAN
        return [_text(calendar, word, calendar.span_cutoff(now, operand) - _SHORTEST if older else now)]
    if operator is Operator.BEFORE:
        return [_text(calendar, word, calendar.begins(now, operand) - _SHORTEST)]
    if operator is Operator.AFTER:
        return [_text(calendar, word, calendar.ends(now, operand) + timedelta(days=word.kind is Kind.DATE))]
    return []


def _written(ground: Ground, word: Word, item: Any) -> list[str]:
    if isinstance(item, Moment):
        calendar = ground.calendar(item.calendar)
        return [_text(calendar, word, calendar.begins(ground.world.now, item))]
    return [f"{item:g}" if isinstance(item, int | float) else str(item)]


def _text(calendar: Calendar, word: Word, at: datetime) -> str:
    return calendar.local_date(at).isoformat() if word.kind is Kind.DATE else at.isoformat()


def _sample(ground: Ground, word: Word) -> Iterable[str]:
    if word.kind in (Kind.INSTANT, Kind.DATE):
        return (_text(ground.world.calendar, word, ground.world.now),)
    return (_SAMPLES[word.kind],)
