"""Dismissing: whoever says why it is a false alarm is not told again, and nor is anybody else; and taking that back."""

from __future__ import annotations

from sqlalchemy import Connection

from jobs.acts.rest import Press, Rows, settle
from jobs.ledger import rests
from slack_app.backend import Answer, Offer


def dismiss(press: Press, reason: str) -> Answer:
    def change(connection: Connection, rows: Rows) -> Rows:
        return rests.dismiss(connection, rows, by=press.visitor.name, at=press.now, note=reason)

    def said(done: Rows) -> Answer:
        # One change further than what was read.
        offers = (Offer("undismiss", f"{done[0].id}.{done[0].revision + 1}"),) if len(done) == 1 else ()
        return Answer(True, "answer.dismissed", {"count": str(len(done))}, offers)

    return settle(press, "finding.dismissed", change, said)


def undismiss(press: Press) -> Answer:
    return settle(press, "finding.undismissed", rests.undismiss, lambda _done: Answer(True, "answer.undismissed"))
