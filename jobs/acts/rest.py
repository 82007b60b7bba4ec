"""What acknowledging, snoozing, dismissing and calling again have in common: whose the findings are, who was first, what is
noted and shown.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from jobs.acts.once import actor_of, once_in_one, sees_all
from jobs.acts.shown import refresh_messages
from jobs.ledger import audit, rests
from jobs.wiring import Parts
from slack_app.backend import Answer, Visitor
from slack_app.texts.dates import moment_words

# By state: who put it to rest, when, until when, and the text that says so.
_RESTS: Mapping[str, tuple[str, str, str, str]] = {
    "acknowledged": ("acknowledged_by", "acknowledged_at", "acknowledged_until", "answer.already_acknowledged"),
    "snoozed": ("snoozed_by", "snoozed_at", "snoozed_until", "answer.already_snoozed"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Press:
    """Who acts on which findings. `seen`: the revisions that the message showed which was clicked on."""

    parts: Parts
    visitor: Visitor
    finding_ids: Sequence[int]
    act_id: str
    seen: Mapping[int, int]
    now: datetime

    @property
    def language(self) -> str:
        return self.visitor.language


Rows = Sequence[Row[Any]]
Change = Callable[[Connection, Rows], Rows]


def settle(
    press: Press,
    action: str,
    change: Change,
    said: Callable[[Rows], Answer],
    refused: Callable[[Rows], Answer | None] = lambda _rows: None,
) -> Answer:
    """Change the findings of the press that are the visitor's and that nobody has changed since, in one transaction.

    `change` answers those it changed, as they were before; `said` makes the answer of them. `refused` may say of them
    as they stand why nothing is to be changed. `action` is what the audit trail calls it.
    """
    shown: list[int] = []

    def act(connection: Connection) -> Answer:
        rows = rests.read(connection, press.finding_ids)
        mine = _own(rows, press.visitor)
        refusal = refused(mine)
        if refusal is not None:
            return refusal
        done = change(connection, [row for row in mine if press.seen.get(row.id, row.revision) == row.revision])
        _note(connection, done, press, action)
        # Where it came too late, what was clicked on may have been an old message: it is drawn anew.
        shown.extend(row.id for row in done or mine)
        if rows and not mine:
            return Answer(False, "answer.not_yours")
        return said(done) if done else _too_late(connection, press, mine)

    answer, fresh = once_in_one(press.parts, press.visitor, press.act_id, press.now, act)
    if fresh:
        refresh_messages(press.parts, shown, press.now)
    return answer


def _own(rows: Rows, visitor: Visitor) -> list[Row[Any]]:
    """Those that this person may act on: the own ones, those of whom the person stands in for, and for a manager and the
    ops admin everybody's.
    """
    return [
        row
        for row in rows
        if row.owner_id == visitor.owner_id or row.owner_id in visitor.stands_for or sees_all(visitor)
    ]


def _note(connection: Connection, rows: Rows, press: Press, action: str) -> None:
    entries = [
        audit.Entry(
            at=press.now,
            actor=actor_of(press.visitor),
            channel="slack",
            action=action,
            object_type=row.object_type,
            object_id=row.object_id,
            reason=row.rule,
            correlation=press.act_id,
        )
        for row in rows
    ]
    audit.record(connection, entries)


def _too_late(connection: Connection, press: Press, rows: Rows) -> Answer:
    """Who was first, and when."""
    fresh = rests.read(connection, [row.id for row in rows])
    still_open = [row for row in fresh if row.open_key is not None]
    if not still_open:
        return Answer(False, "answer.already_closed")
    zone = press.parts.rules().calendar.zone
    row = next((row for row in still_open if row.state in _RESTS or row.dismissed_at), still_open[0])
    if row.dismissed_at is not None:
        at = moment_words(row.dismissed_at.astimezone(zone), press.language)
        return Answer(False, "answer.already_dismissed", {"name": row.dismissed_by or "", "at": at})
    if row.state not in _RESTS:
        return Answer(False, "answer.changed_meanwhile")
    by, at, until, text = _RESTS[row.state]
    values = {
        "name": getattr(row, by) or "",
        "at": moment_words(getattr(row, at).astimezone(zone), press.language) if getattr(row, at) else "–",
        "until": moment_words(getattr(row, until).astimezone(zone), press.language),
    }
    return Answer(False, text, values)
