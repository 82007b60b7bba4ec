"""What the Home tab shows one person: what waits, the queues of the person's roles, what the week brought; and to
managers and admins what they look after.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from jobs.acts import team
from jobs.acts.find import my_findings
from jobs.acts.link import ADMINS
from jobs.acts.once import sees_all
from jobs.database import snapshot
from jobs.ledger import preferences, queue_counts
from jobs.ledger.queue_counts import Count
from jobs.ledger.tables import deliveries, findings, plan_lines
from jobs.people import SlackDirectory
from jobs.wiring import Parts
from rules.business_calendar import Calendar
from rules.model import People, Queue
from slack_app.backend import Visitor
from slack_app.home_view import HomeView, QueueLine, UnreachedLine, Week


def home(parts: Parts, visitor: Visitor, now: datetime) -> HomeView:
    rule_set = parts.rules()
    today = rule_set.calendar.local_date(now)
    monday = rule_set.calendar.start_of(today - timedelta(days=today.weekday()))
    with snapshot(parts.engine) as connection:
        counts, empty = queue_counts.last(connection), queue_counts.zero_since(connection)
        week = _week(connection, visitor.owner_id, monday, rule_set.vocabulary.property)
        chosen = preferences.read(connection, visitor.slack_user_id)
    directory = parts.directory()
    settled = directory is None or visitor.owner_id is None or directory.is_settled(visitor.owner_id)
    everybody, is_admin = sees_all(visitor), ADMINS in visitor.roles
    shown = [queue for queue in rule_set.queues if everybody or queue.responsible in visitor.roles]
    return HomeView(
        today=today,
        waiting=my_findings(parts, visitor, "mine", findings.c.state != "snoozed"),
        snoozed=my_findings(parts, visitor, "mine", findings.c.state == "snoozed"),
        queues=tuple(queue_lines(shown, counts, empty, visitor.language, rule_set.calendar, now)),
        week=week,
        preferences=chosen,
        asks_who=None if settled else visitor.name,
        unreached=_unreached(directory, parts.people(), now) if is_admin else (),
        members=team.members(parts, now) if everybody else (),
        health=team.rule_health(parts, visitor.language) if is_admin else None,
    )


def _unreached(directory: SlackDirectory | None, people: People, now: datetime) -> tuple[UnreachedLine, ...]:
    found: list[UnreachedLine] = []
    for one in directory.unreached(now) if directory else ():
        reached = directory.reach(one.person.owner_id, now) if directory else None
        other = people.person(reached.owner_id) if reached and reached.stands_in else None
        name = other.name if other else None
        found.append(UnreachedLine(one.person.owner_id, one.person.name, one.person.email, one.why, one.until, name))
    return tuple(found)


def queue_lines(
    queues: Sequence[Queue],
    counts: Collection[Count],
    empty: Mapping[str, datetime],
    language: str,
    calendar: Calendar,
    now: datetime,
) -> list[QueueLine]:
    """As the last round counted them: counting anew would take longer than a person waits for a page."""
    known = {count.queue: count for count in counts}
    found: list[QueueLine] = []
    for queue in queues:
        count = known.get(queue.id)
        if count is None:
            continue
        since = empty.get(queue.id) if count.number == 0 else None
        found.append(
            QueueLine(
                title=queue.title.in_language(language),
                number=count.number,
                oldest=calendar.local_date(count.oldest_since) if count.oldest_since else None,
                over_limit=count.over_limit,
                days_at_zero=(calendar.local_date(now) - calendar.local_date(since)).days if since else 0,
            )
        )
    return found


def _week(connection: Connection, owner_id: str | None, since: datetime, status: str) -> Week:
    settled = select(func.count()).where(
        findings.c.owner_id == owner_id, findings.c.closed_at >= since, findings.c.closed_reason == "fixed"
    )
    written = select(func.count()).where(
        plan_lines.c.actor.startswith(f"person {owner_id} "),
        plan_lines.c.property == status,
        plan_lines.c.state == "applied",
        plan_lines.c.settled_at >= since,
    )
    told = select(func.count()).where(
        deliveries.c.owner_id == owner_id, deliveries.c.state == "sent", deliveries.c.created_at >= since
    )
    return Week(*(connection.execute(query).scalar_one() for query in (settled, written, told)))
