"""What was taken back: which lines may be, what stands in the way, and what a rule must therefore not propose again.

A line that takes another one back is a line like any other, and can be taken back itself.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select, update

from connector.batches import pieces
from jobs.ledger.plan_lines import OPEN_STATES, Subject, subject
from jobs.ledger.tables import plan_lines, plans, runs

_AT_ONCE = 500
KINDS = ("cycle", "plan", "line")
_UNWANTED = ("undone", "rejected")


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """What is to be taken back: one of KINDS and its number, or else the lines that a person did at once."""

    kind: str
    number: int
    lines: tuple[int, ...] = ()


def exists(connection: Connection, target: Target) -> bool:
    table = {"cycle": runs, "plan": plans, "line": plan_lines}[target.kind]
    return connection.execute(select(table.c.id).where(table.c.id == target.number)).first() is not None


def written_lines(connection: Connection, target: Target, *, lock: bool = False) -> list[Row[Any]]:
    """The lines of it that were written and not taken back, newest first; `lock` keeps others off until the transaction
    ends.

    Of a cycle: what it wrote by itself, and what was written of the plan that it made.
    """
    query = select(plan_lines).where(plan_lines.c.state == "applied", _belongs(target)).order_by(plan_lines.c.id.desc())
    return list(connection.execute(query.with_for_update() if lock else query))


def _belongs(target: Target) -> ColumnElement[bool]:
    if target.lines:
        return plan_lines.c.id.in_(target.lines)
    if target.kind == "line":
        return plan_lines.c.id == target.number
    if target.kind == "plan":
        return plan_lines.c.plan_id == target.number
    planned = select(plans.c.id).where(plans.c.run_id == target.number)
    return plan_lines.c.plan_id.in_(planned) | (plan_lines.c.actor == f"run {target.number}")


def under_way(connection: Connection, ids: Collection[int]) -> dict[int, Row[Any]]:
    """Of the lines `ids`, those that are being taken back already, with the line that does it."""
    return {row.undoes: row for row in _takers(connection, ids, OPEN_STATES)}


def later_writes(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, Row[Any]]:
    """Per line the newest one outside of `rows` that has written the same since and still stands.

    A write that was taken back and the line that took it back cancel each other.
    """
    own = {row.id for row in rows}
    standing: dict[Subject, list[Row[Any]]] = {}
    for row in _of_records(connection, {row.object_id for row in rows}, "applied"):
        standing.setdefault(subject(row), []).append(row)
    taken_back = {row.id for row in _of_records(connection, {row.object_id for row in rows}, "undone")}
    found: dict[int, Row[Any]] = {}
    for row in rows:
        # Each task or note is a record of its own: a later one is another one.
        for later in standing.get(subject(row), ()) if row.creates is None else ():
            cancels = later.undoes in taken_back and later.undoes > row.id
            if later.id > row.id and later.id not in own and later.object_type == row.object_type and not cancels:
                found[row.id] = later
    return found


def last_act(connection: Connection, actor: str) -> list[Row[Any]]:
    """What this person wrote last and at once, as far as it still stands; taking something back is no act of its own."""
    own = select(plan_lines).where(plan_lines.c.actor == actor, plan_lines.c.state == "applied")
    own = own.where(plan_lines.c.undoes.is_(None))
    newest = connection.execute(own.order_by(plan_lines.c.settled_at.desc(), plan_lines.c.id.desc()).limit(1)).first()
    if newest is None:
        return []
    together = own.where(plan_lines.c.settled_at == newest.settled_at)
    if newest.rule is None:
        together = together.where(plan_lines.c.plan_id == newest.plan_id)
    return list(connection.execute(together.order_by(plan_lines.c.id)))


def _of_records(connection: Connection, ids: Collection[str], state: str) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for some in pieces(sorted(ids, key=int), _AT_ONCE):
        query = select(plan_lines).where(plan_lines.c.state == state, plan_lines.c.object_id.in_(some))
        found += connection.execute(query.order_by(plan_lines.c.id))
    return found


def mark_undone(connection: Connection, line_id: int) -> None:
    """The write of this line has been taken back. If it took back another one, that one stands again, and so on."""
    state, current = "undone", line_id
    while current is not None:
        connection.execute(update(plan_lines).where(plan_lines.c.id == current).values(state=state))
        current = connection.execute(select(plan_lines.c.undoes).where(plan_lines.c.id == current)).scalar()
        state = "applied" if state == "undone" else "undone"


@dataclasses.dataclass(frozen=True, slots=True)
class Undone:
    """A rule's write that somebody took back, or did not let happen in the first place."""

    before: str | None
    after: str | None
    by: str
    at: datetime
    rejected: bool = False


def remembered(connection: Connection, rule: str, object_ids: Collection[str]) -> dict[Subject, Undone]:
    """What of this rule's writes to these records is taken back or rejected, and was neither wanted otherwise nor
    unwanted since.
    """
    columns = plan_lines.c
    newest: dict[Subject, Row[Any]] = {}
    for some in pieces(sorted(object_ids, key=int), _AT_ONCE):
        of_rule = (columns.rule == rule, columns.object_id.in_(some))
        undone = select(columns.object_id).where(*of_rule, columns.state.in_(_UNWANTED))
        ids = set(connection.execute(undone).scalars())
        closed = select(plan_lines).where(
            columns.rule == rule, columns.object_id.in_(ids), columns.state.not_in(OPEN_STATES)
        )
        newest |= {subject(row): row for row in connection.execute(closed.order_by(columns.id))} if ids else {}
    last = {key: row for key, row in newest.items() if row.state == "undone"}
    takers = {row.undoes: row for row in _takers(connection, [row.id for row in last.values()], ("applied",))}
    rejected = {
        key: Undone(row.before, row.after, row.actor or "somebody", row.settled_at, rejected=True)
        for key, row in newest.items()
        if row.state == "rejected"
    }
    return rejected | {
        key: Undone(row.before, row.after, takers[row.id].actor or "somebody", takers[row.id].settled_at)
        for key, row in last.items()
        if row.id in takers
    }


def _takers(connection: Connection, ids: Collection[int], states: Collection[str]) -> list[Row[Any]]:
    """The lines that take these ones back, oldest first."""
    found: list[Row[Any]] = []
    for some in pieces(sorted(ids), _AT_ONCE):
        query = select(plan_lines).where(plan_lines.c.undoes.in_(some), plan_lines.c.state.in_(list(states)))
        found += connection.execute(query.order_by(plan_lines.c.id))
    return found
