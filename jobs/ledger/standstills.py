"""What stands still and of which somebody was told outside Slack: a row for each way of telling, until its end is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from jobs.ledger.tables import standstills


def told(connection: Connection) -> dict[str, dict[str, datetime]]:
    """By way of telling: what it was told of, and since when that stands still."""
    found: dict[str, dict[str, datetime]] = {}
    for row in connection.execute(select(standstills)):
        found.setdefault(row.teller, {})[row.what] = row.since
    return found


def keep(connection: Connection, teller: str, what: str, since: datetime) -> None:
    forget(connection, teller, what)
    connection.execute(insert(standstills).values(what=what, teller=teller, since=since))


def forget(connection: Connection, teller: str, what: str) -> None:
    connection.execute(delete(standstills).where(standstills.c.teller == teller, standstills.c.what == what))
