"""What nobody asks for any more goes, once a night: else the ledger would grow with every round and every click.

What was found, written, sent and done by people stays: findings, plan lines, deliveries and the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Select, delete, select

from jobs.database import make_way, writing
from jobs.ledger.tables import acts, decisions, findings, plans, runs

# A click or command comes again within minutes; what a round reported is of interest for days. One that planned writes can
# be undone, and stays.
KEPT = timedelta(days=90)
# From the day on which a finding was closed: why somebody was told of it, or was not.
REASONS_KEPT = timedelta(days=365)
_AT_ONCE = 5000


def forget(engine: Engine, now: datetime) -> int:
    """The number of rows that went. May be cut off anywhere: the next night goes on."""
    gone = 0
    for column, old in _old(now):
        some = _AT_ONCE
        while some == _AT_ONCE:
            with writing(engine) as connection:
                some = connection.execute(delete(column.table).where(column.in_(old.limit(_AT_ONCE)))).rowcount
            gone += some
            make_way(engine)
    return gone


def _old(now: datetime) -> Iterator[tuple[Any, Select[Any]]]:
    """By the column that names a row: which rows."""
    closed = select(findings.c.id).where(findings.c.closed_at < now - REASONS_KEPT)
    yield decisions.c.id, select(decisions.c.id).where(decisions.c.finding_id.in_(closed))
    yield acts.c.id, select(acts.c.id).where(acts.c.at < now - KEPT)
    undoable = select(plans.c.run_id).where(plans.c.run_id.is_not(None))
    rounds = (runs.c.kind.in_(("cycle", "act")), runs.c.started_at < now - KEPT, runs.c.id.not_in(undoable))
    yield runs.c.id, select(runs.c.id).where(*rounds)
