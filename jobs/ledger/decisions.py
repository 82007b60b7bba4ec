"""Why a finding was told in a conversation, or was not. Only a change of mind is written down."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from connector.batches import pieces
from jobs.ledger.tables import decisions, findings

SEND, HOLD = "send", "hold"
# Findings whose last decision is looked up in one query.
_AT_ONCE = 500


@dataclasses.dataclass(frozen=True, slots=True)
class Decision:
    """`detail` is whatever the reason names, such as the rule that comes first."""

    finding_id: int
    conversation: str
    decision: str
    reason: str
    detail: str | None = None


_COLUMNS = tuple(field.name for field in dataclasses.fields(Decision))


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
    known: dict[tuple[int, str], Decision] = {}
    held = sorted({one.finding_id for one in made if one.decision != SEND})
    for some in pieces(held, _AT_ONCE):
        known |= last(connection, some)
    fresh = [one for one in made if one.decision == SEND or known.get((one.finding_id, one.conversation)) != one]
    if fresh:
        values = [{name: getattr(one, name) for name in _COLUMNS} for one in fresh]
        connection.execute(insert(decisions).values(at=now), values)
    return len(fresh)


def last(connection: Connection, finding_ids: Collection[int]) -> dict[tuple[int, str], Decision]:
    """The last decision about each of these findings that is open, in each conversation."""
    newest = (
        select(func.max(decisions.c.id))
        .join(findings, findings.c.id == decisions.c.finding_id)
        .where(findings.c.open_key.is_not(None), decisions.c.finding_id.in_(list(finding_ids)))
        .group_by(decisions.c.finding_id, decisions.c.conversation)
    )
    rows = connection.execute(select(*(decisions.c[name] for name in _COLUMNS)).where(decisions.c.id.in_(newest)))
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
