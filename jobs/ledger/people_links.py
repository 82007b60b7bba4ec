"""Who is who in Slack where people have said so: confirmed or denied by the person, or linked by an admin."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from jobs.ledger.tables import people_links, slack_people

CONFIRMED, DENIED, BY_HAND = "confirmed", "denied", "by_hand"


@dataclasses.dataclass(frozen=True, slots=True)
class Link:
    slack_user_id: str
    state: str


# Asked with each click: made once.
_ALL = select(people_links.c.owner_id, people_links.c.slack_user_id, people_links.c.state)


def read(connection: Connection) -> Mapping[str, Link]:
    """By owner id."""
    return {row.owner_id: Link(row.slack_user_id, row.state) for row in connection.execute(_ALL)}


def store(connection: Connection, owner_id: str, link: Link, *, by: str, now: datetime) -> None:
    """What was said before no longer counts, nor what was found out by mail."""
    connection.execute(delete(people_links).where(people_links.c.owner_id == owner_id))
    connection.execute(
        insert(people_links).values(
            owner_id=owner_id, slack_user_id=link.slack_user_id, state=link.state, at=now, by=by
        )
    )
    connection.execute(delete(slack_people).where(slack_people.c.owner_id == owner_id))
