"""Plan lines: every write to the CRM before, while and after it is made. Also the outbox of these writes.

    suggested ── a person clicks ──┐  (or ──▶ rejected, as with proposed)
    proposed ───── applied by ─────┴─▶ approved ─▶ writing ─▶ applied | conflict | failed
      ▲ │                                  │                     └── taken back by another line ──▶ undone
      │ └── no longer wanted ──▶ withdrawn ◀── its rule changed
      └──▶ held_back (a person, an undo, a busy day or another rule stands in the way)

A line found in `writing` after a crash is written again: writing sets a value that is compared first, so a repeat
does no harm. One that makes a task or note is looked for in the CRM before; it keeps its `open_key` when it is applied,
until its rule holds no more, so that no second one is made meanwhile.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, insert, select, update

from connector.batches import pieces
from connector.columns import RecordId
from connector.records import CONTACTS
from jobs.ledger.tables import plan_lines, plans
from rules.scope import among
from rules.text import Text

OPEN_STATES = ("suggested", "proposed", "held_back", "approved", "writing")
# What no one has agreed to yet: rules may still change their mind.
UNDECIDED_STATES = ("suggested", "proposed", "held_back")
LIST_PROPERTY = "list"


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One write that a rule or a person wants. For a membership, `property` is LIST_PROPERTY and the values are
    list names; None on either side means outside. `undoes` is the line that this one takes back. `creates` is given for
    a task or note; the values are then its title, None where there is none.
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
    cause: str | None = None
    cause_ja: str | None = None
    undoes: int | None = None
    creates: Mapping[str, Any] | None = None


# What a line is about: record, property, and for a membership the list; what is made of a task or note is new each time.
Subject = tuple[str, str, str]


_NEW = "new"


def subject(line: Line | Row[Any]) -> Subject:
    if line.creates is not None:
        return line.object_id, line.property, _NEW
    name = (line.after or line.before or "") if line.property == LIST_PROPERTY else ""
    return line.object_id, line.property, name


def is_value(line: Line | Row[Any]) -> bool:
    """Rather than a membership, a task or a note."""
    return line.property != LIST_PROPERTY and line.creates is None


def open_key(line: Line) -> str | None:
    """The identity of a rule's undecided line, and of what takes a line back; a person may ask for the same value as
    often as needed.
    """
    if line.undoes is not None:
        return f"undo:{line.undoes}"
    if line.rule is None:
        return None
    return ":".join((CONTACTS, *subject(line), line.rule))


def reconcile(
    connection: Connection,
    rule: str,
    wanted: Sequence[Line],
    *,
    plan: PlanOpener,
    now: datetime,
    only: Collection[str] | None,
) -> list[str]:
    """Make one rule's undecided lines equal to what is wanted; returns the record of each that was added or withdrawn.

    Lines that are being written are left alone, and so is what was made and must not be made again.
    """
    query = select(plan_lines).where(plan_lines.c.rule == rule, plan_lines.c.open_key.is_not(None))
    if only is not None:
        query = query.where(plan_lines.c.object_type == CONTACTS, among(plan_lines.c.object_id, only))
    present = {row.open_key: row for row in connection.execute(query)}
    target = {open_key(line): line for line in wanted}
    undecided = [(row, target.get(key)) for key, row in present.items() if row.state in UNDECIDED_STATES]
    stale = [row for row, line in undecided if line is None or not _stands(row, line)]
    if stale:
        _settle(connection, stale, "withdrawn", now)
    _amend(connection, [(row, line) for row, line in undecided if line is not None and _stands(row, line)])
    still = {row.open_key for row in present.values()} - {row.open_key for row in stale}
    fresh = [line for key, line in target.items() if key not in still]
    add(connection, fresh, plan=plan, now=now)
    return [one.object_id for one in (*stale, *fresh)]


def _stands(row: Row[Any], line: Line) -> bool:
    """Whether it is the same proposal still. One that is held back stays itself when its rule is edited, so that an
    undo is not forgotten for a new word in a title.
    """
    if (row.before, row.after) != (line.before, line.after):
        return False
    held = [one.state == "held_back" for one in (row, line)]
    return all(held) or (row.rule_version == line.rule_version and (any(held) or row.state == line.state))


def _amend(connection: Connection, pairs: Sequence[tuple[Row[Any], Line]]) -> None:
    """Hold back, or let go, where that is all that has changed; a task's day and receiver move with time and people."""
    changed = [
        {
            "line_id": row.id,
            "now_in": line.state,
            "why": line.cause,
            "why_ja": line.cause_ja,
            "made_by": line.rule_version,
            "making": line.creates,
        }
        for row, line in pairs
        if (row.state, row.cause, row.rule_version, row.creates)
        != (line.state, line.cause, line.rule_version, line.creates)
    ]
    if changed:
        connection.execute(
            update(plan_lines)
            .where(plan_lines.c.id == bindparam("line_id"))
            .values(
                state=bindparam("now_in"),
                cause=bindparam("why"),
                cause_ja=bindparam("why_ja"),
                rule_version=bindparam("made_by"),
                creates=bindparam("making"),
            ),
            changed,
        )


def let_go(connection: Connection, rule: str, holds: Collection[str], only: Collection[str] | None) -> None:
    """Where a rule holds no more, what it made is done with: when it holds anew, that is made anew. `holds` are the
    records where it holds.
    """
    columns = plan_lines.c
    kept = (columns.rule == rule, columns.open_key.is_not(None), columns.state.not_in(OPEN_STATES))
    query = select(columns.id, columns.object_id).where(*kept)
    if only is not None:
        query = query.where(columns.object_type == CONTACTS, among(columns.object_id, only))
    done = [row.id for row in connection.execute(query) if row.object_id not in holds]
    for some in pieces(done, 500):
        connection.execute(update(plan_lines).where(columns.id.in_(some)).values(open_key=None))


def held_back_records(connection: Connection) -> set[str]:
    """Whose values some line waits to write. A held membership waits for a person, not for time; a line behind another
    rule waits until that rule holds no more, which the rule's own conditions tell.
    """
    waits = (plan_lines.c.state == "held_back", plan_lines.c.property != LIST_PROPERTY)
    behind = func.coalesce(plan_lines.c.cause, "").like(comes_first("%").en)
    return set(connection.execute(select(plan_lines.c.object_id).where(*waits, ~behind)).scalars())


def comes_first(rule: str) -> Text:
    """Why a line is held back where another rule writes the property."""
    return Text(f"ルール「{rule}」が優先されます。", f"Rule {rule} comes first.")


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
            plan_lines.c.state.in_(UNDECIDED_STATES),
        )
        .values(state="withdrawn", open_key=None, settled_at=now)
    )


def current_plan(connection: Connection) -> int | None:
    """The newest plan that still has an undecided line."""
    return connection.execute(
        select(func.max(plan_lines.c.plan_id)).where(plan_lines.c.state.in_(("proposed", "suggested")))
    ).scalar()


def undecided(
    connection: Connection, plan_id: int | None = None, states: Collection[str] = ("proposed", "suggested")
) -> list[Row[Any]]:
    """Lines that nobody has decided about, of one plan or of all."""
    query = select(plan_lines).where(plan_lines.c.state.in_(list(states)))
    if plan_id is not None:
        query = query.where(plan_lines.c.plan_id == plan_id)
    return list(connection.execute(query.order_by(plan_lines.c.rule, plan_lines.c.after, plan_lines.c.id)))


def plan_exists(connection: Connection, plan_id: int) -> bool:
    return connection.execute(select(plans.c.id).where(plans.c.id == plan_id)).scalar() is not None


def made_for(connection: Connection, object_id: str) -> dict[tuple[str, str], Row[Any]]:
    """The newest line about each task or note of a contact, by rule and kind."""
    columns = plan_lines.c
    about = (columns.object_type == CONTACTS, columns.object_id == object_id, columns.creates.is_not(None))
    query = select(plan_lines).where(*about, columns.rule.is_not(None)).order_by(columns.id)
    return {(row.rule, row.property): row for row in connection.execute(query)}


def of_plan(connection: Connection, plan_id: int) -> list[Row[Any]]:
    query = select(plan_lines).where(plan_lines.c.plan_id == plan_id)
    return list(connection.execute(query.order_by(plan_lines.c.id)))


def in_states(connection: Connection, states: Collection[str]) -> list[Row[Any]]:
    return list(
        connection.execute(select(plan_lines).where(plan_lines.c.state.in_(list(states))).order_by(plan_lines.c.id))
    )


def by_ids(connection: Connection, ids: Collection[int]) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for some in pieces(sorted(ids), 500):
        found += connection.execute(select(plan_lines).where(plan_lines.c.id.in_(some)).order_by(plan_lines.c.id))
    return found


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


def claim(connection: Connection, ids: Sequence[int], *, now: datetime, tried_before: datetime) -> set[int]:
    """Those of the lines that this run may make, and no other at the same time: approved ones, and those whose last try
    is long enough ago that its request can no longer be under way.
    """
    columns = plan_lines.c
    forgotten = (columns.state == "writing") & (columns.tried_at <= tried_before)
    free = columns.id.in_(list(ids)) & ((columns.state == "approved") | forgotten)
    taken = update(plan_lines).where(free).values(state="writing", tried_at=now).returning(columns.id)
    return set(connection.execute(taken).scalars())


@dataclasses.dataclass(frozen=True, slots=True)
class End:
    """How a line ended: its state, the value seen in the CRM, why, whether the CRM was changed by it, and what it made."""

    line_id: int
    state: str
    seen: str | None = None
    cause: str | None = None
    written: bool | None = None
    created_id: str | None = None


def settle(connection: Connection, ends: Sequence[End], now: datetime) -> None:
    if ends:
        connection.execute(
            update(plan_lines)
            .where(plan_lines.c.id == bindparam("line_id"))
            .values(
                state=bindparam("end"),
                seen=bindparam("found"),
                cause=bindparam("why"),
                written=bindparam("changed"),
                settled_at=now,
                created_id=bindparam("new_id"),
                open_key=case((bindparam("new_id", type_=RecordId).is_(None), None), else_=plan_lines.c.open_key),
            ),
            [
                {
                    "line_id": one.line_id,
                    "end": one.state,
                    "found": one.seen,
                    "why": one.cause,
                    "changed": one.written,
                    "new_id": one.created_id,
                }
                for one in ends
            ],
        )


def hold_back(connection: Connection, causes: Mapping[int, Text]) -> None:
    """Lines that must wait, each with its reason."""
    if causes:
        connection.execute(
            update(plan_lines)
            .where(plan_lines.c.id == bindparam("line_id"))
            .values(state="held_back", cause=bindparam("why"), cause_ja=bindparam("why_ja")),
            [{"line_id": line_id, "why": cause.en, "why_ja": cause.ja} for line_id, cause in causes.items()],
        )


def _settle(connection: Connection, rows: Sequence[Row[Any]], state: str, now: datetime) -> None:
    settle(connection, [End(row.id, state) for row in rows], now)


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
        "cause_ja": row.cause_ja,
        "undoes": row.undoes,
        "creates": row.creates["values"] if row.creates else None,
        "created_id": row.created_id,
    }
