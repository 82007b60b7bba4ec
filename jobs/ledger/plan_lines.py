"""Plan lines: every write to the CRM before, while and after it is made. Also the outbox of these writes.

    suggested ── a person clicks ──┐
    proposed ───── applied by ─────┴─▶ approved ─▶ writing ─▶ applied | conflict | failed
        └── no longer wanted ──▶ withdrawn

A line found in `writing` after a crash is written again: writing sets a value that is compared first, so a repeat
does no harm.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from connector.records import CONTACTS
from jobs.ledger.tables import plan_lines, plans

OPEN_STATES = ("suggested", "proposed", "approved", "writing")
LIST_PROPERTY = "list"


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One write that a rule or a person wants. For a membership, `property` is LIST_PROPERTY and the values are
    list names; None on either side means outside.
    """

    object_id: str
    property: str
    before: str | None
    after: str | None
    rule: str | None
    rule_version: str | None
    reason: str | None
    state: str
    actor: str | None = None


def open_key(line: Line) -> str | None:
    """The identity of a rule's undecided line; a person may ask for the same thing as often as needed."""
    if line.rule is None:
        return None
    subject = (line.after or line.before or "") if line.property == LIST_PROPERTY else ""
    return f"{CONTACTS}:{line.object_id}:{line.property}:{subject}:{line.rule}"


def reconcile(
    connection: Connection,
    rule: str,
    wanted: Sequence[Line],
    *,
    plan: PlanOpener,
    now: datetime,
    only: Collection[str] | None,
) -> int:
    """Make one rule's undecided lines equal to what is wanted; returns how many lines were added or withdrawn.

    Lines that are being written are left alone.
    """
    query = select(plan_lines).where(plan_lines.c.rule == rule, plan_lines.c.state.in_(OPEN_STATES))
    if only is not None:
        query = query.where(plan_lines.c.object_id.in_(list(only)))
    present = {row.open_key: row for row in connection.execute(query)}
    target = {open_key(line): line for line in wanted}
    stale = [
        row
        for key, row in present.items()
        if row.state in {"suggested", "proposed"} and (key not in target or not _same(row, target[key]))
    ]
    if stale:
        _settle(connection, stale, "withdrawn", now)
    still = {row.open_key for row in present.values()} - {row.open_key for row in stale}
    fresh = [line for key, line in target.items() if key not in still]
    add(connection, fresh, plan=plan, now=now)
    return len(stale) + len(fresh)


def _same(row: Row[Any], line: Line) -> bool:
    return (row.before, row.after, row.state) == (line.before, line.after, line.state)


class PlanOpener:
    """Makes the plan that new lines belong to when the first one comes, so that a quiet cycle leaves no empty plan."""

    def __init__(self, run_id: int | None, rules_version: str | None, now: datetime) -> None:
        self._values = {"run_id": run_id, "rules_version": rules_version, "created_at": now}
        self.plan_id: int | None = None

    def open(self, connection: Connection) -> int:
        if self.plan_id is None:
            made = connection.execute(insert(plans).values(**self._values).returning(plans.c.id))
            self.plan_id = int(made.scalar_one())
        return self.plan_id


def add(connection: Connection, lines: Sequence[Line], *, plan: PlanOpener, now: datetime) -> list[int]:
    """Store new lines; returns their ids in the same order."""
    if not lines:
        return []
    plan_id = plan.open(connection)
    rows = [
        {
            **dataclasses.asdict(line),
            "plan_id": plan_id,
            "object_type": CONTACTS,
            "open_key": open_key(line),
            "created_at": now,
        }
        for line in lines
    ]
    result = connection.execute(insert(plan_lines).returning(plan_lines.c.id, sort_by_parameter_order=True), rows)
    return list(result.scalars())


def withdraw_removed(connection: Connection, known_rules: Collection[str], now: datetime) -> None:
    """Lines of rules that no longer exist are no longer wanted."""
    connection.execute(
        update(plan_lines)
        .where(
            plan_lines.c.rule.not_in(list(known_rules)),
            plan_lines.c.state.in_(("suggested", "proposed")),
        )
        .values(state="withdrawn", open_key=None, settled_at=now)
    )


def current_plan(connection: Connection) -> int | None:
    """The newest plan that still has an undecided line."""
    return connection.execute(
        select(func.max(plan_lines.c.plan_id)).where(plan_lines.c.state.in_(("proposed", "suggested")))
    ).scalar()


def undecided(connection: Connection, plan_id: int | None = None) -> list[Row[Any]]:
    """Proposed and suggested lines, of one plan or of all."""
    query = select(plan_lines).where(plan_lines.c.state.in_(("proposed", "suggested")))
    if plan_id is not None:
        query = query.where(plan_lines.c.plan_id == plan_id)
    return list(connection.execute(query.order_by(plan_lines.c.rule, plan_lines.c.after, plan_lines.c.id)))


def plan_exists(connection: Connection, plan_id: int) -> bool:
    return connection.execute(select(plans.c.id).where(plans.c.id == plan_id)).scalar() is not None


def in_states(connection: Connection, states: Collection[str]) -> list[Row[Any]]:
    return list(
        connection.execute(select(plan_lines).where(plan_lines.c.state.in_(list(states))).order_by(plan_lines.c.id))
    )


def move(
    connection: Connection, ids: Sequence[int], state: str, *, from_states: Collection[str], actor: str | None = None
) -> int:
    """Move open lines on; returns how many were still in one of `from_states`."""
    moved = 0
    values: dict[str, Any] = {"state": state} if actor is None else {"state": state, "actor": actor}
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        done = connection.execute(
            update(plan_lines)
            .where(plan_lines.c.id.in_(chunk), plan_lines.c.state.in_(list(from_states)))
            .values(**values)
        )
        moved += done.rowcount
    return moved


def settle(connection: Connection, outcomes: Sequence[tuple[int, str, str | None, str | None]], now: datetime) -> None:
    """End lines: (id, state, value seen in the CRM, cause)."""
    if outcomes:
        connection.execute(
            update(plan_lines)
            .where(plan_lines.c.id == bindparam("line_id"))
            .values(
                state=bindparam("end"), seen=bindparam("found"), cause=bindparam("why"), settled_at=now, open_key=None
            ),
            [{"line_id": i, "end": state, "found": seen, "why": cause} for i, state, seen, cause in outcomes],
        )


def _settle(connection: Connection, rows: Sequence[Row[Any]], state: str, now: datetime) -> None:
    settle(connection, [(row.id, state, None, None) for row in rows], now)


def count_by_state(connection: Connection) -> dict[str, int]:
    """Open lines by state."""
    rows = connection.execute(
        select(plan_lines.c.state, func.count()).where(plan_lines.c.state.in_(OPEN_STATES)).group_by(plan_lines.c.state)
    )
    return dict(rows.all())


def as_json(row: Row[Any]) -> dict[str, Any]:
    """The shape that `mimawari plan` and `mimawari apply` print."""
    return {
        "line": row.id,
        "plan": row.plan_id,
        "object": row.object_type,
        "id": row.object_id,
        "property": row.property,
        "from": row.before,
        "to": row.after,
        "rule": row.rule,
        "reason": row.reason,
        "state": row.state,
        "seen": row.seen,
        "cause": row.cause,
    }
