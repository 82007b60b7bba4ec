"""From a condition to a SQL expression that holds for exactly the records the condition means.

Plain SQL knows a third answer besides true and false, for missing values. Here `not` is always IS NOT TRUE, so that of
a condition and its negation exactly one holds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, and_, false, func, literal, or_, select, true

from connector.columns import Instant
from connector.mirror.tables import associations
from connector.records import CONTACTS, Kind
from rules.conditions import (
    All,
    AnyOf,
    Cited,
    Comparison,
    Condition,
    Count,
    First,
    Grouped,
    Not,
    Operator,
    Pick,
    Quantifier,
    Related,
    Relation,
    Span,
    Word,
)
from rules.scope import Rows, Scope, contact_picks
from rules.values import contains, known, value

Truth = ColumnElement[bool]


def holds(scope: Scope, condition: Condition) -> Truth:
    """The expression may be NULL where it is false; it is true exactly where the condition holds."""
    return _COMPILERS[type(condition)](scope, condition)


def negated(expression: Truth) -> Truth:
    return expression.is_not(true())


def _all(scope: Scope, condition: All) -> Truth:
    return and_(true(), *(holds(scope, item) for item in condition.items))


def _any(scope: Scope, condition: AnyOf) -> Truth:
    return or_(false(), *(holds(scope, item) for item in condition.items))


def _not(scope: Scope, condition: Not) -> Truth:
    return negated(holds(scope, condition.item))


def _cited(scope: Scope, condition: Cited) -> Truth:
    return holds(scope, condition.condition)


def _comparison(scope: Scope, condition: Comparison) -> Truth:
    positive = _POSITIVE_OF.get(condition.operator)
    if positive is not None:
        # With a complement, `or_missing` adds nothing: it holds for a missing value anyway.
        return negated(_compare(scope, dataclasses.replace(condition, operator=positive)))
    compared = _compare(scope, condition)
    return or_(compared, ~known(scope, condition.word)) if condition.or_missing else compared


def _compare(scope: Scope, condition: Comparison) -> Truth:
    return _OPERATORS[condition.operator](scope, condition)


def _known(scope: Scope, condition: Comparison) -> Truth:
    return known(scope, condition.word)


def _is(scope: Scope, condition: Comparison) -> Truth:
    column, values = value(scope, condition.word), _texts(condition)
    return column == values[0] if len(values) == 1 else column.in_(values)


def _has_any(scope: Scope, condition: Comparison) -> Truth:
    column = value(scope, condition.word)
    return or_(false(), *(contains(column, item) for item in _texts(condition)))


def _in_vocabulary(scope: Scope, condition: Comparison) -> Truth:
    return value(scope, condition.word).in_([status.value for status in scope.ground.rule_set.vocabulary.statuses])


def _has_role(scope: Scope, condition: Comparison) -> Truth:
    people = scope.ground.world.people
    ids = {owner_id for role in _texts(condition) for owner_id in people.with_role(role)}
    return value(scope, condition.word).in_(sorted(ids))


def _live(scope: Scope, condition: Comparison) -> Truth:
    return value(scope, condition.word).in_(scope.ground.world.people.live_ids)


def _older_than(scope: Scope, condition: Comparison) -> Truth:
    world, span, column = scope.ground.world, cast("Span", condition.operand), value(scope, condition.word)
    if condition.word.kind is Kind.DATE:
        return column < world.calendar.span_cutoff_date(world.now, span).isoformat()
    return column < literal(world.calendar.span_cutoff(world.now, span), Instant())


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
    Operator.HAS_ANY: _has_any,
    Operator.IN_VOCABULARY: _in_vocabulary,
    Operator.HAS_ROLE: _has_role,
    Operator.LIVE: _live,
    Operator.OLDER_THAN: _older_than,
    Operator.EARLIER_THAN: _ordered(lambda one, other: one < other),
    Operator.LATER_THAN: _ordered(lambda one, other: one > other),
    Operator.AT_OR_AFTER: _ordered(lambda one, other: one >= other),
    Operator.AT_LEAST: _ordered(lambda one, other: one >= other),
    Operator.AT_MOST: _ordered(lambda one, other: one <= other),
    Operator.MORE_THAN: _ordered(lambda one, other: one > other),
    Operator.LESS_THAN: _ordered(lambda one, other: one < other),
}
_POSITIVE_OF: Mapping[Operator, Operator] = {
    Operator.UNKNOWN: Operator.KNOWN,
    Operator.IS_NOT: Operator.IS,
    Operator.HAS_NONE: Operator.HAS_ANY,
    Operator.NOT_IN_VOCABULARY: Operator.IN_VOCABULARY,
    Operator.HAS_NOT_ROLE: Operator.HAS_ROLE,
    Operator.NOT_LIVE: Operator.LIVE,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Linked:
    """The records of one relation for the contact of the scope: what to select from, on which condition."""

    scope: Scope
    record: FromClause
    source: FromClause
    where: tuple[Truth, ...]
    contact_id: ColumnElement[Any]


def linked(scope: Scope, relation: Relation) -> Linked:
    record = scope.ground.schema.table(relation.object_type).alias()
    if relation.pick is not None:
        link = contact_picks.alias()
        contact_id: ColumnElement[Any] = link.c.contact_id
        source = link.join(record, record.c.id == link.c.record_id)
        where: list[Truth] = [link.c.relation == relation.name, contact_id == scope.contact.c.id]
    else:
        link = associations.alias()
        contact_id = link.c.from_id
        source = link.join(record, record.c.id == link.c.to_id)
        where = [
            link.c.from_type == CONTACTS,
            contact_id == scope.contact.c.id,
            link.c.to_type == relation.object_type,
            record.c.archived_at.is_(None),
            record.c.merged_into.is_(None),
        ]
    inner = scope.inside(record, relation.object_type, link)
    if relation.where is not None and relation.pick is None:
        where.append(holds(inner, relation.where))
    if scope.group is not None:
        per, wanted = scope.group
        where.append(value(inner, per) == wanted)
    return Linked(inner, record, source, tuple(where), contact_id)


def asked_of(found: Linked, outer: Scope, *columns: ColumnElement[Any]) -> Rows:
    return select(*columns).select_from(found.source).where(*found.where).correlate(*outer.around)


def _some(scope: Scope, relation: Relation, condition: Condition | None, *, fails: bool = False) -> Truth:
    found = linked(scope, relation)
    query = asked_of(found, scope, literal(1))
    if condition is not None:
        truth = holds(found.scope, condition)
        query = query.where(negated(truth) if fails else truth)
    return query.exists()


def _related(scope: Scope, condition: Related) -> Truth:
    relation, asked = condition.relation, condition.condition
    if condition.quantifier is Quantifier.ANY:
        return _some(scope, relation, asked)
    if condition.quantifier is Quantifier.NONE:
        return ~_some(scope, relation, asked)
    some = _some(scope, relation, None)
    return some if asked is None else and_(some, ~_some(scope, relation, asked, fails=True))


def count_of(scope: Scope, relation: Relation, condition: Condition | None) -> ColumnElement[int]:
    """Each record once, however many associations lead to it."""
    found = linked(scope, relation)
    query = asked_of(found, scope, func.count(found.record.c.id.distinct()))
    if condition is not None:
        query = query.where(holds(found.scope, condition))
    return query.scalar_subquery()


def _count(scope: Scope, condition: Count) -> Truth:
    number = count_of(scope, condition.relation, condition.condition)
    bounds: list[Truth] = []
    if condition.at_least is not None:
        bounds.append(number >= condition.at_least)
    if condition.at_most is not None:
        bounds.append(number <= condition.at_most)
    return and_(true(), *bounds)


def first_record(scope: Scope, relation: Relation, pick: Pick | None) -> Linked:
    """The one record that comes first; with no pick, the relation is of one record already."""
    if pick is None:
        return linked(scope, relation)
    found = linked(scope, relation)
    by = value(found.scope, pick.by)
    order = (by.desc().nulls_last(), found.record.c.id.desc()) if pick.latest else (by.nulls_last(), found.record.c.id)
    first = asked_of(found, scope, found.record.c.id).order_by(*order).limit(1).scalar_subquery()
    record = scope.ground.schema.table(relation.object_type).alias()
    return Linked(
        scope.inside(record, relation.object_type), record, record, (record.c.id == first,), scope.contact.c.id
    )


def _first(scope: Scope, condition: First) -> Truth:
    found = first_record(scope, condition.relation, condition.pick)
    return asked_of(found, scope, literal(1)).where(holds(found.scope, condition.condition)).exists()


def grouped_query(scope: Scope, condition: Grouped) -> tuple[Linked, ColumnElement[Any], tuple[Truth, ...]]:
    """The related records, the value that groups them, and what must hold for such a group to count."""
    found = linked(scope, condition.relation)
    item = value(found.scope, condition.per)
    within = of_one_group(scope, condition, found, item)
    return found, item, (item.is_not(None), *(holds(within, part) for part in condition.parts))


def of_one_group(scope: Scope, condition: Grouped, found: Linked, item: ColumnElement[Any]) -> Scope:
    """The contact's scope, in which related records are those of the group of one of them."""
    return scope.of_group(condition.per, item, *(one for one in found.scope.around if one not in scope.around))


def _grouped(scope: Scope, condition: Grouped) -> Truth:
    found, _, parts = grouped_query(scope, condition)
    return asked_of(found, scope, literal(1)).where(*parts).exists()


_COMPILERS: Mapping[type, Callable[[Scope, Any], Truth]] = {
    All: _all,
    AnyOf: _any,
    Not: _not,
    Cited: _cited,
    Comparison: _comparison,
    Related: _related,
    First: _first,
    Count: _count,
    Grouped: _grouped,
}
