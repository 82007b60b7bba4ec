"""Holds messages back that were decided at a good time but would arrive at a bad one, and notes why.

Between the decision and the post may lie an outage of Slack, and with it somebody's quiet hours, an evening or a holiday.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from jobs.ledger import decisions, deliveries, told
from jobs.ledger.decisions import HOLD, SEND, Decision
from jobs.readers import Readers

# The morning's list has room in every day.
_BESIDES_THE_BUDGET = "digest"
_LEAK_CHECKS = ("leak_check", "leak_free")


def why(connection: Connection, delivery: Row[Any], reader: str | None, readers: Readers) -> str | None:
    """Why this message is not posted now, or None. `reader` is None where it goes to a channel."""
    moment = readers.moment_of(reader)
    reason = readers.why_not(reader)
    if reason is None and delivery.day < moment.day:
        # Today's list may take over what is left of an earlier day.
        reason = moment.before_leak_check if delivery.kind in _LEAK_CHECKS else moment.before_digest
    if reason is not None or reader is None or delivery.kind == _BESIDES_THE_BUDGET:
        return reason
    heard = told.posted_since(connection, reader, moment.begins)
    return "message_budget" if heard >= moment.policy.messages_per_day else None


def note(connection: Connection, held: Sequence[tuple[Row[Any], str]], now: datetime) -> None:
    """Keep why each of these deliveries waits, finding by finding."""
    made = [
        Decision(finding_id, row.conversation, HOLD, reason)
        for row, reason in held
        for finding_id in deliveries.told_by(connection, row.id)
    ]
    decisions.record(connection, made, now)


def note_posted(connection: Connection, delivery: Row[Any], now: datetime) -> None:
    """What was held has gone out after all."""
    here, told_by = delivery.conversation, deliveries.told_by(connection, delivery.id)
    last = decisions.last(connection, told_by)
    waited = [i for i in told_by if (one := last.get((i, here))) is not None and one.decision == HOLD]
    decisions.record(connection, [Decision(i, here, SEND, delivery.reason) for i in waited], now)
