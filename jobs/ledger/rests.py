"""Findings that somebody has put to rest: acknowledged, snoozed or dismissed, and how they wake.

Every change names the revision it was decided on, so that of two people at once one is first, and an old button undoes
nothing newer.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Update, bindparam, case, select, update

from jobs.ledger.tables import findings

DUE_STATES = ("open", "reminded", "escalated")
# From this level on, somebody else than the owner has been told.
TOLD_TO_OTHERS = 2

# Nobody has put it to rest.
NO_REST: Mapping[str, Any] = dict.fromkeys(
    ("acknowledged_by", "acknowledged_at", "acknowledged_until", "snoozed_by", "snoozed_at", "snoozed_until")
)
# Nobody has waited for it either: as it is for an owner who has not heard of it.
UNTOLD: Mapping[str, Any] = {
    **NO_REST,
    **dict.fromkeys(("waits_since", "ping_at", "ping_why", "level_at", "level_reason"), None),
    "level": 0,
}

# What wakes is as it was while its owner was told of it; what was no false alarm, as it was before.
_AWAKE = case((findings.c.level >= TOLD_TO_OTHERS, "escalated"), else_="reminded")
_AS_BEFORE = case(
    (findings.c.level >= TOLD_TO_OTHERS, "escalated"),
    (findings.c.waits_since.is_not(None), "reminded"),
    else_="open",
)

# Asked with each click: made once.
_BY_ID = select(findings).where(findings.c.id.in_(bindparam("ids", expanding=True))).order_by(findings.c.id)


def read(connection: Connection, finding_ids: Collection[int]) -> list[Row[Any]]:
    return list(connection.execute(_BY_ID, {"ids": list(finding_ids)}))


def acknowledge(
    connection: Connection, rows: Sequence[Row[Any]], *, by: str, at: datetime, until: datetime
) -> list[Row[Any]]:
    """Those of the rows that are due, as they were before. What has been put to rest by anybody is left alone."""
    rest = {**NO_REST, "acknowledged_by": by, "acknowledged_at": at, "acknowledged_until": until}
    return _change(connection, rows, (*DUE_STATES, "suppressed"), state="acknowledged", **rest, **_HEARD)


def snooze(
    connection: Connection, rows: Sequence[Row[Any]], *, by: str, at: datetime, until: datetime
) -> list[Row[Any]]:
    """As `acknowledge`, and it takes the place of an acknowledgement."""
    rest = {**NO_REST, "snoozed_by": by, "snoozed_at": at, "snoozed_until": until}
    return _change(connection, rows, (*DUE_STATES, "acknowledged", "suppressed"), state="snoozed", **rest, **_HEARD)


def unsnooze(connection: Connection, rows: Sequence[Row[Any]], *, at: datetime) -> list[Row[Any]]:
    return _change(connection, rows, ("snoozed",), state=_AWAKE, **NO_REST, waits_since=at)


def wake(connection: Connection, now: datetime) -> int:
    """Rests that ran out: the finding is due again, its owner is called, and the days of escalation count from here."""
    done = 0
    for state, until, why in (
        ("acknowledged", findings.c.acknowledged_until, "still_on_it"),
        ("snoozed", findings.c.snoozed_until, "snooze_over"),
    ):
        called = {"ping_at": now, "ping_why": why, "waits_since": now}
        over = update(findings).where(findings.c.state == state, until <= now)
        changed = over.values(state=_AWAKE, **NO_REST, **called, revision=findings.c.revision + 1)
        done += connection.execute(changed).rowcount
    return done


# Whoever acts has heard: nobody need be called any more.
_HEARD: Mapping[str, Any] = {"ping_at": None, "ping_why": None}


def quiet(connection: Connection, first: Mapping[int, str]) -> None:
    """Suppress these while another rule's finding, named by id, comes first; free whom nothing keeps quiet any more."""
    kept = select(findings.c.id).where(findings.c.quieted_by.is_not(None), findings.c.open_key.is_not(None))
    for finding_id in set(connection.execute(kept).scalars()) - first.keys():
        asleep = findings.c.state == "suppressed"
        state = case((asleep & findings.c.dismissed_at.is_(None), _AS_BEFORE), else_=findings.c.state)
        freed = update(findings).where(findings.c.id == finding_id)
        connection.execute(freed.values(state=state, quieted_by=None, revision=findings.c.revision + 1))
    for finding_id, rule in first.items():
        loud = (findings.c.id == finding_id, findings.c.state.in_(DUE_STATES))
        hushed = update(findings).where(*loud)
        connection.execute(hushed.values(state="suppressed", quieted_by=rule, revision=findings.c.revision + 1))


def dismiss(connection: Connection, rows: Sequence[Row[Any]], *, by: str, at: datetime, note: str) -> list[Row[Any]]:
    """A false alarm: nobody hears of it again as long as the same matter goes on."""
    rest: dict[str, Any] = {**NO_REST, "dismissed_by": by, "dismissed_at": at, "note": note}
    return _change(connection, rows, (*DUE_STATES, "acknowledged", "snoozed", "suppressed"), state="suppressed", **rest)


def undismiss(connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Not a false alarm after all: as it was before, and its owner hears of it again."""
    judged: dict[str, Any] = {"dismissed_by": None, "dismissed_at": None, "note": None}
    return _change(connection, rows, ("suppressed",), dismissed=True, state=_AS_BEFORE, **judged)


def expire(connection: Connection, before: datetime) -> int:
    """Nobody is reminded any more of what was opened before. It stays the same matter until the CRM is put right."""
    old = (findings.c.opened_at < before, findings.c.state.in_(DUE_STATES), findings.c.open_key.is_not(None))
    expired = update(findings).where(*old).values(state="expired", revision=findings.c.revision + 1)
    return connection.execute(expired).rowcount


def call_again(connection: Connection, rows: Sequence[Row[Any]], *, at: datetime) -> list[Row[Any]]:
    """Somebody above the owner asks that the owner be told once more."""
    return _change(connection, rows, DUE_STATES, ping_at=at, ping_why="nudged")


def step(connection: Connection, finding_id: int, *, level: int, at: datetime, reason: str) -> None:
    """The next level of escalation. Its days count from when it was told, not from when that was decided."""
    values: dict[str, Any] = {"level": level, "level_at": at, "level_reason": reason, "waits_since": None}
    if level >= TOLD_TO_OTHERS:
        values["state"] = "escalated"
    else:
        values |= {"ping_at": at, "ping_why": "again"}
    connection.execute(
        update(findings).where(findings.c.id == finding_id).values(**values, revision=findings.c.revision + 1)
    )


def mark_told(connection: Connection, finding_ids: Collection[int], *, level: int, at: datetime) -> None:
    """A message with these has arrived: at the owner's (levels 0 and 1), in the team's channel or at the manager's."""
    told = (findings.c.id.in_(list(finding_ids)), findings.c.state.in_(DUE_STATES), findings.c.waits_since.is_(None))
    there = findings.c.level < TOLD_TO_OTHERS if level < TOLD_TO_OTHERS else findings.c.level == level
    connection.execute(update(findings).where(*told, there).values(waits_since=at))


def _change(
    connection: Connection,
    rows: Sequence[Row[Any]],
    states: tuple[str, ...],
    *,
    state: str | ColumnElement[str] | None = None,
    dismissed: bool = False,
    **values: Any,
) -> list[Row[Any]]:
    """The rows that nobody else has changed since they were read. Of what was judged to be fine nothing else changes."""
    changing = _changing(states, state, dismissed, tuple(values))
    as_read = ((row, {"read_id": row.id, "read_revision": row.revision}) for row in rows)
    return [row for row, read in as_read if connection.execute(changing, {**read, **values}).rowcount == 1]


@functools.cache
def _changing(
    states: tuple[str, ...], state: str | ColumnElement[str] | None, dismissed: bool, names: tuple[str, ...]
) -> Update:
    """Made once for each kind of change: putting it together takes longer than carrying it out."""
    as_read = (findings.c.id == bindparam("read_id"), findings.c.revision == bindparam("read_revision"))
    judged = findings.c.dismissed_at.is_not(None) if dismissed else findings.c.dismissed_at.is_(None)
    allowed = (findings.c.open_key.is_not(None), findings.c.state.in_(states), judged)
    values: dict[str, Any] = {"revision": findings.c.revision + 1}
    if state is not None:
        values["state"] = state
    return update(findings).where(*as_read, *allowed).values(values | {name: bindparam(name) for name in names})
