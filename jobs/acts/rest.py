"""What acknowledging, snoozing and dismissing have in common: whose the findings are, who was first, the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from jobs.acts.once import actor_of, sees_all
from jobs.acts.shown import refresh_messages
from jobs.database import snapshot
from jobs.ledger import audit, rests
from jobs.wiring import Parts
from slack_app.backend import Answer, Visitor
from slack_app.texts.dates import moment_words

# By state: who put it to rest, when, until when, and the text that says so.
_RESTS: Mapping[str, tuple[str, str, str, str]] = {
    "acknowledged": ("acknowledged_by", "acknowledged_at", "acknowledged_until", "answer.already_acknowledged"),
    "snoozed": ("snoozed_by", "snoozed_at", "snoozed_until", "answer.already_snoozed"),
}


def own(rows: Sequence[Row[Any]], visitor: Visitor) -> list[Row[Any]]:
    """Those that this person may act on: the own ones, those of whom the person stands in for, and for a manager and the
    ops admin everybody's.
    """
    return [
        row
        for row in rows
        if row.owner_id == visitor.owner_id or row.owner_id in visitor.stands_for or sees_all(visitor)
    ]


def unchanged(rows: Sequence[Row[Any]], seen: Mapping[int, int]) -> list[Row[Any]]:
    """Without those that have changed since the message was drawn that was clicked on. `seen` names revisions."""
    return [row for row in rows if seen.get(row.id, row.revision) == row.revision]


def note(
    connection: Connection, rows: Sequence[Row[Any]], visitor: Visitor, action: str, act_id: str, now: datetime
) -> None:
    entries = [
        audit.Entry(
            at=now,
            actor=actor_of(visitor),
            channel="slack",
            action=action,
            object_type=row.object_type,
            object_id=row.object_id,
            reason=row.rule,
            correlation=act_id,
        )
        for row in rows
    ]
    audit.record(connection, entries)


def too_late(parts: Parts, rows: Sequence[Row[Any]], visitor: Visitor, now: datetime) -> Answer:
    """Who was first, and when. The messages are drawn anew: what was clicked on may have been an old one."""
    ids = [row.id for row in rows]
    with snapshot(parts.engine) as connection:
        fresh = rests.read(connection, ids)
    refresh_messages(parts, ids, now)
    still_open = [row for row in fresh if row.open_key is not None]
    if not still_open:
        return Answer(False, "answer.already_closed")
    zone = parts.rules().calendar.zone
    row = next((row for row in still_open if row.state in _RESTS or row.dismissed_at), still_open[0])
    if row.dismissed_at is not None:
        at = moment_words(row.dismissed_at.astimezone(zone), visitor.language)
        return Answer(False, "answer.already_dismissed", {"name": row.dismissed_by or "", "at": at})
    if row.state not in _RESTS:
        return Answer(False, "answer.changed_meanwhile")
    by, at, until, text = _RESTS[row.state]
    values = {
        "name": getattr(row, by) or "",
        "at": moment_words(getattr(row, at).astimezone(zone), visitor.language) if getattr(row, at) else "–",
        "until": moment_words(getattr(row, until).astimezone(zone), visitor.language),
    }
    return Answer(False, text, values)
