"""Matches that have not held long enough yet: since when each has been seen without a break."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from connector.batches import pieces
from connector.records import CONTACTS
from jobs.ledger.tables import pending_matches

_AT_ONCE = 500


def ripe(
    connection: Connection,
    rule: str,
    seen: Collection[str],
    *,
    now: datetime,
    since: datetime,
    only: Collection[str] | None,
) -> set[str]:
    """Those of `seen` that were seen at `since` already and ever since. What is seen no more is forgotten.

    `only` are the records that were looked at; None means all.
    """
    known = _known(connection, rule, only)
    _forget(connection, rule, [i for i in known if i not in seen])
    fresh = [
        {"rule": rule, "object_type": CONTACTS, "object_id": i, "since": now} for i in sorted(seen) if i not in known
    ]
    if fresh:
        connection.execute(insert(pending_matches), fresh)
    return {i for i in seen if known.get(i, now) <= since}


def _known(connection: Connection, rule: str, only: Collection[str] | None) -> dict[str, datetime]:
    columns = pending_matches.c
    query = select(columns.object_id, columns.since).where(columns.rule == rule, columns.object_type == CONTACTS)
    if only is None:
        return dict(connection.execute(query).all())
    found: dict[str, datetime] = {}
    for some in pieces(sorted(only), _AT_ONCE):
        found.update(connection.execute(query.where(columns.object_id.in_(some))).all())
    return found


def _forget(connection: Connection, rule: str, ids: Collection[str]) -> None:
    columns = pending_matches.c
    for some in pieces(sorted(ids), _AT_ONCE):
        connection.execute(
            delete(pending_matches).where(
                columns.rule == rule, columns.object_type == CONTACTS, columns.object_id.in_(some)
            )
        )


def due(connection: Connection, rule: str, *, after: datetime, until: datetime) -> set[str]:
    """Those first seen within this time: between two looks, this is how far what has held long enough has come."""
    columns = pending_matches.c
    query = select(columns.object_id).where(columns.rule == rule, columns.since > after, columns.since <= until)
    return set(connection.execute(query).scalars())


def forget(connection: Connection, waiting: Collection[str]) -> None:
    """Drop what belongs to rules that do not wait, or are no more."""
    connection.execute(delete(pending_matches).where(pending_matches.c.rule.not_in(list(waiting))))
