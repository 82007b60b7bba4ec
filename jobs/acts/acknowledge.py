"""Acknowledging: whoever says "I am on it" is left alone until the same time on a later business day."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from jobs.acts.rest import Press, Rows, settle
from jobs.ledger import rests
from jobs.wiring import Parts
from slack_app.backend import Answer
from slack_app.texts.dates import moment_words


def acknowledge(press: Press) -> Answer:
    until = acknowledged_until(press.parts, press.now)

    def change(connection: Connection, rows: Rows) -> Rows:
        return rests.acknowledge(connection, rows, by=press.visitor.name, at=press.now, until=until)

    def said(done: Rows) -> Answer:
        values = {"count": str(len(done)), "until": moment_words(until, press.language)}
        return Answer(True, "answer.acknowledged", values)

    return settle(press, "finding.acknowledged", change, said)


def acknowledged_until(parts: Parts, now: datetime) -> datetime:
    """The same time some business days later: a Friday's acknowledgement lasts over the weekend."""
    calendar = parts.rules().calendar
    local = now.astimezone(calendar.zone)
    day = local.date()
    for _ in range(parts.settings.file.reminders.acknowledge_days):
        day = calendar.next_open_day(day + timedelta(days=1))
    return datetime.combine(day, local.time(), calendar.zone)
