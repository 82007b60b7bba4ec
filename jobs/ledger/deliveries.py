"""Deliveries: one row per Slack message, from the decision to send it to its last edit. The outbox towards Slack.

pending ─▶ sending ─▶ sent ─▶ (edited until settled)
   ▲          └─▶ unknown ─▶ sent, when the message is found in Slack
   └───────────────┘ when it is not          failed, obsolete: never sent
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from jobs.ledger.tables import deliveries, delivery_findings, findings

LIVING = ("pending", "sending", "unknown", "sent")


def create(
    connection: Connection,
    *,
    kind: str,
    conversation: str,
    day: str,
    owner_id: str | None,
    reason: str,
    finding_ids: Sequence[int],
    now: datetime,
    due: Collection[int] | None = None,
    news_id: int | None = None,
    root_id: str | None = None,
) -> str:
    """Decide a message: stored before anything is sent. Its id travels in the message's metadata.

    `due` are the findings that it tells of, where it shows others as well. `root_id` is the message it answers to.
    """
    delivery_id = uuid.uuid4().hex
    connection.execute(
        insert(deliveries).values(
            id=delivery_id,
            kind=kind,
            conversation=conversation,
            day=day,
            owner_id=owner_id,
            reason=reason,
            state="pending",
            created_at=now,
            attempts=0,
            fallback=False,
            superseded=False,
            settled=False,
            news_id=news_id,
            root_id=root_id,
        )
    )
    if finding_ids:
        connection.execute(
            insert(delivery_findings),
            [
                {
                    "delivery_id": delivery_id,
                    "finding_id": finding,
                    "position": position,
                    "due": due is None or finding in due,
                }
                for position, finding in enumerate(finding_ids)
            ],
        )
    return delivery_id


def supersede(connection: Connection, conversation: str) -> None:
    """A later message takes over what is still open; what certainly was not sent need not be sent at all."""
    here = deliveries.c.conversation == conversation
    connection.execute(
        update(deliveries).where(here, deliveries.c.state == "pending").values(state="obsolete", settled=True)
    )
    connection.execute(
        update(deliveries)
        .where(here, deliveries.c.state.in_(LIVING), deliveries.c.settled.is_(False))
        .values(superseded=True)
    )


def drop_old(connection: Connection, kind: str, before: datetime) -> None:
    """What was decided before then and certainly not sent is no news any more."""
    old = (deliveries.c.kind == kind, deliveries.c.state == "pending", deliveries.c.created_at < before)
    connection.execute(update(deliveries).where(*old).values(state="obsolete", settled=True))


def shown(connection: Connection, conversation: str) -> set[int]:
    """The findings that a message of this conversation shows and no later one has taken over."""
    query = (
        select(delivery_findings.c.finding_id)
        .join(deliveries, deliveries.c.id == delivery_findings.c.delivery_id)
        .where(
            deliveries.c.conversation == conversation,
            deliveries.c.state.in_(LIVING),
            deliveries.c.superseded.is_(False),
        )
    )
    return set(connection.execute(query).scalars())


def of_day(connection: Connection, day: str) -> set[tuple[str, str]]:
    """(conversation, kind) of every message decided on that day and not given up."""
    query = select(deliveries.c.conversation, deliveries.c.kind).where(
        deliveries.c.day == day, deliveries.c.state.in_(LIVING)
    )
    return {(conversation, kind) for conversation, kind in connection.execute(query)}


def last_kind(connection: Connection, conversation: str) -> str | None:
    return connection.execute(
        select(deliveries.c.kind)
        .where(deliveries.c.conversation == conversation, deliveries.c.state.in_(LIVING))
        .order_by(deliveries.c.created_at.desc(), deliveries.c.day.desc())
        .limit(1)
    ).scalar()


def is_followed(connection: Connection, delivery: Row[Any], kinds: Collection[str]) -> bool:
    """Whether a later message of these kinds stands in the same conversation."""
    later = (deliveries.c.conversation == delivery.conversation, deliveries.c.created_at > delivery.created_at)
    arrived = (deliveries.c.kind.in_(list(kinds)), deliveries.c.state == "sent")
    return connection.execute(select(deliveries.c.id).where(*later, *arrived).limit(1)).first() is not None


def retire(connection: Connection, kinds: Collection[str], before: datetime) -> None:
    """Messages of these kinds all of whose findings were closed before then change no more."""
    alive = (
        select(delivery_findings.c.delivery_id)
        .join(findings, findings.c.id == delivery_findings.c.finding_id)
        .where(findings.c.open_key.is_not(None) | (findings.c.closed_at >= before))
    )
    connection.execute(
        update(deliveries)
        .where(
            deliveries.c.kind.in_(list(kinds)),
            deliveries.c.state == "sent",
            deliveries.c.settled.is_(False),
            deliveries.c.superseded.is_(False),
            deliveries.c.id.not_in(alive),
        )
        .values(superseded=True)
    )


def read(connection: Connection, delivery_id: str) -> Row[Any] | None:
    return connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).first()


def to_send(connection: Connection) -> list[Row[Any]]:
    """What was never certainly sent, oldest first: pending, and what a crash or a lost answer left in doubt."""
    query = select(deliveries).where(deliveries.c.state.in_(("pending", "sending", "unknown")))
    return list(connection.execute(query.order_by(deliveries.c.created_at, deliveries.c.conversation, deliveries.c.id)))


def unsettled(connection: Connection) -> list[Row[Any]]:
    """Messages in Slack that may still have to be edited."""
    query = select(deliveries).where(deliveries.c.state == "sent", deliveries.c.settled.is_(False))
    return list(connection.execute(query.order_by(deliveries.c.created_at, deliveries.c.id)))


def by_finding(connection: Connection, finding_ids: Collection[int]) -> list[Row[Any]]:
    """The messages in Slack that show any of these findings and may still have to be edited."""
    query = (
        select(deliveries)
        .join(delivery_findings, delivery_findings.c.delivery_id == deliveries.c.id)
        .where(
            delivery_findings.c.finding_id.in_(list(finding_ids)),
            and_(deliveries.c.state == "sent", deliveries.c.settled.is_(False)),
        )
        .distinct()
    )
    return list(connection.execute(query))


def that_showed(connection: Connection, finding_id: int) -> list[Row[Any]]:
    """Every message about a finding, oldest first, whatever became of it."""
    query = select(deliveries).join(delivery_findings, delivery_findings.c.delivery_id == deliveries.c.id)
    query = query.where(delivery_findings.c.finding_id == finding_id)
    return list(connection.execute(query.order_by(deliveries.c.created_at, deliveries.c.id)))


def claim(
    connection: Connection, delivery_id: str, now: datetime, shown: str | None = None, reader_id: str | None = None
) -> bool:
    """Take one pending message for sending to a person, or into a channel. False when another process was quicker.

    What it is going to show is kept now: should the answer be lost, it is known what stands in Slack.
    """
    done = connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state == "pending")
        .values(state="sending", attempt_at=now, attempts=deliveries.c.attempts + 1, shown=shown, reader_id=reader_id)
    )
    return done.rowcount == 1


def mark(connection: Connection, delivery_id: str, **values: Any) -> None:
    connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))


def findings_of(connection: Connection, delivery_id: str) -> list[Row[Any]]:
    """The findings that one message shows, in its order."""
    query = (
        select(findings)
        .join(delivery_findings, delivery_findings.c.finding_id == findings.c.id)
        .where(delivery_findings.c.delivery_id == delivery_id)
        .order_by(delivery_findings.c.position)
    )
    return list(connection.execute(query))


def told_by(connection: Connection, delivery_id: str) -> list[int]:
    """The findings that one message tells of, without those that it only shows."""
    query = select(delivery_findings.c.finding_id).where(
        delivery_findings.c.delivery_id == delivery_id, delivery_findings.c.due
    )
    return list(connection.execute(query.order_by(delivery_findings.c.position)).scalars())
