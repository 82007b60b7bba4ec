"""Acknowledging: whoever says "I am on it" is left alone until the same time on a later business day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from jobs.acts.once import actor_of, sees_all
from jobs.acts.shown import refresh_messages
from jobs.database import snapshot, writing
from jobs.ledger import audit, findings
from jobs.ledger.tables import findings as findings_table
from jobs.wiring import Parts
from slack_app.backend import Answer, Visitor
from slack_app.texts.dates import moment_words


def acknowledge(parts: Parts, visitor: Visitor, finding_ids: Sequence[int], act_id: str, now: datetime) -> Answer:
    with snapshot(parts.engine) as connection:
        rows = list(connection.execute(select(findings_table).where(findings_table.c.id.in_(list(finding_ids)))))
    mine = [row for row in rows if row.owner_id == visitor.owner_id or sees_all(visitor)]
    if rows and not mine:
        return Answer(False, "answer.not_yours")
    until = acknowledged_until(parts, now)
    with writing(parts.engine) as connection:
        done = findings.acknowledge(connection, [row.id for row in mine], by=visitor.name, until=until)
        entries = [_acknowledged_entry(row, visitor, act_id, now) for row in done]
        audit.record(connection, entries)
    if not done:
        return _why_not_acknowledged(parts, mine, visitor.language)
    refresh_messages(parts, [row.id for row in done], now)
    return Answer(
        True, "answer.acknowledged", {"count": str(len(done)), "until": moment_words(until, visitor.language)}
    )


def _why_not_acknowledged(parts: Parts, rows: Sequence[Row[Any]], language: str) -> Answer:
    taken = next((row for row in rows if row.state == "acknowledged"), None)
    if taken is None:
        return Answer(False, "answer.already_closed")
    until = taken.acknowledged_until.astimezone(parts.rules().calendar.zone)
    values = {"name": taken.acknowledged_by or "", "until": moment_words(until, language)}
    return Answer(False, "answer.already_acknowledged", values)


def acknowledged_until(parts: Parts, now: datetime) -> datetime:
    """The same time some business days later: a Friday's acknowledgement lasts over the weekend."""
    calendar = parts.rules().calendar
    local = now.astimezone(calendar.zone)
    day = local.date()
    for _ in range(parts.settings.file.reminders.acknowledge_days):
        day = calendar.next_open_day(day + timedelta(days=1))
    return datetime.combine(day, local.time(), calendar.zone)


def _acknowledged_entry(row: Row[Any], visitor: Visitor, act_id: str, now: datetime) -> audit.Entry:
    return audit.Entry(
        at=now,
        actor=actor_of(visitor),
        channel="slack",
        action="finding.acknowledged",
        object_type=row.object_type,
        object_id=row.object_id,
        reason=row.rule,
        correlation=act_id,
    )
