"""Dismissing: whoever says why it is a false alarm is not told again, and nor is anybody else; and taking that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from jobs.acts.rest import note, own, too_late, unchanged
from jobs.acts.shown import refresh_messages
from jobs.database import writing
from jobs.ledger import rests
from jobs.wiring import Parts
from slack_app.backend import Answer, Offer, Visitor


def dismiss(
    parts: Parts,
    visitor: Visitor,
    finding_ids: Sequence[int],
    reason: str,
    act_id: str,
    seen: Mapping[int, int],
    now: datetime,
) -> Answer:
    with writing(parts.engine) as connection:
        rows = rests.read(connection, finding_ids)
        mine = own(rows, visitor)
        done = rests.dismiss(connection, unchanged(mine, seen), by=visitor.name, at=now, note=reason)
        note(connection, done, visitor, "finding.dismissed", act_id, now)
    if rows and not mine:
        return Answer(False, "answer.not_yours")
    if not done:
        return too_late(parts, mine, visitor, now)
    refresh_messages(parts, [row.id for row in done], now)
    values = {"count": str(len(done))}
    # One change further than what was read.
    offers = (Offer("undismiss", f"{done[0].id}.{done[0].revision + 1}"),) if len(done) == 1 else ()
    return Answer(True, "answer.dismissed", values, offers)


def undismiss(
    parts: Parts, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int], now: datetime
) -> Answer:
    with writing(parts.engine) as connection:
        rows = rests.read(connection, finding_ids)
        mine = own(rows, visitor)
        done = rests.undismiss(connection, unchanged(mine, seen))
        note(connection, done, visitor, "finding.undismissed", act_id, now)
    if rows and not mine:
        return Answer(False, "answer.not_yours")
    if not done:
        return too_late(parts, mine, visitor, now)
    refresh_messages(parts, [row.id for row in done], now)
    return Answer(True, "answer.undismissed")
