"""Why a finding was told in a conversation, or was not. Only a change of mind is written down."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from jobs.ledger.tables import decisions, findings

SEND, HOLD = "send", "hold"


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """`detail` is whatever the reason names, such as the rule that comes first."""

    finding_id: int
    conversation: str
    decision: str
    reason: str
    detail: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One decision about a finding of a record, with the state of the finding now."""

    finding_id: int
    rule: str
    code: str | None
    state: str
    conversation: str
    at: datetime
    decision: str
    reason: str
    detail: str | None


def record(connection: Connection, made: Sequence[Decision], now: datetime) -> int:
    """Keep what differs from the last decision about the same finding in the same conversation.

    A message that is sent for the same reason as the one before is a new message: it is always kept.
    """
    known = last(connection) if made else {}
    fresh = [one for one in made if one.decision == SEND or known.get((one.finding_id, one.conversation)) != one]
    if fresh:
        connection.execute(insert(decisions), [{**dataclasses.asdict(one), "at": now} for one in fresh])
    return len(fresh)


def last(connection: Connection, finding_ids: Collection[int] | None = None) -> dict[tuple[int, str], Decision]:
    """The last decision about each open finding, of all or of these, in each conversation."""
    newest = (
        select(func.max(decisions.c.id))
        .join(findings, findings.c.id == decisions.c.finding_id)
        .where(findings.c.open_key.is_not(None))
        .group_by(decisions.c.finding_id, decisions.c.conversation)
    )
    if finding_ids is not None:
        newest = newest.where(decisions.c.finding_id.in_(list(finding_ids)))
    columns = [decisions.c[field.name] for field in dataclasses.fields(Decision)]
    rows = connection.execute(select(*columns).where(decisions.c.id.in_(newest)))
    return {(row.finding_id, row.conversation): Decision(*row) for row in rows}


def reasons_for(connection: Connection, object_type: str, object_id: str) -> list[Reason]:
    """Everything that was decided about the findings of one record, oldest first."""
    about = (findings.c.object_type == object_type, findings.c.object_id == object_id)
    return _reasons(connection, *about)


def reasons_of(connection: Connection, finding_id: int) -> list[Reason]:
    return _reasons(connection, findings.c.id == finding_id)


def _reasons(connection: Connection, *which: object) -> list[Reason]:
    tables = {**{column.name: column for column in findings.c}, **{column.name: column for column in decisions.c}}
    columns = [tables[field.name] for field in dataclasses.fields(Reason)]
    query = select(*columns).join(findings, findings.c.id == decisions.c.finding_id).where(*which)  # pyright: ignore[reportArgumentType]
    return [Reason(*row) for row in connection.execute(query.order_by(decisions.c.id))]
