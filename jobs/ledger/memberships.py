"""Who should be on which list, who is held out, and what the CRM's list is known to hold."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from jobs.ledger.tables import memberships


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """One record on one list; `held_by` names the rule that keeps it out of the CRM's list."""

    list_name: str
    object_id: str
    service: str | None
    held_by: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What one list rule says now."""

    rule: str
    kind: str
    places: Sequence[Place]
    only: Collection[str] | None = None


def reconcile(connection: Connection, wanted: Wanted, now: datetime) -> int:
    """Make the ledger's places of one rule equal to what is wanted; returns how many changed."""
    query = select(memberships).where(memberships.c.rule == wanted.rule)
    if wanted.only is not None:
        query = query.where(memberships.c.object_id.in_(list(wanted.only)))
    present = {(row.list_name, row.object_id): row for row in connection.execute(query)}
    target = {(place.list_name, place.object_id): place for place in wanted.places}
    fresh = [place for key, place in target.items() if key not in present]
    changed = [
        (present[key], place)
        for key, place in target.items()
        if key in present and (present[key].state, present[key].held_by) != (_state(place), place.held_by)
    ]
    left = [row for key, row in present.items() if key not in target and row.state != "left"]
    _insert(connection, wanted, fresh, now)
    _change(connection, changed, now)
    _leave(connection, left, now)
    return len(fresh) + len(changed) + len(left)


def _state(place: Place) -> str:
    return "held" if place.held_by else "member"


def _insert(connection: Connection, wanted: Wanted, places: Sequence[Place], now: datetime) -> None:
    if places:
        connection.execute(
            insert(memberships),
            [
                {
                    "list_name": place.list_name,
                    "object_id": place.object_id,
                    "rule": wanted.rule,
                    "kind": wanted.kind,
                    "service": place.service,
                    "state": _state(place),
                    "held_by": place.held_by,
                    "entered_at": now,
                    "in_crm": False,
                }
                for place in places
            ],
        )


def _change(connection: Connection, pairs: Sequence[tuple[Row[Any], Place]], now: datetime) -> None:
    if pairs:
        connection.execute(
            update(memberships)
            .where(memberships.c.list_name == bindparam("name"), memberships.c.object_id == bindparam("record"))
            .values(
                state=bindparam("new_state"),
                held_by=bindparam("holder"),
                left_at=None,
                entered_at=bindparam("since"),
            ),
            [
                {
                    "name": row.list_name,
                    "record": row.object_id,
                    "new_state": _state(place),
                    "holder": place.held_by,
                    "since": now if row.state == "left" else row.entered_at,
                }
                for row, place in pairs
            ],
        )


def _leave(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    if rows:
        connection.execute(
            update(memberships)
            .where(memberships.c.list_name == bindparam("name"), memberships.c.object_id == bindparam("record"))
            .values(state="left", held_by=None, left_at=now),
            [{"name": row.list_name, "record": row.object_id} for row in rows],
        )


def leave_removed(connection: Connection, known_rules: Collection[str], now: datetime) -> None:
    """Empty the lists of rules that no longer exist."""
    connection.execute(
        update(memberships)
        .where(memberships.c.state != "left", memberships.c.rule.not_in(list(known_rules)))
        .values(state="left", held_by=None, left_at=now)
    )


def differences(connection: Connection, rule: str, only: Collection[str] | None) -> list[Row[Any]]:
    """Places where the CRM's list is not yet what it should be."""
    query = select(memberships).where(
        memberships.c.rule == rule, (memberships.c.state == "member") != memberships.c.in_crm
    )
    if only is not None:
        query = query.where(memberships.c.object_id.in_(list(only)))
    return list(connection.execute(query.order_by(memberships.c.list_name, memberships.c.object_id)))


def mark_in_crm(connection: Connection, list_name: str, ids: Collection[str], present: bool) -> None:
    if not ids:
        return
    connection.execute(
        update(memberships)
        .where(memberships.c.list_name == list_name, memberships.c.object_id == bindparam("record"))
        .values(in_crm=present),
        [{"record": i} for i in ids],
    )


def read(connection: Connection, name: str | None = None) -> list[dict[str, Any]]:
    """Every list with members or held ones, by name; ids in the order of their numbers."""
    query = select(memberships).where(memberships.c.state != "left")
    if name is not None:
        query = query.where(memberships.c.list_name == name)
    lists: dict[str, dict[str, Any]] = {}
    for row in connection.execute(query.order_by(memberships.c.list_name, memberships.c.object_id)):
        entry = lists.setdefault(
            row.list_name,
            {"name": row.list_name, "kind": row.kind, "service": row.service, "members": [], "held": []},
        )
        entry["members" if row.state == "member" else "held"].append(row.object_id)
    return list(lists.values())
