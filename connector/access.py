"""What our token may not do, as far as that is known: asked of the CRM where it tells, else learned from its refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine, delete, insert, select

from connector.call_tables import missing_scopes as table
from connector.errors import ScopeMissing
from connector.gateway import Gateway
from connector.mirror.statements import upsert
from connector.scopes import Work, lacking, resting

# A permission that the CRM refused for is tried again after this long: HubSpot wants few refused calls.
_TRIED_AGAIN = timedelta(minutes=30)

T = TypeVar("T")


def missing(connection: Connection, now: datetime) -> frozenset[str]:
    """The permissions that what is to be done now has to do without."""
    since = now - _TRIED_AGAIN
    query = select(table.c.scope).where(table.c.told | (table.c.noted_at > since) & (table.c.noted_at <= now))
    return frozenset(connection.execute(query).scalars())


def learn(engine: Engine, error: ScopeMissing, now: datetime) -> bool:
    """Remember what the CRM refused for; answers whether anything can go on without it that did not before."""
    found = [name for one in resting(error.scopes) if one.work is not Work.READING for name in one.scopes]
    with engine.begin() as connection:
        fresh = frozenset(found) - missing(connection, now)
        if fresh:
            rows = [{"scope": one, "told": False, "noted_at": now} for one in sorted(fresh)]
            connection.execute(upsert(connection, table), rows)
    return bool(fresh)


def ask(engine: Engine, gateway: Gateway, now: datetime, *, due: bool) -> None:
    """Where the CRM tells what the token may do, that counts instead of what was refused before. Asked when `due`, and in
    every round while something is missing.
    """
    with engine.connect() as connection:
        lacks = connection.execute(select(table.c.scope).where(table.c.told)).first() is not None
    granted = gateway.granted_scopes() if due or lacks else None
    if granted is None:
        return
    rows = [{"scope": name, "told": True, "noted_at": now} for one in lacking(granted) for name in one.scopes]
    with engine.begin() as connection:
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), rows)


def forget(engine: Engine) -> None:
    """Try again what was refused; what the CRM told stays until it is asked."""
    with engine.begin() as connection:
        connection.execute(delete(table).where(~table.c.told))


def reading(engine: Engine, now: datetime, read: Callable[[frozenset[str]], T]) -> T:
    """Read without what the token may not read; `read` is given the permissions that are missing, and begun again where a
    refusal names one more.
    """
    lacks: frozenset[str] | None = None
    while True:
        before = lacks
        with engine.connect() as connection:
            lacks = missing(connection, now)
        try:
            return read(lacks)
        except ScopeMissing as error:
            if lacks == before or not learn(engine, error, now):
                raise
