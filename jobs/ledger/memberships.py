"""Who should be on which list, who is held out, who came back to life, and what the CRM's list is known to hold.

What people wrote to us is not kept here: the ledger is never emptied, and the mirror still has it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from jobs.ledger.tables import memberships
from rules.scope import among


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """One record on one list; `held_by` names the rule that keeps it out of the CRM's list.

    `since` is None where only the ledger can tell. `owner_id` is remembered as it was when the record came.
    """

    list_name: str
    object_id: str
    service: str | None
    held_by: str | None
    since: datetime | None = None
    status: str | None = None
    reason: str | None = None
    owner_id: str | None = None

    @property
    def state(self) -> str:
        return "held" if self.held_by else "member"


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What one list rule says now."""

    rule: str
    kind: str
    places: Sequence[Place]
    only: Collection[str] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Moved:
    """How many places changed, and those whose stay is over: members that left, or left and came back between rounds.

    `records` are those whose places changed.
    """

    changed: int
    ended: tuple[Row[Any], ...]
    records: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A change of a record's status away from those of the list."""

    at: datetime
    status: str | None


def reconcile(connection: Connection, wanted: Wanted, now: datetime) -> Moved:
    """Make the ledger's places of one rule equal to what is wanted."""
    query = select(memberships).where(memberships.c.rule == wanted.rule)
    if wanted.only is not None:
        query = query.where(among(memberships.c.object_id, wanted.only))
    present = {(row.list_name, row.object_id): row for row in connection.execute(query)}
    target = {(place.list_name, place.object_id): place for place in wanted.places}
    fresh = [place for key, place in target.items() if key not in present]
    kept = [(present[key], place) for key, place in target.items() if key in present]
    changed = [(row, place) for row, place in kept if _differs(row, place)]
    left = [row for key, row in present.items() if key not in target and row.state != "left"]
    _insert(connection, wanted, fresh, now)
    _change(connection, changed, now)
    _leave(connection, left, now)
    back = [row for row, place in changed if place.since is not None and row.entered_at < place.since]
    ended = tuple(row for row in (*left, *back) if row.state == "member")
    records = tuple(one.object_id for one in (*fresh, *(place for _, place in changed), *left))
    return Moved(len(records), ended, records)


def _differs(row: Row[Any], place: Place) -> bool:
    seen = (row.state, row.held_by, row.status, row.reason)
    return seen != (place.state, place.held_by, place.status, place.reason) or place.since not in (None, row.entered_at)


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
                    "state": place.state,
                    "held_by": place.held_by,
                    "entered_at": place.since or now,
                    "in_crm": False,
                    "joined_at": now if place.state == "member" else None,
                    "status": place.status,
                    "reason": place.reason,
                    "owner_id": place.owner_id,
                }
                for place in places
            ],
        )


def _change(connection: Connection, pairs: Sequence[tuple[Row[Any], Place]], now: datetime) -> None:
    if pairs:
        values: dict[str, Any] = {
            "state": bindparam("new_state"),
            "held_by": bindparam("holder"),
            "left_at": None,
            "entered_at": bindparam("since"),
            "joined_at": bindparam("first_member"),
            "status": bindparam("new_status"),
            "reason": bindparam("why"),
            "owner_id": bindparam("whose"),
        }
        connection.execute(
            update(memberships)
            .where(memberships.c.list_name == bindparam("name"), memberships.c.object_id == bindparam("record"))
            .values(**values),
            [_changed(row, place, now) for row, place in pairs],
        )


def _changed(row: Row[Any], place: Place, now: datetime) -> dict[str, Any]:
    since = place.since or (now if row.state == "left" else row.entered_at)
    known = row.state != "left" and since == row.entered_at and row.owner_id is not None
    return {
        "name": row.list_name,
        "record": row.object_id,
        "new_state": place.state,
        "holder": place.held_by,
        "since": since,
        "first_member": row.joined_at or (now if place.state == "member" else None),
        "new_status": place.status,
        "why": place.reason,
        "whose": row.owner_id if known else place.owner_id,
    }


def _leave(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> None:
    if rows:
        connection.execute(
            update(memberships)
            .where(memberships.c.list_name == bindparam("name"), memberships.c.object_id == bindparam("record"))
            .values(state="left", held_by=None, left_at=now),
            [{"name": row.list_name, "record": row.object_id} for row in rows],
        )


def note_revivals(
    connection: Connection,
    ended: Collection[Row[Any]],
    steps: Mapping[str, Sequence[Step]],
    revived_by: Collection[str],
) -> int:
    """A stay that ended with a step to one of these statuses brought somebody back; how many there were."""
    found = [
        {
            "name": row.list_name,
            "record": row.object_id,
            "at": step.at,
            "to": step.status,
            "days": (step.at - row.entered_at).days,
        }
        for row in ended
        if (step := _revival(row, steps.get(row.object_id, ()), revived_by)) is not None
    ]
    if found:
        connection.execute(
            update(memberships)
            .where(memberships.c.list_name == bindparam("name"), memberships.c.object_id == bindparam("record"))
            .values(revived_at=bindparam("at"), revived_to=bindparam("to"), revived_after_days=bindparam("days")),
            found,
        )
    return len(found)


def _revival(row: Row[Any], steps: Sequence[Step], revived_by: Collection[str]) -> Step | None:
    return next((step for step in steps if step.at >= row.entered_at and step.status in revived_by), None)


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
        query = query.where(among(memberships.c.object_id, only))
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
    columns = memberships.c
    wanted = (columns.list_name, columns.object_id, columns.kind, columns.service, columns.state)
    query = select(*wanted).where(columns.state != "left")
    if name is not None:
        query = query.where(columns.list_name == name)
    lists: dict[str, dict[str, Any]] = {}
    for row in connection.execute(query.order_by(columns.list_name, columns.object_id)):
        entry = lists.setdefault(
            row.list_name,
            {"name": row.list_name, "kind": row.kind, "service": row.service, "members": [], "held": []},
        )
        entry["members" if row.state == "member" else "held"].append(row.object_id)
    return list(lists.values())


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """What one list came to. `ever` counts all that were ever members, `revived` those of them that came back."""

    new: int
    oldest: datetime | None
    ever: int
    revived: int


def figures(connection: Connection, new_since: datetime) -> dict[str, Figures]:
    """By list name."""
    columns = memberships.c
    member = columns.state == "member"
    query = select(
        columns.list_name,
        func.count().filter(member, columns.entered_at >= new_since),
        func.min(columns.entered_at).filter(member),
        func.count(columns.joined_at),
        func.count(columns.revived_at),
    ).group_by(columns.list_name)
    return {row[0]: Figures(*row[1:]) for row in connection.execute(query)}


def by_reason(connection: Connection) -> dict[str, list[tuple[str | None, str | None, int]]]:
    """Per list: status, sub-reason and how many members have them, the most frequent first."""
    columns = memberships.c
    number = func.count().label("number")
    key = (columns.list_name, columns.status, columns.reason)
    found: dict[str, list[tuple[str | None, str | None, int]]] = {}
    query = select(*key, number).where(columns.state == "member").group_by(*key).order_by(number.desc(), *key)
    for name, status, reason, count in connection.execute(query):
        found.setdefault(name, []).append((status, reason, count))
    return found


def places(connection: Connection, name: str) -> list[Row[Any]]:
    """Everybody on one list or held out of it, longest first."""
    query = select(memberships).where(memberships.c.list_name == name, memberships.c.state != "left")
    return list(connection.execute(query.order_by(memberships.c.entered_at, memberships.c.object_id)))
