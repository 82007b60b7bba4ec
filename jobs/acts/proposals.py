"""What rules suggest: to whom it is shown, and what becomes of it when they approve, reject or put it off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from connector.mirror import reads
from jobs.acts.changes import grouped
from jobs.acts.once import actor_of, sees_all
from jobs.acts.review import reject, summary
from jobs.acts.shown import WHAT_WAITS, look_again, refresh_messages
from jobs.admit import admit
from jobs.apply import Applied, Author, apply
from jobs.database import snapshot, writing
from jobs.ledger import plan_lines, rejections
from jobs.wiring import Parts
from slack_app.backend import Answer, Decision, Visitor
from slack_app.texts.dates import day_words
from slack_app.views import ChangeGroup

# One click decides about no more than these.
AT_ONCE = 50
_PAUSE_BUSINESS_DAYS = 3


def proposals(parts: Parts, visitor: Visitor) -> Sequence[ChangeGroup]:
    now = parts.clock()
    with snapshot(parts.engine) as connection:
        rows = _decidable(parts, connection, visitor, plan_lines.in_states(connection, ("suggested",)))
    return grouped(
        parts, [row for row in rows if row.paused_until is None or row.paused_until <= now], visitor.language
    )


def decide(
    parts: Parts, visitor: Visitor, decision: Decision, line_ids: Sequence[int], reason: str, now: datetime
) -> Answer:
    """Only what is still suggested, and only by the contact's owner or who may act for everybody."""
    until = _paused_until(parts, now)
    with writing(parts.engine) as connection:
        asked = plan_lines.by_ids(connection, line_ids[:AT_ONCE])
        mine = _decidable(parts, connection, visitor, asked)
        rows = [row for row in mine if row.state == "suggested"]
        if decision is Decision.REJECT:
            reject(connection, visitor, rows, reason, now)
        elif decision is Decision.NOT_NOW:
            rejections.pause(connection, [row.id for row in rows], until)
    if asked and not mine:
        return Answer(False, "answer.not_yours")
    if not rows:
        return Answer(False, "answer.proposal_gone")
    match decision:
        case Decision.REJECT:
            answer = Answer(True, "answer.proposals_rejected", {"count": str(len(rows))})
        case Decision.NOT_NOW:
            day = day_words(until.date(), visitor.language)
            answer = Answer(True, "answer.proposals_paused", {"count": str(len(rows)), "until": day})
        case Decision.APPROVE:
            answer = _approve(parts, visitor, rows, now)
    refresh_messages(parts, [WHAT_WAITS], now)
    return answer


def _approve(parts: Parts, visitor: Visitor, rows: Sequence[Row[Any]], now: datetime) -> Answer:
    """Changed rules, people's edits and caps are minded as when a plan is applied."""
    admitted = admit(parts.engine, parts.rules(), rows, by=actor_of(visitor), now=now)
    applied = Applied()
    if admitted.ids:
        author = Author(actor_of(visitor), "slack")
        applied = apply(parts.engine, parts.gateway(), author=author, now=now, only=admitted.ids, schema=parts.schema())
    look_again(parts, list(dict.fromkeys(row.object_id for row in rows)), now)
    return summary(applied, 0, len(rows) - len(admitted.ids), len(admitted.ids))


def _decidable(parts: Parts, connection: Connection, visitor: Visitor, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    if visitor.owner_id is None:
        return []
    if sees_all(visitor):
        return list(rows)
    labels = reads.contact_labels(connection, parts.schema(), {row.object_id for row in rows})
    return [row for row in rows if row.object_id in labels and labels[row.object_id].owner_id == visitor.owner_id]


def _paused_until(parts: Parts, now: datetime) -> datetime:
    """The beginning of the third business day after today."""
    calendar = parts.rules().calendar
    day = calendar.local_date(now)
    for _ in range(_PAUSE_BUSINESS_DAYS):
        day = calendar.next_open_day(day + timedelta(days=1))
    return calendar.start_of(day)
