"""Which contacts have to be looked at although nothing about them changed: a limit has passed one of their moments.

A comparison with the time of day changes its answer for a moment only when one of its limits ("now", "start of the day
two business days ago") passes that moment. So between two examinations it is enough to look at the moments between
where each limit stood and where it stands. The windows may hold too much, never too little.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, assert_never, cast

from sqlalchemy import ColumnElement, or_, select

from connector.mirror.tables import MirrorSchema, associations, column_name, versions
from connector.records import CONTACTS, DEALS, MEETINGS, Kind
from rules.business_calendar import Calendar
from rules.conditions import (
    ASKED_OF_CHANGES,
    Comparison,
    Condition,
    First,
    Grouped,
    Moment,
    OfRecords,
    Operator,
    Pick,
    Relation,
    Span,
    Via,
    Word,
    walk,
)
from rules.linking import colleagues
from rules.model import RuleSet
from rules.scope import Ground, Rows
from rules.twins import sharing
from rules.words import TOUCH_WORDS, stored_as
from rules.world import World

Limit = date | datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Moments:
    """Where a word's moments are stored: in the column of a property, in a property's history, or, with neither, as
    the time at which the record was made. They count only where the properties of `without` are missing.
    """

    object_type: str
    property: str | None = None
    history: bool = False
    without: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Moments from `first` to `last`, both included, in the order of time."""

    moments: Moments
    first: Limit
    last: Limit


def reached(rule_set: RuleSet, schema: MirrorSchema, then: World, now: World) -> list[Rows]:
    """Statements that give the ids of contacts whose answers may differ between `then` and `now` by time alone."""
    found: dict[Moments, list[Window]] = {}
    for window in windows(rule_set, then, now):
        found.setdefault(window.moments, []).append(window)
    return [_contacts_with(moments, some, Ground(rule_set, schema, now)) for moments, some in found.items()]


def widened(rule_set: RuleSet, ids: Collection[str]) -> list[Rows]:
    """Statements that give the ids of contacts whose answers depend on one of these contacts."""
    ways = {Via.SIBLINGS: colleagues, Via.OLDER_TWINS: sharing}
    return [who(ids) for via, who in ways.items() if via in rule_set.ways]


def windows(rule_set: RuleSet, then: World, now: World) -> list[Window]:
    """Each once, in the order of the rules."""
    found: dict[Window, None] = {}
    for places, word, limit in _limited(rule_set):
        first, last = sorted((limit(then), limit(now)))
        if first != last:
            for start, end in _shifted(rule_set, word, first, last):
                found |= {Window(moments, start, end): None for moments in places(rule_set, word)}
    return list(found)


def limits_of(rule_set: RuleSet, comparison: Comparison) -> Sequence[Callable[[World], Limit]]:
    """The limits whose passing a moment can change the comparison's answer; none where the time of day is not asked."""
    match comparison.operator:
        case Operator.OLDER_THAN | Operator.UNCHANGED_FOR:
            return (_cutoff(rule_set, comparison),)
        case Operator.WITHIN_LAST | Operator.CHANGED_WITHIN:
            return (_cutoff(rule_set, comparison), _now_of(rule_set, comparison))
        case Operator.WITHIN_NEXT:
            return (_now_of(rule_set, comparison), _end(rule_set, comparison))
        case Operator.BEFORE | Operator.AFTER:
            return (_now_of(rule_set, comparison),) if cast("Moment", comparison.operand).at is None else ()
        case Operator.IS | Operator.IS_NOT:
            return (_now_of(rule_set, comparison),) if _names_now(comparison) else ()
        case (
            Operator.KNOWN
            | Operator.UNKNOWN
            | Operator.IN_VOCABULARY
            | Operator.NOT_IN_VOCABULARY
            | Operator.CONTAINS
            | Operator.CONTAINS_NONE
            | Operator.STARTS_WITH
            | Operator.ENDS_WITH
            | Operator.HAS_ANY
            | Operator.HAS_ALL
            | Operator.HAS_NONE
            | Operator.HAS_EXACTLY
            | Operator.AT_LEAST
            | Operator.AT_MOST
            | Operator.MORE_THAN
            | Operator.LESS_THAN
            | Operator.EARLIER_THAN
            | Operator.LATER_THAN
            | Operator.AT_OR_AFTER
            | Operator.SAME_AS
            | Operator.WAS_EVER
            | Operator.HAS_ROLE
            | Operator.HAS_NOT_ROLE
            | Operator.LIVE
            | Operator.NOT_LIVE
        ):
            return ()
        case _:
            assert_never(comparison.operator)


def _cutoff(rule_set: RuleSet, comparison: Comparison) -> Callable[[World], Limit]:
    span = cast("Span", comparison.operand)
    if comparison.word.kind is Kind.DATE and comparison.operator not in ASKED_OF_CHANGES:
        return lambda world: _calendar(rule_set, world, span).span_cutoff_date(world.now, span)
    return lambda world: _calendar(rule_set, world, span).span_cutoff(world.now, span)


def _end(rule_set: RuleSet, comparison: Comparison) -> Callable[[World], Limit]:
    span = cast("Span", comparison.operand)
    if comparison.word.kind is Kind.DATE:
        return lambda world: _calendar(rule_set, world, span).span_end_date(world.now, span)
    return lambda world: _calendar(rule_set, world, span).span_end(world.now, span)


def _now_of(rule_set: RuleSet, comparison: Comparison) -> Callable[[World], Limit]:
    operands = comparison.operand if isinstance(comparison.operand, tuple) else (comparison.operand,)
    named = next((one for one in operands if isinstance(one, Span | Moment)), None)
    if comparison.word.kind is Kind.DATE and comparison.operator not in ASKED_OF_CHANGES:
        return lambda world: _calendar(rule_set, world, named).local_date(world.now)
    return lambda world: world.now


def _calendar(rule_set: RuleSet, world: World, named: Span | Moment | None) -> Calendar:
    name = None if named is None else named.calendar
    return world.calendar if name is None else rule_set.calendars[name]


def _names_now(comparison: Comparison) -> bool:
    operand = comparison.operand
    return isinstance(operand, tuple) and any(isinstance(one, Moment) and one.at is None for one in operand)


def _now(world: World) -> Limit:
    return world.now


def depends_on_now(word: Word) -> bool:
    """The word's own value changes as time passes, whatever it is compared with."""
    return word.not_ahead


def _today(world: World) -> Limit:
    return world.calendar.start_of(world.calendar.local_date(world.now))


def _is_touch(word: Word) -> bool:
    return word.object_type == CONTACTS and word.name in TOUCH_WORDS


def _shifted(rule_set: RuleSet, word: Word, first: Limit, last: Limit) -> list[tuple[Limit, Limit]]:
    """A touch is the beginning of a day so many days after a closing: whole days of closings, as long before."""
    if not (_is_touch(word) and isinstance(first, datetime) and isinstance(last, datetime)):
        return [(first, last)]
    calendar = rule_set.calendar
    day, end = calendar.local_date(first), calendar.local_date(last) + timedelta(days=1)
    after = {days for rule in rule_set.rules for action in rule.lists for days in action.touches}
    lengths = [timedelta(days=days) for days in sorted(after)]
    return [(calendar.start_of(day - one), calendar.start_of(end - one)) for one in lengths]


# Words whose moment is one of several stored ones: all of them are watched, which of them it is does not matter.
# In each row the first that is not missing counts.
_CREATED = ("created_at", "record_created_at")
_MADE_OF: Mapping[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    (CONTACTS, "status_since"): (("lead_status",), _CREATED),
    (CONTACTS, "revived_at"): (("lead_status",),),
    (CONTACTS, "cycle_start"): (("inquiry_date",), _CREATED),
    (CONTACTS, "round_start"): (("lead_status",), ("inquiry_date",), _CREATED),
    (DEALS, "closed_at"): (("closed_at", "created_at"),),
    (MEETINGS, "ends_at"): (("ends_at", "starts_at"),),
}


def moments_of(rule_set: RuleSet, word: Word) -> list[Moments]:
    """Every place that the word's value may come from."""
    if _is_touch(word):
        return moments_of(rule_set, rule_set.words[DEALS]["closed_at"])
    rows = _MADE_OF.get((word.object_type, word.name))
    if rows is None:
        return _first_of(rule_set, [word])
    words = rule_set.words[word.object_type]
    return [moments for row in rows for moments in _first_of(rule_set, [words[name] for name in row])]


def changes_of(rule_set: RuleSet, word: Word) -> list[Moments]:
    """When the word's property may last have changed: in its history, or, where there is none, with the record."""
    if (word.object_type, word.property) == (CONTACTS, rule_set.vocabulary.property):
        return moments_of(rule_set, rule_set.words[CONTACTS]["status_since"])
    return [Moments(word.object_type, word.property, history=True), Moments(word.object_type)]


def _first_of(rule_set: RuleSet, words: Sequence[Word]) -> list[Moments]:
    found: list[Moments] = []
    before: tuple[str, ...] = ()
    for word in words:
        if word.property is None and word.name != "record_created_at":
            raise KeyError(f"Nothing says where the moments of the word {word.name!r} are stored.")
        is_status = word.object_type == CONTACTS and word.property == rule_set.vocabulary.property
        found.append(Moments(word.object_type, word.property, is_status, before))
        before += () if word.property is None else (word.property,)
    return found


_Places = Callable[[RuleSet, Word], list[Moments]]


def _limited(rule_set: RuleSet) -> Iterator[tuple[_Places, Word, Callable[[World], Limit]]]:
    for condition in _every_condition(rule_set):
        if isinstance(condition, Comparison):
            places = changes_of if condition.operator in ASKED_OF_CHANGES else moments_of
            for limit in limits_of(rule_set, condition):
                yield places, condition.word, limit
        for word in _words_in(condition):
            if depends_on_now(word):
                yield moments_of, word, _now
            if _is_touch(word):
                yield moments_of, word, _today


def _every_condition(rule_set: RuleSet) -> Iterator[Condition]:
    """Everything that any rule may ask, also by way of a relation that it names."""
    for rule in rule_set.rules:
        for asked in rule.asked:
            yield from _with_relations(asked)
    for relation in rule_set.relations.values():
        yield from _of_relation(relation)


def _with_relations(condition: Condition | None) -> Iterator[Condition]:
    for one in walk(condition):
        yield one
        if isinstance(one, OfRecords):
            yield from _of_relation(one.relation)


def _of_relation(relation: Relation) -> Iterator[Condition]:
    yield from _with_relations(relation.where)
    if relation.pick is not None:
        yield _as_condition(relation.pick)


def _as_condition(pick: Pick) -> Condition:
    """To come first is to be asked for a value."""
    return Comparison(pick.by, Operator.KNOWN)


def _words_in(condition: Condition) -> Iterable[Word]:
    if isinstance(condition, Comparison):
        return [one for one in (condition.word, condition.operand) if isinstance(one, Word)]
    if isinstance(condition, First):
        return [condition.pick.by]
    return [condition.per] if isinstance(condition, Grouped) else []


def _contacts_with(moments: Moments, some: Sequence[Window], ground: Ground) -> Rows:
    """The contacts that have a moment in one of the windows, or a link to a record that has one."""
    link = associations
    if moments.history:
        told = (
            versions.c.object_type == moments.object_type,
            versions.c.property == moments.property,
            _within(versions.c.at, some),
        )
        if moments.object_type == CONTACTS:
            return select(versions.c.object_id).where(*told)
        linked = (link.c.from_type == CONTACTS, link.c.to_type == moments.object_type)
        return select(link.c.from_id).join(versions, versions.c.object_id == link.c.to_id).where(*linked, *told)
    record = ground.schema.table(stored_as(moments.object_type))
    column = record.c.created_at if moments.property is None else record.c[column_name(moments.property)]
    missing = [record.c[column_name(name)].is_(None) for name in moments.without]
    if stored_as(moments.object_type) == CONTACTS:
        return select(record.c.id).where(_within(column, some), *missing)
    return (
        select(link.c.from_id)
        .join(record, record.c.id == link.c.to_id)
        .where(link.c.from_type == CONTACTS, link.c.to_type == moments.object_type, _within(column, some), *missing)
    )


def _within(column: ColumnElement[Any], some: Sequence[Window]) -> ColumnElement[bool]:
    return or_(*(column.between(_written(one.first), _written(one.last)) for one in some))


def _written(limit: Limit) -> datetime | str:
    """Bare dates are kept as ISO texts."""
    return limit if isinstance(limit, datetime) else limit.isoformat()
