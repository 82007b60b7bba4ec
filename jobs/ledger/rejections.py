"""What people say to proposed lines other than yes: no, or not now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from connector.batches import pieces
from jobs.ledger import plan_lines
from jobs.ledger.tables import plan_lines as table
from rules.model import family_of


def reject(connection: Connection, causes: Mapping[int, str], actor: str, now: datetime) -> None:
    """By a person; the rule does not propose the same again until it has wanted something else."""
    for line_id in causes:
        connection.execute(update(table).where(table.c.id == line_id).values(actor=actor))
    plan_lines.settle(
        connection, [plan_lines.End(line_id, "rejected", cause=cause) for line_id, cause in causes.items()], now
    )


def pause(connection: Connection, ids: Collection[int], until: datetime) -> None:
    for some in pieces(sorted(ids), 500):
        connection.execute(update(table).where(table.c.id.in_(some)).values(paused_until=until))


def rejected_by_rule(connection: Connection) -> dict[str, int]:
    """How often people have said no to each rule; the rows of a table count as their rule."""
    query = select(table.c.rule, func.count()).where(table.c.state == "rejected")
    found: Counter[str] = Counter()
    for rule, count in connection.execute(query.group_by(table.c.rule)):
        found[family_of(str(rule))] += count
    return found
