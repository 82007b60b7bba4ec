"""From a condition to a SQL expression that holds for exactly the records the condition means.

Plain SQL knows a third answer besides true and false, for missing values. Here `not` is always IS NOT TRUE, so that of
a condition and its negation exactly one holds.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, false, func, literal, or_, select, true

from connector.records import CONTACTS
from rules.compare import Truth, compared, negated
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
    Pick,
    Quantifier,
    Related,
    Relation,
    Sum,
)
from rules.linking import way
from rules.scope import Ground, Rows, Scope, contact_facts
from rules.values import value
from rules.words import stored_as


def contact_scope(ground: Ground) -> Scope:
    contact = ground.schema.table(CONTACTS).alias("contact")
    facts = contact_facts.alias("facts")
    return Scope(ground, contact, facts, contact, CONTACTS, (facts, contact), holds)


def holds(scope: Scope, condition: Condition) -> Truth:
    """The expression may be NULL where it is false; it is true exactly where the condition holds."""
    return _COMPILERS[type(condition)](scope, condition)


def _all(scope: Scope, condition: All) -> Truth:
    return and_(true(), *(holds(scope, item) for item in condition.items))


def _any(scope: Scope, condition: AnyOf) -> Truth:
    return or_(false(), *(holds(scope, item) for item in condition.items))


def _not(scope: Scope, condition: Not) -> Truth:
    return negated(holds(scope, condition.item))


def _cited(scope: Scope, condition: Cited) -> Truth:
    return holds(scope, condition.condition)


@dataclasses.dataclass(frozen=True, slots=True)
class Linked:
    """The records of one relation for the contact of the scope: what to select from, on which condition."""

    scope: Scope
    record: FromClause
    source: FromClause
    where: tuple[Truth, ...]
    contact_id: ColumnElement[Any]
    links: tuple[FromClause, ...] = ()


def linked(scope: Scope, relation: Relation) -> Linked:
    found = way(scope, relation)
    inner = scope.inside(found.record, relation.object_type, *found.links)
    where = list(found.where)
    if relation.where is not None and relation.pick is None:
        where.append(holds(inner, relation.where))
    if scope.group is not None:
        per, wanted = scope.group
        where.append(value(inner, per) == wanted)
    return Linked(inner, found.record, found.source, tuple(where), found.contact_id, found.links)


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


def sum_of(scope: Scope, condition: Sum) -> ColumnElement[Any]:
    """Each record once; 0 where there is none."""
    found = linked(scope, condition.relation)
    number = value(found.scope, condition.of).label("number")
    query = asked_of(found, scope, found.record.c.id.label("id"), number).distinct()
    if condition.condition is not None:
        query = query.where(holds(found.scope, condition.condition))
    some = query.subquery()
    return select(func.coalesce(func.sum(some.c.number), 0)).scalar_subquery()


def _sum(scope: Scope, condition: Sum) -> Truth:
    return _within(sum_of(scope, condition), condition)


def _count(scope: Scope, condition: Count) -> Truth:
    return _within(count_of(scope, condition.relation, condition.condition), condition)


def _within(number: ColumnElement[Any], condition: Count | Sum) -> Truth:
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
    record = scope.ground.schema.table(stored_as(relation.object_type)).alias()
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
    Comparison: compared,
    Related: _related,
    First: _first,
    Count: _count,
    Sum: _sum,
    Grouped: _grouped,
}
