"""What people have been told so far: by person and day, and finding by finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from connector.columns import Instant
from jobs.ledger.deliveries import LIVING
from jobs.ledger.tables import deliveries, delivery_findings, findings

# Messages to the person who has to act.
OWNERS_KINDS = ("digest", "later", "nudge")


def tried_on(connection: Connection, day: str) -> set[tuple[str, str]]:
    """(conversation, kind) of every message decided on that day, with what Slack refused."""
    query = select(deliveries.c.conversation, deliveries.c.kind).where(
        deliveries.c.day == day, deliveries.c.state != "obsolete"
    )
    return {(conversation, kind) for conversation, kind in connection.execute(query)}


def count_by_person(connection: Connection, day: str) -> Counter[str]:
    """How many messages each person was decided to get on that day."""
    query = (
        select(deliveries.c.owner_id, func.count())
        .where(deliveries.c.day == day, deliveries.c.state.in_(LIVING), deliveries.c.owner_id.is_not(None))
        .group_by(deliveries.c.owner_id)
    )
    return Counter(dict(connection.execute(query).all()))


def posted_since(connection: Connection, reader_id: str, since: datetime) -> int:
    """How many messages to this person Slack has taken since then, whenever they were decided and for whomever."""
    query = select(func.count()).where(
        deliveries.c.reader_id == reader_id, deliveries.c.state == "sent", deliveries.c.attempt_at >= since
    )
    return connection.execute(query).scalar_one()


def last_told(connection: Connection, conversation: str, finding_ids: Collection[int]) -> dict[int, datetime]:
    """When a message of this conversation that told of each finding was decided last."""
    query = (
        select(delivery_findings.c.finding_id, func.max(deliveries.c.created_at, type_=Instant()))
        .join(deliveries, deliveries.c.id == delivery_findings.c.delivery_id)
        .where(
            deliveries.c.conversation == conversation,
            deliveries.c.state.in_(LIVING),
            delivery_findings.c.due,
            delivery_findings.c.finding_id.in_(list(finding_ids)),
        )
        .group_by(delivery_findings.c.finding_id)
    )
    return dict(connection.execute(query).all())


# Asked for each list: made once.
_TIMES_TOLD = (
    select(delivery_findings.c.finding_id, func.count())
    .join(deliveries, deliveries.c.id == delivery_findings.c.delivery_id)
    .join(findings, findings.c.id == delivery_findings.c.finding_id)
    .where(
        delivery_findings.c.finding_id.in_(bindparam("ids", expanding=True)),
        delivery_findings.c.due,
        deliveries.c.state.in_(LIVING),
        deliveries.c.kind.in_(OWNERS_KINDS),
        deliveries.c.owner_id == findings.c.owner_id,
    )
    .group_by(delivery_findings.c.finding_id)
)


def times_told(connection: Connection, finding_ids: Collection[int]) -> dict[int, int]:
    """How many messages have told each finding's present owner of it."""
    return dict(connection.execute(_TIMES_TOLD, {"ids": list(finding_ids)}).all())


def showing(connection: Connection, conversation: str, finding_ids: Collection[int]) -> str | None:
    """The newest message of a conversation that shows any of these; not one that answers to another."""
    return connection.execute(
        select(deliveries.c.id)
        .join(delivery_findings, delivery_findings.c.delivery_id == deliveries.c.id)
        .where(
            deliveries.c.conversation == conversation,
            deliveries.c.state.in_(LIVING),
            deliveries.c.superseded.is_(False),
            deliveries.c.root_id.is_(None),
            delivery_findings.c.finding_id.in_(list(finding_ids)),
        )
        .order_by(deliveries.c.created_at.desc(), deliveries.c.id)
        .limit(1)
    ).scalar()


def refused(connection: Connection, finding_ids: Collection[int]) -> set[int]:
    """Findings whose last message to their owner Slack refused for good."""
    return {i for i, row in _last_to_owner(connection, finding_ids).items() if row.state == "failed"}


def last_fell_back(connection: Connection, finding_id: int) -> bool:
    """Whether its owner was told in the fallback channel only."""
    row = _last_to_owner(connection, [finding_id]).get(finding_id)
    return row is not None and row.fallback


def _last_to_owner(connection: Connection, finding_ids: Collection[int]) -> dict[int, Row[Any, Any, Any]]:
    if not finding_ids:
        return {}
    columns = (delivery_findings.c.finding_id, deliveries.c.state, deliveries.c.fallback)
    query = (
        select(*columns)
        .join(deliveries, deliveries.c.id == delivery_findings.c.delivery_id)
        .join(findings, findings.c.id == delivery_findings.c.finding_id)
        .where(
            delivery_findings.c.finding_id.in_(list(finding_ids)),
            deliveries.c.kind.in_(OWNERS_KINDS),
            deliveries.c.owner_id == findings.c.owner_id,
        )
    )
    return {row.finding_id: row for row in connection.execute(query.order_by(deliveries.c.created_at))}
