"""Writes approved plan lines to the CRM: properties with their expected old value, list memberships in bulk."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Engine, Row

from connector import push
from connector.errors import CrmError
from connector.gateway import Gateway
from connector.lists import change_list
from connector.records import Outcome, PropertyWrite
from jobs.database import writing
from jobs.ledger import audit, memberships, plan_lines
from jobs.ledger.plan_lines import LIST_PROPERTY

log = structlog.get_logger()

_CHUNK = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Cap:
    """A rule that wanted to write more than it may in one run: nothing of it was written."""

    rule: str
    limit: int
    wanted: int


@dataclasses.dataclass(slots=True)
class Applied:
    applied: int = 0
    conflict: int = 0
    failed: int = 0
    lines: list[dict[str, Any]] = dataclasses.field(default_factory=list[dict[str, Any]])
    capped: list[Cap] = dataclasses.field(default_factory=list[Cap])
    trouble: str | None = None

    def note(self, state: str) -> None:
        if state == "applied":
            self.applied += 1
        elif state == "conflict":
            self.conflict += 1
        else:
            self.failed += 1


@dataclasses.dataclass(frozen=True, slots=True)
class Author:
    """In whose name lines are written, and through which channel."""

    name: str
    channel: str


def approve(
    engine: Engine, rows: Sequence[Row[Any]], limits: Mapping[str, int], by: str
) -> tuple[list[int], list[Cap]]:
    """Approve proposed lines, rule by rule; a rule over its cap is left alone as a whole, with both numbers."""
    by_rule: dict[str, list[int]] = {}
    for row in rows:
        by_rule.setdefault(row.rule, []).append(row.id)
    capped = [
        Cap(rule, limits.get(rule, 0), len(ids)) for rule, ids in by_rule.items() if len(ids) > limits.get(rule, 0)
    ]
    over = {cap.rule for cap in capped}
    ids = [i for rule, own in by_rule.items() if rule not in over for i in own]
    with writing(engine) as connection:
        plan_lines.move(connection, ids, "approved", from_states=("proposed", "suggested"), actor=by)
    return ids, capped


def apply(
    engine: Engine,
    gateway: Gateway,
    *,
    author: Author,
    now: datetime,
    only: Collection[int] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Applied:
    """Write every approved line, and every one that a crash left in writing; or those of `only`.

    When the CRM goes away half-way, what is left stays approved and goes out with the next run.
    """
    with writing(engine) as connection:
        rows = plan_lines.in_states(connection, ("approved", "writing"))
    rows = [row for row in rows if only is None or row.id in only]
    applied = Applied()
    try:
        properties = [row for row in rows if row.property != LIST_PROPERTY]
        for start in range(0, len(properties), _CHUNK):
            _write_properties(engine, gateway, properties[start : start + _CHUNK], author, now, applied)
            progress(len(applied.lines))
        for name, (adds, removes) in _by_list([row for row in rows if row.property == LIST_PROPERTY]).items():
            _write_members(engine, gateway, name, adds, removes, author, now, applied)
            progress(len(applied.lines))
    except CrmError as error:
        applied.trouble = str(error)
        log.debug("write-back stopped", error=type(error).__name__, detail=str(error))
    return applied


def _write_properties(
    engine: Engine, gateway: Gateway, rows: Sequence[Row[Any]], author: Author, now: datetime, applied: Applied
) -> None:
    _start(engine, rows)
    writes = [PropertyWrite(str(r.id), r.object_type, r.object_id, r.property, r.before, r.after) for r in rows]
    results = {result.key: result for result in push.write(gateway, writes)}
    ends = [(row, results[str(row.id)]) for row in rows]
    states = {Outcome.APPLIED: "applied", Outcome.CONFLICT: "conflict", Outcome.FAILED: "failed"}
    _settle(engine, [(row, states[r.outcome], r.seen, r.cause) for row, r in ends], author, now, applied)


def _by_list(rows: Sequence[Row[Any]]) -> dict[str, tuple[list[Row[Any]], list[Row[Any]]]]:
    lists: dict[str, tuple[list[Row[Any]], list[Row[Any]]]] = {}
    for row in rows:
        adds, removes = lists.setdefault(row.after or row.before, ([], []))
        (adds if row.after else removes).append(row)
    return lists


def _write_members(
    engine: Engine,
    gateway: Gateway,
    name: str,
    adds: Sequence[Row[Any]],
    removes: Sequence[Row[Any]],
    author: Author,
    now: datetime,
    applied: Applied,
) -> None:
    rows = [*adds, *removes]
    _start(engine, rows)
    change = change_list(gateway, name, [r.object_id for r in adds], [r.object_id for r in removes])
    missing = set(change.unknown)
    with writing(engine) as connection:
        memberships.mark_in_crm(connection, name, [r.object_id for r in adds if r.object_id not in missing], True)
        memberships.mark_in_crm(connection, name, [r.object_id for r in removes], False)
    _settle(engine, [_member_end(row, missing) for row in rows], author, now, applied)


def _member_end(row: Row[Any], missing: Collection[str]) -> tuple[Row[Any], str, str | None, str | None]:
    if row.after and row.object_id in missing:
        return row, "failed", None, "The CRM no longer has this contact."
    return row, "applied", None, None


def _start(engine: Engine, rows: Sequence[Row[Any]]) -> None:
    with writing(engine) as connection:
        plan_lines.move(connection, [r.id for r in rows], "writing", from_states=("approved", "writing"))


def _settle(
    engine: Engine,
    ends: Sequence[tuple[Row[Any], str, str | None, str | None]],
    author: Author,
    now: datetime,
    applied: Applied,
) -> None:
    with writing(engine) as connection:
        plan_lines.settle(connection, [(row.id, state, seen, cause) for row, state, seen, cause in ends], now)
        audit.record(connection, [_entry(row, state, cause, author, now) for row, state, _, cause in ends])
    for row, state, seen, cause in ends:
        applied.note(state)
        applied.lines.append({**plan_lines.as_json(row), "state": state, "seen": seen, "cause": cause})


def _entry(row: Row[Any], state: str, cause: str | None, author: Author, now: datetime) -> audit.Entry:
    advice = f"rule {row.rule}@{row.rule_version[:8]}" if row.rule else row.reason
    return audit.Entry(
        at=now,
        actor=row.actor or author.name,
        channel=author.channel,
        action=f"write.{state}",
        object_type=row.object_type,
        object_id=row.object_id,
        property=row.property,
        before=row.before,
        after=row.after,
        reason=cause or advice,
        correlation=f"line {row.id}",
    )
