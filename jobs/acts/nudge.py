"""Asking an owner to look again: a manager's call, carried to the owner by the next round, once a day."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from jobs.acts.once import sees_all
from jobs.acts.rest import Press, Rows, settle
from jobs.ledger import rests
from slack_app.backend import Answer


def nudge(press: Press) -> Answer:
    if not sees_all(press.visitor):
        return Answer(False, "answer.only_managers")

    def change(connection: Connection, rows: Rows) -> Rows:
        return rests.call_again(connection, rows, at=press.now)

    def called(rows: Rows) -> Answer:
        return Answer(True, "answer.nudged", {"name": _owner_of(press, rows)})

    def refused(rows: Rows) -> Answer | None:
        if any(_called_today(press, row) for row in rows):
            return Answer(False, "answer.already_nudged", {"name": _owner_of(press, rows)})
        return None

    return settle(press, "finding.nudged", change, called, refused)


def _owner_of(press: Press, rows: Rows) -> str:
    owner = press.parts.people().person(rows[0].owner_id)
    return owner.name if owner else "–"


def _called_today(press: Press, row: Any) -> bool:
    calendar = press.parts.rules().calendar
    return row.ping_why == "nudged" and calendar.local_date(row.ping_at) == calendar.local_date(press.now)
