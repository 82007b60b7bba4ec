"""What is kept of each place on a list, in SQL: since when, from which status, why, whose it was; and who came back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, null, or_, select

from connector.columns import Instant
from connector.mirror.tables import column_name
from connector.records import CONTACTS, DEALS
from rules.conditions import Grouped
from rules.history import changes_of, status_changes
from rules.model import ListAction, ListKind, Vocabulary
from rules.predicates import asked_of, linked
from rules.scope import Rows, Scope, among
from rules.values import value

# What a list of deals is about, and which of several such deals made the contact a member.
_DECIDED_BY = {ListKind.LOST: func.max, ListKind.WON: func.min}


def place_details(
    scope: Scope, action: ListAction, grouped: tuple[Grouped, Scope] | None
) -> tuple[ColumnElement[Any], ...]:
    """`since`, `status`, `reason`, `owner_id`; `since` is NULL where nothing tells it.

    `grouped` are the grouping of the rule and the scope in which only one group is looked at.
    """
    words = scope.ground.rule_set.words[CONTACTS]
    since = _stretch(scope, action) if grouped is None else _closing(action, *grouped)
    status = value(scope, words["lead_status"])
    return (
        since.label("since"),
        status.label("status"),
        _reason(scope, action, status).label("reason"),
        value(scope, words["owner"]).label("owner_id"),
    )


def _stretch(scope: Scope, action: ListAction) -> ColumnElement[Any]:
    """The start of the unbroken time in the list's statuses: a step from one of them to another begins nothing."""
    if not action.statuses:
        return cast(null(), Instant)
    changed = status_changes(scope.ground)
    before = changed.before.c.value
    entered = (
        select(func.max(changed.now.c.at))
        .select_from(changed.source)
        .where(
            changed.now.c.object_id == scope.contact.c.id,
            *changed.where,
            changed.now.c.value.in_(action.statuses),
            or_(before.is_(None), before.not_in(action.statuses)),
        )
        .correlate(*scope.around)
        .scalar_subquery()
    )
    return func.coalesce(entered, scope.facts.c.since)


def _closing(action: ListAction, grouped: Grouped, within: Scope) -> ColumnElement[Any]:
    """When the deal was closed: the newest lost one, from which touches are counted; the first won one."""
    decided_by = _DECIDED_BY.get(action.kind)
    if decided_by is None or grouped.relation.object_type != DEALS:
        return cast(null(), Instant)
    words, found = within.ground.rule_set.words[DEALS], linked(within, grouped.relation)
    closed_at = value(found.scope, words["closed_at"])
    of_the_kind = value(found.scope, words["state"]) == action.kind.value
    return asked_of(found, within, decided_by(closed_at)).where(of_the_kind).scalar_subquery()


def _reason(scope: Scope, action: ListAction, status: ColumnElement[Any]) -> ColumnElement[Any]:
    """The sub-reason that belongs to the status; the first where a status has several."""
    vocabulary = scope.ground.rule_set.vocabulary
    rows = [
        (status == found.value, scope.contact.c[column_name(found.reasons[0])])
        for value_ in action.statuses
        if (found := vocabulary.status(value_)) and found.reasons and column_name(found.reasons[0]) in scope.contact.c
    ]
    return case(*rows) if rows else cast(null(), Text)


def steps_out(vocabulary: Vocabulary, action: ListAction, ids: Collection[str]) -> Rows:
    """`record_id`, `at`, `status` of every step of these contacts out of the list's statuses, oldest first."""
    changed = changes_of(CONTACTS, vocabulary.property)
    now = changed.now.c
    return (
        select(now.object_id.label("record_id"), now.at, now.value.label("status"))
        .select_from(changed.source)
        .where(
            among(now.object_id, ids),
            *changed.where,
            changed.before.c.value.in_(action.statuses),
            or_(now.value.is_(None), now.value.not_in(action.statuses)),
        )
        .order_by(now.object_id, now.position)
    )
