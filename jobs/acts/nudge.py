"""Asking an owner to look again: a manager's call, carried to the owner by the next round, once a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobs.acts.once import sees_all
from jobs.acts.rest import note, too_late, unchanged
from jobs.acts.shown import refresh_messages
from jobs.database import writing
from jobs.ledger import rests
from jobs.wiring import Parts
from slack_app.backend import Answer, Visitor


def nudge(
    parts: Parts, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int], now: datetime
) -> Answer:
    if not sees_all(visitor):
        return Answer(False, "answer.only_managers")
    today = parts.rules().calendar.local_date(now)
    zone = parts.rules().calendar.zone
    with writing(parts.engine) as connection:
        rows = rests.read(connection, finding_ids)
        called = [row for row in rows if row.ping_why == "nudged" and row.ping_at.astimezone(zone).date() == today]
        fresh = [row for row in rows if row not in called]
        done = rests.call_again(connection, unchanged(fresh, seen), at=now)
        note(connection, done, visitor, "finding.nudged", act_id, now)
    owner = parts.people().person(rows[0].owner_id) if rows else None
    values = {"name": owner.name if owner else "–"}
    if called:
        return Answer(False, "answer.already_nudged", values)
    if not done:
        return too_late(parts, rows, visitor, now)
    refresh_messages(parts, [row.id for row in done], now)
    return Answer(True, "answer.nudged", values)
