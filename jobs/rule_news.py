"""Who is told about the rules themselves: the person who answers for one, else the admins, else the fallback channel."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from sqlalchemy import Connection

from jobs.ledger import deliveries
from jobs.wiring import Parts
from rules.model import Person

ADMINS = "Ops"


@dataclasses.dataclass(frozen=True, slots=True)
class Audience:
    """`matter` keeps messages apart: a newer one takes over from the one before about the same matter."""

    matter: str
    owner: Person | None = None


def send(parts: Parts, connection: Connection, audience: Audience, kind: str, news_id: int, now: datetime) -> None:
    """One message for each of them, sent with the next delivery; none without Slack."""
    if parts.slack_config() is None:
        return
    day = now.astimezone(parts.rules().calendar.zone).date().isoformat()
    person = audience.owner
    admins = parts.people().with_role(ADMINS, live_only=True)
    # Nobody has the role: the fallback channel is told.
    for owner_id in (person.owner_id,) if person is not None and person.live else admins or (None,):
        conversation = f"{audience.matter}:{owner_id or 'nobody'}"
        deliveries.supersede(connection, conversation)
        deliveries.create(
            connection,
            kind=f"rules_{kind}",
            conversation=conversation,
            day=day,
            owner_id=owner_id,
            reason="first",
            finding_ids=(),
            now=now,
            news_id=news_id,
        )
