"""What came from Slack, and what came without being let in: for whoever asks why buttons do nothing.

Kept beside the acts, whose table knows what arrived when. What was refused is one row for each reason, since anybody
may knock.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from jobs.ledger.tables import acts

# As the events of Slack are: forgotten after an hour.
_ACTOR = "slack"
_REFUSED, _PRESS = "refused ", "press "


def refuse(connection: Connection, reason: str, now: datetime) -> None:
    key = f"{_REFUSED}{reason}"
    connection.execute(delete(acts).where(acts.c.id == key))
    connection.execute(insert(acts).values(id=key, at=now, actor=_ACTOR))


def press(connection: Connection, test: str, actor: str, now: datetime) -> None:
    key = f"{_PRESS}{test}"
    connection.execute(delete(acts).where(acts.c.id == key))
    connection.execute(insert(acts).values(id=key, at=now, actor=actor))


def pressed(connection: Connection, test: str) -> bool:
    return connection.execute(select(acts.c.id).where(acts.c.id == f"{_PRESS}{test}")).first() is not None


def refused_since(connection: Connection, since: datetime) -> str | None:
    """The reason for what was refused last."""
    query = select(acts.c.id).where(acts.c.id.startswith(_REFUSED), acts.c.at >= since).order_by(acts.c.at.desc())
    key: str | None = connection.execute(query.limit(1)).scalar()
    return key.removeprefix(_REFUSED) if key else None


def last_taken(connection: Connection) -> datetime | None:
    """When the last command, click or event came that was let in."""
    return connection.execute(select(func.max(acts.c.at)).where(acts.c.id.not_like(f"{_REFUSED}%"))).scalar()
