"""What people chose for themselves on the Home tab: their language, and when they are not reminded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from jobs.ledger.tables import preferences
from slack_app.home_view import Preferences

# Asked with each click: made once.
_OF_USER = select(preferences).where(preferences.c.slack_user_id == bindparam("slack_user_id"))


def read(connection: Connection, slack_user_id: str) -> Preferences:
    row = connection.execute(_OF_USER, {"slack_user_id": slack_user_id}).first()
    return Preferences() if row is None else _preferences(row)


def store(connection: Connection, slack_user_id: str, owner_id: str, chosen: Preferences) -> None:
    connection.execute(delete(preferences).where(preferences.c.slack_user_id == slack_user_id))
    connection.execute(
        insert(preferences).values(
            slack_user_id=slack_user_id,
            owner_id=owner_id,
            language=chosen.language,
            quiet_from=chosen.quiet_from.isoformat("minutes") if chosen.quiet_from else None,
            quiet_to=chosen.quiet_to.isoformat("minutes") if chosen.quiet_to else None,
            away_until=chosen.away_until.isoformat() if chosen.away_until else None,
            quiet_days="".join(str(day) for day in sorted(chosen.quiet_days)),
        )
    )


def quiet_owners(connection: Connection, local: Callable[[str], datetime]) -> set[str]:
    """The owners who want to be left alone now; `local` tells what time it is for each."""
    rows = connection.execute(select(preferences).where(preferences.c.quiet_from.is_not(None)))
    return {row.owner_id for row in rows if is_quiet(_preferences(row), local(row.owner_id))}


def away_until(connection: Connection, owner_id: str) -> date | None:
    days = connection.execute(select(preferences.c.away_until).where(preferences.c.owner_id == owner_id)).scalars()
    return max((date.fromisoformat(day) for day in days if day), default=None)


def is_quiet(chosen: Preferences, local: datetime) -> bool:
    """A night belongs to the day on which it begins."""
    begins, ends = chosen.quiet_from, chosen.quiet_to
    if begins is None or ends is None:
        return False
    clock, today = local.time(), local.weekday() in chosen.quiet_days
    if begins < ends:
        return today and begins <= clock < ends
    yesterday = (local - timedelta(days=1)).weekday() in chosen.quiet_days
    return (today and clock >= begins) or (yesterday and clock < ends)


def _preferences(row: Row[Any]) -> Preferences:
    return Preferences(
        language=row.language,
        quiet_from=time.fromisoformat(row.quiet_from) if row.quiet_from else None,
        quiet_to=time.fromisoformat(row.quiet_to) if row.quiet_to else None,
        quiet_days=frozenset(int(day) for day in row.quiet_days),
        away_until=date.fromisoformat(row.away_until) if row.away_until else None,
    )
