"""How many contacts waited in each queue, over time. Written when it changes, and at least once a day."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, case, delete, func, insert, null, select

from jobs.ledger.tables import findings, queue_counts


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """`over_limit` is None for a queue without a limit."""

    queue: str
    number: int
    oldest_since: datetime | None
    over_limit: int | None


def with_findings(rules: Sequence[str]) -> Select[str, datetime]:
    """Each record with an open finding of one of the rules, and since when it has the first of them."""
    columns = findings.c
    opened = func.min(columns.opened_at).label("since")
    wanted = columns.rule.in_(rules), columns.open_key.is_not(None)
    return select(columns.object_id, opened).where(*wanted).group_by(columns.object_id)


def count_of_findings(connection: Connection, queue: str, rules: Sequence[str], late_before: datetime | None) -> Count:
    found = with_findings(rules).subquery()
    late = func.count(case((found.c.since < late_before, 1))) if late_before else null()
    query = select(func.count(), func.min(found.c.since), late).select_from(found)
    return Count(queue, *connection.execute(query).one())


def record(connection: Connection, counts: Sequence[Count], now: datetime, today: datetime) -> int:
    """`today` is when the local day began. Returns how many rows were written."""
    before = _last(connection)
    fresh = [one for one in counts if one.queue not in before or before[one.queue] != (one, before[one.queue][1])]
    unsaid = [one for one in counts if one not in fresh and before[one.queue][1] < today]
    rows = [*fresh, *unsaid]
    if rows:
        # A stopped clock, as in a demonstration, must not stop the round.
        of_now = queue_counts.c.queue.in_([one.queue for one in rows]), queue_counts.c.at == now
        connection.execute(delete(queue_counts).where(*of_now))
        connection.execute(insert(queue_counts), [dataclasses.asdict(one) | {"at": now} for one in rows])
    return len(rows)


def last(connection: Connection) -> list[Count]:
    """Every queue as it was last counted."""
    return [count for count, _ in _last(connection).values()]


def _last(connection: Connection) -> dict[str, tuple[Count, datetime]]:
    columns = queue_counts.c
    newest = select(columns.queue, func.max(columns.at).label("at")).group_by(columns.queue).subquery()
    same = (columns.queue == newest.c.queue) & (columns.at == newest.c.at)
    return {
        row.queue: (Count(row.queue, row.number, row.oldest_since, row.over_limit), row.at)
        for row in connection.execute(select(queue_counts).join(newest, same))
    }


def zero_since(connection: Connection) -> dict[str, datetime]:
    """Since when each queue has been empty; those that are not are left out."""
    columns, others = queue_counts.c, queue_counts.alias()
    filled = (
        select(func.max(others.c.at))
        .where(others.c.queue == columns.queue, others.c.number > 0)
        .correlate(queue_counts)
        .scalar_subquery()
    )
    empty = filled.is_(None) | (columns.at > filled)
    rows = connection.execute(select(columns.queue, func.min(columns.at)).where(empty).group_by(columns.queue))
    return dict(rows.all())


@dataclasses.dataclass(frozen=True, slots=True)
class Emptied:
    """A queue that is empty again: since when, and since when it had not been."""

    at: datetime
    filled_since: datetime


def emptied(connection: Connection, queue: str, until: datetime) -> Emptied | None:
    """Where the queue was empty at that moment and had not always been."""
    columns = queue_counts.c
    before = (columns.queue == queue) & (columns.at <= until)

    def moment(which: Any, *where: Any) -> datetime | None:
        return connection.execute(select(which(columns.at)).where(before, *where)).scalar()

    last_filled = moment(func.max, columns.number > 0)
    if last_filled is None:
        return None
    at = moment(func.min, columns.at > last_filled)
    if at is None:
        return None
    empty_before = moment(func.max, columns.number == 0, columns.at < last_filled)
    after = [] if empty_before is None else [columns.at > empty_before]
    filled_since = moment(func.min, *after)
    assert filled_since is not None, "the last filled one is among them"
    return Emptied(at, filled_since)
