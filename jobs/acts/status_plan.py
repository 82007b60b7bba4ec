"""Changes of status as the lines of one plan: written after a look at the CRM, and read back from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from connector.errors import CrmError
from connector.mirror import reads
from connector.records import CONTACTS, Version
from jobs.acts.once import actor_of
from jobs.acts.shown import look_again
from jobs.apply import Applied, Author, apply, entry
from jobs.database import snapshot, writing
from jobs.editors import editors
from jobs.ledger import audit, plan_lines
from jobs.ledger.plan_lines import End, Line, PlanOpener
from jobs.wiring import Parts
from slack_app.backend import Answer, StatusChange, Visitor

log = structlog.get_logger()

_FOR_COMPANY = "decided for the whole company"


@dataclasses.dataclass(frozen=True, slots=True)
class Present:
    """What the CRM holds now, and the last change of it."""

    status: str | None
    version: Version | None


@dataclasses.dataclass(frozen=True, slots=True)
class Written:
    """`late` are the contacts whose status had changed when the CRM was looked at: of these nothing is written."""

    plan_id: int | None
    applied: Applied
    late: Mapping[str, Present]


def write_changes(
    parts: Parts, visitor: Visitor, changes: Mapping[str, StatusChange], said: str, now: datetime
) -> Written:
    """By contact. The CRM is looked at before anything is written: else a status that has changed meanwhile would stay
    as it is, and the reasons for the refused one would be written beside it.
    """
    lines = _lines(parts, visitor, changes, said)
    plan = PlanOpener(None, None, now)
    found = read_present(parts, changes)
    late = {i: one for i, one in found.items() if one.status not in {changes[i].seen, changes[i].value}}
    with writing(parts.engine) as connection:
        ids = plan_lines.add(connection, lines, plan=plan, now=now)
        refused = [number for number, line in zip(ids, lines, strict=True) if line.object_id in late]
        if refused:
            _settle_conflicts(parts, connection, visitor, refused, late, now)
    rest, applied = [number for number in ids if number not in set(refused)], Applied()
    if rest:
        author = Author(actor_of(visitor), "slack")
        applied = apply(parts.engine, parts.gateway(), author=author, now=now, only=rest)
    if not applied.trouble:
        look_again(parts, list(changes), now)
    return Written(plan.plan_id, applied, late)


def read_present(parts: Parts, contact_ids: Collection[str]) -> Mapping[str, Present]:
    """Nobody where the CRM cannot be asked: the write then waits until it can, and compares for itself."""
    name = parts.rules().vocabulary.property
    try:
        records = parts.gateway().read(CONTACTS, list(contact_ids), [name], history=[name])
    except CrmError as error:
        log.debug("status not read", error=type(error).__name__)
        return {}
    return {one.id: Present(one.properties.get(name) or None, (one.history.get(name) or [None])[-1]) for one in records}


def made_with(
    parts: Parts, visitor: Visitor, plan_id: int, states: Collection[str]
) -> tuple[Row[Any], StatusChange] | None:
    """The change of status that this person asked for with a plan, and its line, where that ended in one of the states."""
    with snapshot(parts.engine) as connection:
        rows = [row for row in plan_lines.of_plan(connection, plan_id) if row.actor == actor_of(visitor)]
    name = parts.rules().vocabulary.property
    status = next((row for row in rows if row.property == name and row.state in states), None)
    if status is None:
        return None
    reasons = {row.property: row.after for row in rows if row.property != name and row.after}
    note = "" if status.reason == said_of(visitor, "") else status.reason
    return status, StatusChange(status.after, status.before, reasons, note)


def said_of(visitor: Visitor, note: str) -> str:
    """The person's own words, or how it came about."""
    return note or f"changed by {visitor.name} via Slack"


def said_for_company(visitor: Visitor, first_id: str, note: str) -> str:
    """The same of those who are changed along with a first contact."""
    return f"{_FOR_COMPANY}, as contact {first_id}, by {visitor.name} via Slack" + (f": {note}" if note else "")


def is_for_company(row: Row[Any]) -> bool:
    """A line that `said_for_company` speaks of."""
    return row.rule is None and (row.reason or "").startswith(_FOR_COMPANY)


def _settle_conflicts(
    parts: Parts,
    connection: Connection,
    visitor: Visitor,
    ids: Sequence[int],
    late: Mapping[str, Present],
    now: datetime,
) -> None:
    """Nothing of these changes is written; they stay in the ledger, so that the person can still decide for them."""
    name, author, known = parts.rules().vocabulary.property, Author(actor_of(visitor), "slack"), editors(connection)
    rows = plan_lines.by_ids(connection, ids)
    ends: list[End] = []
    for row in rows:
        present = late[row.object_id]
        cause = f"{known.changed(present.version)}; that value stays." if present.version else None
        seen = present.status if row.property == name else None
        ends.append(End(row.id, "conflict", seen, cause, written=False))
    plan_lines.settle(connection, ends, now)
    audit.record(connection, [entry(row, end, author, now) for row, end in zip(rows, ends, strict=True)])


def _lines(parts: Parts, visitor: Visitor, changes: Mapping[str, StatusChange], said: str) -> list[Line]:
    with snapshot(parts.engine) as connection:
        stored = reads.read_records(connection, parts.schema(), CONTACTS, changes)
    present = {one.record.id: one.record.properties for one in stored}
    name = parts.rules().vocabulary.property
    return [
        Line(contact_id, property_name, before, after, None, None, said, "approved", actor_of(visitor))
        for contact_id, change in changes.items()
        for property_name, before, after in (
            (name, change.seen, change.value),
            *((one, present.get(contact_id, {}).get(one) or None, chosen) for one, chosen in change.reasons.items()),
        )
        if before != after
    ]


def note_refusal(
    parts: Parts, visitor: Visitor, contact_id: str, change: StatusChange, refusal: Answer, act_id: str, now: datetime
) -> None:
    """Who tried what they may not do stands in the audit trail, too."""
    refused = audit.Entry(
        at=now,
        actor=actor_of(visitor),
        channel="slack",
        action="status.refused",
        object_type=CONTACTS,
        object_id=contact_id,
        property=parts.rules().vocabulary.property,
        before=change.seen,
        after=change.value,
        reason=refusal.text.removeprefix("answer.").removesuffix("_at_all"),
        correlation=act_id,
    )
    with writing(parts.engine) as connection:
        audit.record(connection, [refused])
