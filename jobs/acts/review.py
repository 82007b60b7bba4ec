"""The ops admin's review of a plan: what waits, and writing it without the lines that were unticked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from jobs.acts.changes import grouped
from jobs.acts.once import actor_of
from jobs.acts.shown import WHAT_WAITS, look_again, refresh_messages
from jobs.admit import admit
from jobs.apply import Applied, Author, apply
from jobs.approvals import REVIEWER
from jobs.database import snapshot, writing
from jobs.ledger import audit, plan_lines, rejections, runs
from jobs.wiring import Parts
from slack_app.backend import Answer, Offer, Visitor
from slack_app.views import PlanView

# More contacts than these are brought up to date in Slack by the next round.
_LOOKED_AT = 50


def plan(parts: Parts, visitor: Visitor, newest: int | None) -> PlanView | None:
    """None for everybody but the ops admin."""
    if REVIEWER not in visitor.roles:
        return None
    with snapshot(parts.engine) as connection:
        rows = _waiting(connection, newest)
        read_at = runs.mirror_read_at(connection)
    zone = parts.rules().calendar.zone
    return PlanView(
        max((row.id for row in rows), default=0),
        read_at.astimezone(zone) if read_at else None,
        tuple(grouped(parts, rows, visitor.language)),
    )


def apply_plan(parts: Parts, visitor: Visitor, newest: int, rejected: Sequence[int], now: datetime) -> Answer:
    """What came after the review was begun stays; caps, changed rules and people's edits are minded as everywhere."""
    if REVIEWER not in visitor.roles:
        return Answer(False, "answer.plan_not_yours")
    with writing(parts.engine) as connection:
        rows = _waiting(connection, newest)
        refused = [row for row in rows if row.id in set(rejected)]
        reject(connection, visitor, refused, "", now)
    wanted = [row for row in rows if row.id not in set(rejected)]
    admitted = admit(parts.engine, parts.rules(), wanted, by=actor_of(visitor), now=now)
    applied = Applied()
    if admitted.ids:
        author = Author(actor_of(visitor), "slack")
        applied = apply(parts.engine, parts.gateway(), author=author, now=now, only=admitted.ids, schema=parts.schema())
    touched = list(dict.fromkeys(row.object_id for row in wanted if row.id in set(admitted.ids)))
    if 0 < len(touched) <= _LOOKED_AT:
        look_again(parts, touched, now)
    refresh_messages(parts, [WHAT_WAITS], now)
    return summary(applied, len(refused), len(wanted) - len(admitted.ids), len(admitted.ids))


def summary(applied: Applied, rejected: int, left: int, approved: int) -> Answer:
    """How many lines met which end."""
    values = {
        "applied": str(applied.applied),
        "rejected": str(rejected),
        "left": str(left + applied.conflict + applied.failed),
    }
    if applied.trouble:
        return Answer(True, "answer.plan_pending", {**values, "applied": str(approved)})
    offers = (Offer("undo", "last"),) if applied.applied else ()
    return Answer(True, "answer.plan_applied", values, offers)


def reject(connection: Connection, visitor: Visitor, rows: Sequence[Row[Any]], reason: str, now: datetime) -> None:
    """In the person's name, with their reason where they gave one."""
    said = f"Rejected by {visitor.name}" + (f": {reason}" if reason else ".")
    rejections.reject(connection, {row.id: said for row in rows}, actor_of(visitor), now)
    entries = [
        audit.Entry(
            at=now,
            actor=actor_of(visitor),
            channel="slack",
            action="line.rejected",
            object_type=row.object_type,
            object_id=row.object_id,
            property=row.property,
            before=row.before,
            after=row.after,
            reason=reason or f"rule {row.rule}",
            correlation=f"line {row.id}",
        )
        for row in rows
    ]
    audit.record(connection, entries)


def _waiting(connection: Connection, newest: int | None) -> list[Row[Any]]:
    rows = plan_lines.in_states(connection, ("proposed",))
    return [row for row in rows if newest is None or row.id <= newest]
