"""Queues that are empty again: decides who hears of it, and tells afterwards what there was to say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from jobs.ledger import deliveries
from jobs.ledger.queue_counts import Emptied, emptied
from jobs.ledger.tables import deliveries as deliveries_table
from rules.business_calendar import Calendar
from rules.model import People, Queue, RuleSet

KIND = "queue_zero"
# A queue that became empty on an evening, or on a closed day, is told of on the next open day.
_OPEN_DAYS_BACK = 1


def tell_of_empty_queues(connection: Connection, rule_set: RuleSet, people: People, now: datetime) -> int:
    """Decide one message for each person of a role whose queues became empty since the last such message. Called in
    working hours only; a second call decides nothing.
    """
    calendar, created = rule_set.calendar, 0
    deliveries.drop_old(connection, KIND, calendar.cutoff(now, _OPEN_DAYS_BACK))
    news = _empty_again(connection, rule_set, now)
    for role in sorted({queue.responsible for queue, _ in news}):
        for owner_id in people.with_role(role, live_only=True):
            conversation = f"zero:{role}:{owner_id}"
            if not _since(connection, news, conversation, calendar, now):
                continue
            deliveries.create(
                connection,
                kind=KIND,
                conversation=conversation,
                day=calendar.local_date(now).isoformat(),
                owner_id=owner_id,
                reason="back_at_zero",
                finding_ids=(),
                now=now,
            )
            created += 1
    return created


def said_by(connection: Connection, row: Row[Any], rule_set: RuleSet) -> list[tuple[Queue, Emptied]]:
    """What a decided message is about."""
    news = _empty_again(connection, rule_set, row.created_at)
    return _since(connection, news, row.conversation, rule_set.calendar, row.created_at)


def _empty_again(connection: Connection, rule_set: RuleSet, now: datetime) -> list[tuple[Queue, Emptied]]:
    """The queues that were empty at that moment after somebody had waited overnight: one that fills and empties within
    a day is work as usual. Of leaks, the leak check's channel is told.
    """
    day = rule_set.calendar.local_date
    leaks = {rule.id for rule in rule_set.rules if rule.channel == "leak"}
    asked = [queue for queue in rule_set.queues if not (queue.findings and leaks.issuperset(queue.findings))]
    found = [(queue, emptied(connection, queue.id, now)) for queue in asked]
    return [(queue, one) for queue, one in found if one is not None and day(one.filled_since) < day(one.at)]


def _since(
    connection: Connection, news: list[tuple[Queue, Emptied]], conversation: str, calendar: Calendar, now: datetime
) -> list[tuple[Queue, Emptied]]:
    """What is news in this conversation: neither told there already nor too old."""
    columns = deliveries_table.c
    query = select(func.max(columns.created_at)).where(columns.conversation == conversation, columns.created_at < now)
    last = connection.execute(query).scalar()
    oldest = calendar.cutoff(now, _OPEN_DAYS_BACK)
    known = max(oldest, last) if last is not None else oldest
    role = conversation.split(":")[1]
    return [(queue, one) for queue, one in news if queue.responsible == role and one.at > known]
