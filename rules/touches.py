"""When the members of lost and won lists should have been contacted again, in SQL.

A touch is so many days after the newest deal of that kind and service was closed, by local dates. Only the latest touch
that has been reached counts, of all lists of a contact: an activity on or after that day answers all of them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, func, literal, select, union_all

from connector.records import DEALS
from rules.conditions import All, grouped_part
from rules.local_days import beginning, day_number, local_day
from rules.model import ListAction, Rule
from rules.predicates import contact_scope, grouped_query, holds
from rules.scope import Ground, Rows, Some, among
from rules.values import value


def touch_rows(ground: Ground, only: Some | None) -> list[Rows]:
    """`id`, `touch_at`, `list_name`: one row per contact. No statement where no list has touches.

    Reads no other derived table: the lists with touches are looked at before anything else is known.
    """
    closings = [
        _closings(ground, rule, action, only)
        for rule in ground.rule_set.rules
        for action in rule.lists
        if action.touches
    ]
    if not closings:
        return []
    calendar, now = ground.world.calendar, ground.world.now
    found = union_all(*closings).subquery()
    order = (found.c.touch_day.desc(), found.c.list_name)
    rank = func.row_number().over(partition_by=found.c.id, order_by=order)
    ranked = select(found, rank.label("rank")).where(found.c.touch_day.is_not(None)).subquery()
    begins = beginning(ranked.c.touch_day, calendar, calendar.local_date(now))
    return [select(ranked.c.id, begins, ranked.c.list_name).where(ranked.c.rank == 1)]


def _closings(ground: Ground, rule: Rule, action: ListAction, only: Some | None) -> Rows:
    """`id`, `list_name`, `touch_day` of each place on the lists of one rule."""
    grouped = grouped_part(rule.when)
    assert grouped is not None, "the loader lets only lists per group of deals have touches"
    scope = contact_scope(ground)
    contact, words = scope.contact, ground.rule_set.words[DEALS]
    found, item, parts = grouped_query(scope, grouped)
    tops = rule.when.items if isinstance(rule.when, All) else (rule.when,)
    rest = All(tuple(top for top in tops if top is not grouped))
    closed_at = value(found.scope, words["closed_at"])
    query = (
        select(contact.c.id, item.label("item"), func.max(closed_at).label("closed_at"))
        .select_from(scope.facts.join(contact, contact.c.id == scope.facts.c.id).join(found.source, and_(*found.where)))
        .where(*parts, holds(scope, rest), value(found.scope, words["state"]) == action.kind.value)
        .group_by(contact.c.id, item)
    )
    if only is not None:
        query = query.where(among(contact.c.id, only))
    closings = query.subquery()
    name, touch_day = _name(action, closings.c.item), _touch_day(ground, action, closings.c.closed_at)
    return select(closings.c.id, name.label("list_name"), touch_day.label("touch_day"))


def _touch_day(ground: Ground, action: ListAction, closed_at: ColumnElement[Any]) -> ColumnElement[Any]:
    """The latest that has been reached; NULL before the first."""
    calendar = ground.world.calendar
    today = calendar.local_date(ground.world.now)
    closed = local_day(closed_at, calendar, today)
    reached = [(closed <= day_number(today) - days, closed + days) for days in reversed(action.touches)]
    return case(*reached)


def _name(action: ListAction, item: ColumnElement[Any]) -> ColumnElement[str]:
    """As `ListAction.name` writes it."""
    before, _, after = action.name_pattern.partition("{" + action.one_per.name + "}")
    as_it_stands = literal(before, Text) + item + literal(after, Text)
    named = {option.value: literal(action.name(option.value), Text) for option in action.one_per.options}
    return case(named, value=item, else_=as_it_stands) if named else as_it_stands
