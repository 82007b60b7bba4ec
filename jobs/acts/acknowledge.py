"""Acknowledging: whoever says "I am on it" is left alone until the same time on a later business day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from jobs.acts.rest import note, own, too_late
from jobs.acts.shown import refresh_messages
from jobs.database import writing
from jobs.ledger import rests
from jobs.wiring import Parts
from slack_app.backend import Answer, Visitor
from slack_app.texts.dates import moment_words


def acknowledge(parts: Parts, visitor: Visitor, finding_ids: Sequence[int], act_id: str, now: datetime) -> Answer:
    until = acknowledged_until(parts, now)
    with writing(parts.engine) as connection:
        rows = rests.read(connection, finding_ids)
        mine = own(rows, visitor)
        done = rests.acknowledge(connection, mine, by=visitor.name, at=now, until=until)
        note(connection, done, visitor, "finding.acknowledged", act_id, now)
    if rows and not mine:
        return Answer(False, "answer.not_yours")
    if not done:
        return too_late(parts, mine, visitor, now)
    refresh_messages(parts, [row.id for row in done], now)
    return Answer(
        True, "answer.acknowledged", {"count": str(len(done)), "until": moment_words(until, visitor.language)}
    )


def acknowledged_until(parts: Parts, now: datetime) -> datetime:
    """The same time some business days later: a Friday's acknowledgement lasts over the weekend."""
    calendar = parts.rules().calendar
    local = now.astimezone(calendar.zone)
    day = local.date()
    for _ in range(parts.settings.file.reminders.acknowledge_days):
        day = calendar.next_open_day(day + timedelta(days=1))
    return datetime.combine(day, local.time(), calendar.zone)
