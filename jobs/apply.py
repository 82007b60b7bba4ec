"""Writes approved plan lines to the CRM: properties with their expected old value, list memberships in bulk, and tasks
and notes once.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row

from connector import access, push
from connector.batches import pieces
from connector.creation_json import FROM_CONTACT
from connector.creations import AT_ONCE
from connector.errors import CrmError, ScopeMissing
from connector.gateway import Gateway
from connector.lists import change_list
from connector.mirror import marks
from connector.mirror.tables import MirrorSchema
from connector.mirror.written import store_created, store_removed, store_written
from connector.records import CONTACTS, Link, Outcome, PropertyWrite, WriteResult
from jobs import creations
from jobs.creation_lines import OBJECT_TYPES
from jobs.creations import Settled
from jobs.database import snapshot, writing
from jobs.editors import editors
from jobs.ledger import audit, memberships, plan_lines, undone
from jobs.ledger.plan_lines import LIST_PROPERTY, End
from jobs.standing import stops

log = structlog.get_logger()

_CHUNK = 1000
_STATES: Mapping[Outcome, str] = {
    Outcome.APPLIED: "applied",
    Outcome.CONFLICT: "conflict",
    Outcome.FAILED: "failed",
}


@dataclasses.dataclass(slots=True)
class Applied:
    applied: int = 0
    conflict: int = 0
    failed: int = 0
    lines: list[dict[str, Any]] = dataclasses.field(default_factory=list[dict[str, Any]])
    trouble: str | None = None

    def note(self, row: Row[Any], end: End) -> None:
        if end.state == "applied":
            self.applied += 1
        elif end.state == "conflict":
            self.conflict += 1
        else:
            self.failed += 1
        self.lines.append({**plan_lines.as_json(row), "state": end.state, "seen": end.seen, "cause": end.cause})

    @property
    def complete(self) -> bool:
        return not (self.conflict or self.failed or self.trouble)


@dataclasses.dataclass(frozen=True, slots=True)
class Author:
    """In whose name lines are written, and through which channel."""

    name: str
    channel: str


@dataclasses.dataclass(frozen=True, slots=True)
class _Desk:
    """One write-back under way. `schema` is given where the mirror shall know at once what was written."""

    engine: Engine
    gateway: Gateway
    schema: MirrorSchema | None
    author: Author
    now: datetime
    applied: Applied


def apply(
    engine: Engine,
    gateway: Gateway,
    *,
    author: Author,
    now: datetime,
    only: Collection[int] | None = None,
    schema: MirrorSchema | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> Applied:
    """Write every approved line, and every one that a crash left in writing; or those of `only`. What may
    not be written now stays approved.

    When the CRM goes away half-way, what is left stays approved and goes out with the next run.
    """
    with snapshot(engine) as connection:
        rows = plan_lines.in_states(connection, ("approved", "writing"))
        stopped = stops(connection, now)
    rows = [row for row in rows if only is None or row.id in only]
    applied = Applied()
    desk = _Desk(engine, gateway, schema, author, now, applied)
    held = {row.id: why for row in rows if (why := stopped.cause(row)) is not None}
    rows = [row for row in rows if row.id not in held]
    try:
        for wave in _waves(rows):
            _write_wave(desk, wave, progress)
    except CrmError as error:
        if isinstance(error, ScopeMissing):
            access.learn(engine, error, now)
        applied.trouble = str(error)
        log.debug("write-back stopped", error=type(error).__name__, detail=str(error))
    if held and applied.trouble is None:
        applied.trouble = "; ".join(dict.fromkeys(why.en for why in held.values()))
    return applied


def _waves(rows: Sequence[Row[Any]]) -> list[list[Row[Any]]]:
    """Lines about the same value go one after the other, in the order in which they were asked for."""
    waves: list[list[Row[Any]]] = []
    earlier: Counter[plan_lines.Subject] = Counter()
    for row in rows:
        key = plan_lines.subject(row)
        if earlier[key] == len(waves):
            waves.append([])
        waves[earlier[key]].append(row)
        earlier[key] += 1
    return waves


def _write_wave(desk: _Desk, rows: Sequence[Row[Any]], progress: Callable[[int], None]) -> None:
    properties = [row for row in rows if plan_lines.is_value(row)]
    for start in range(0, len(properties), _CHUNK):
        _write_properties(desk, properties[start : start + _CHUNK])
        progress(len(desk.applied.lines))
    for name, (adds, removes) in _by_list([row for row in rows if row.property == LIST_PROPERTY]).items():
        _write_members(desk, name, adds, removes)
        progress(len(desk.applied.lines))
    # Last, since one lost answer ends the run.
    made = [row for row in rows if row.creates is not None]
    for kind in sorted({row.property for row in made}):
        own = [row for row in made if row.property == kind]
        for some in pieces([row for row in own if row.after is None], AT_ONCE):
            _settle(desk, creations.take_away(desk.engine, desk.gateway, some))
            progress(len(desk.applied.lines))
        for some in pieces([row for row in own if row.after is not None], AT_ONCE):
            _make(desk, some)
            progress(len(desk.applied.lines))


def _make(desk: _Desk, rows: Sequence[Row[Any]]) -> None:
    settled = creations.make(desk.engine, desk.gateway, rows, desk.now)
    _settle(desk, settled)
    done = {one.row.id for one in settled}
    if unknown := [row for row in rows if row.id not in done]:
        desk.applied.trouble = creations.waiting(unknown)


def _write_properties(desk: _Desk, rows: Sequence[Row[Any]]) -> None:
    _start(desk.engine, rows)
    writes = [PropertyWrite(str(r.id), r.object_type, r.object_id, r.property, r.before, r.after) for r in rows]
    results = {result.key: result for result in push.write(desk.gateway, writes)}
    conflicts = [row for row in rows if results[str(row.id)].outcome is Outcome.CONFLICT]
    changes = _who_changed(desk, conflicts)
    _settle(desk, [Settled(row, _end(row, results[str(row.id)], changes.get(row.id))) for row in rows])


def _end(row: Row[Any], result: WriteResult, change: str | None) -> End:
    # What a crash left in writing may have been written by us before: then it counts as ours.
    written = result.outcome is Outcome.APPLIED and (result.written or row.state == "writing")
    return End(row.id, _STATES[result.outcome], result.seen, change or result.cause, written)


def _who_changed(desk: _Desk, rows: Sequence[Row[Any]]) -> dict[int, str]:
    """Of values that are not as expected: who changed them and when. The CRM is asked, since the mirror is older."""
    found: dict[int, str] = {}
    if not rows:
        return found
    with snapshot(desk.engine) as connection:
        known = editors(connection)
    by_type: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_type.setdefault(row.object_type, []).append(row)
    for object_type, some in by_type.items():
        names, ids = sorted({row.property for row in some}), list({row.object_id: None for row in some})
        try:
            records = {one.id: one for one in desk.gateway.read(object_type, ids, names, history=names)}
        except CrmError as error:
            log.debug("history not read", error=type(error).__name__)
            return found
        for row in some:
            record = records.get(row.object_id)
            if record is not None and (versions := record.history.get(row.property)):
                found[row.id] = f"{known.changed(versions[-1])}; that value stays."
    return found


def _by_list(rows: Sequence[Row[Any]]) -> dict[str, tuple[list[Row[Any]], list[Row[Any]]]]:
    lists: dict[str, tuple[list[Row[Any]], list[Row[Any]]]] = {}
    for row in rows:
        adds, removes = lists.setdefault(row.after or row.before, ([], []))
        (adds if row.after else removes).append(row)
    return lists


def _write_members(desk: _Desk, name: str, adds: Sequence[Row[Any]], removes: Sequence[Row[Any]]) -> None:
    rows = [*adds, *removes]
    _start(desk.engine, rows)
    change = change_list(desk.gateway, name, [r.object_id for r in adds], [r.object_id for r in removes])
    missing = set(change.unknown)
    with writing(desk.engine) as connection:
        memberships.mark_in_crm(connection, name, [r.object_id for r in adds if r.object_id not in missing], True)
        memberships.mark_in_crm(connection, name, [r.object_id for r in removes], False)
    _settle(desk, [Settled(row, _member_end(row, missing)) for row in rows])


def _member_end(row: Row[Any], missing: Collection[str]) -> End:
    if row.after and row.object_id in missing:
        return End(row.id, "failed", cause="The CRM no longer has this contact.", written=False)
    return End(row.id, "applied", written=True)


def _start(engine: Engine, rows: Sequence[Row[Any]]) -> None:
    with writing(engine) as connection:
        plan_lines.move(connection, [r.id for r in rows], "writing", from_states=("approved", "writing"))


def _settle(desk: _Desk, settled: Sequence[Settled]) -> None:
    done = [one for one in settled if one.end.state == "applied"]
    with writing(desk.engine) as connection:
        plan_lines.settle(connection, [one.end for one in settled], desk.now)
        for one in done:
            if one.row.undoes is not None:
                undone.mark_undone(connection, one.row.undoes)
        audit.record(connection, [entry(one.row, one.end, desk.author, desk.now) for one in settled])
        # What could not be written may be wanted again, although the contact itself has not changed; what was written
        # stands in the mirror already, where the next sync finds nothing new.
        marks.mark_to_examine(connection, [one.row.object_id for one in settled if one.row.object_type == CONTACTS])
        if desk.schema is not None:
            _tell_mirror(connection, desk.schema, done, desk.now)
    for one in settled:
        desk.applied.note(one.row, one.end)


def _tell_mirror(connection: Connection, schema: MirrorSchema, done: Sequence[Settled], now: datetime) -> None:
    """Else a plan made before the next sync would hold the same writes again."""
    by_type: dict[str, dict[str, dict[str, str | None]]] = {}
    for row in (one.row for one in done if plan_lines.is_value(one.row)):
        by_type.setdefault(row.object_type, {}).setdefault(row.object_id, {})[row.property] = row.after
    for object_type, values in by_type.items():
        store_written(connection, schema, object_type, values)
    for kind, object_type in OBJECT_TYPES.items():
        made = [one for one in done if one.made is not None and one.row.property == kind]
        links = [
            Link(CONTACTS, one.row.object_id, object_type, one.made.id, FROM_CONTACT[object_type])
            for one in made
            if one.made is not None
        ]
        store_created(connection, schema, object_type, [one.made for one in made if one.made is not None], links)
        removed = [one.removed for one in done if one.removed is not None and one.row.property == kind]
        store_removed(connection, schema, object_type, removed, now)


def entry(row: Row[Any], end: End, author: Author, now: datetime) -> audit.Entry:
    """What the audit trail says of a line's end."""
    advice = f"rule {row.rule}@{row.rule_version[:8]}" if row.rule else row.reason
    return audit.Entry(
        at=now,
        actor=row.actor or author.name,
        channel=author.channel,
        action=f"{_act(row)}.{end.state}",
        object_type=row.object_type,
        object_id=row.object_id,
        property=row.property,
        before=row.before,
        after=row.after,
        reason=end.cause or advice,
        correlation=f"line {row.id}",
    )


def _act(row: Row[Any]) -> str:
    if row.undoes is not None:
        return "undo"
    return "write" if row.creates is None else "create"
