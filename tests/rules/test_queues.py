"""Who waits in a queue, since when, and who has waited too long."""

from __future__ import annotations

from datetime import datetime

from rules.explain import explain, read_explanation
from rules.model import RuleSet
from rules.queue_hits import queue_count, queue_hits
from tests.rules.portal import SUNDAY, Portal, jst
from tests.rules.test_touches import lost


def waiting(portal: Portal, queue_id: str, now: datetime = SUNDAY) -> dict[str, datetime]:
    portal.derive(now)
    query = queue_hits(portal.rule_set, portal.rule_set.queue(queue_id), portal.schema, portal.world(now))
    return {portal.names[row.record_id]: row.since for row in portal.connection.execute(query)}


def test_an_inquiry_waits_since_it_is_new(portal: Portal) -> None:
    portal.contact("new", "NEW", jst("11-20"))
    portal.contact("gone", "NEW", jst("11-20"), row={"archived_at": jst("11-21")})
    portal.contact("taken", "IN_PROGRESS", jst("11-20"))
    assert waiting(portal, "inquiry") == {"new": jst("11-20")}


def test_whoever_was_undecided_for_thirty_days_waits_since_the_inquiry(portal: Portal) -> None:
    for name, day in (("30 days", "10-23"), ("31 days", "10-22 23:59")):
        portal.contact(name, "CONNECTED", jst("11-01"), inquiry_date=jst(day))
    portal.contact("decided", "OPEN_DEAL", jst("11-01"), inquiry_date=jst("10-01"))
    assert waiting(portal, "thirty-day") == {"31 days": jst("10-22 23:59")}


def test_a_contact_with_several_findings_waits_once(portal: Portal) -> None:
    contact = portal.contact("two leaks", "BAD_TIMING", jst("11-01"), hubspot_owner_id=None)
    portal.deal(contact, "open")
    portal.contact("no owner", "CONNECTED", jst("11-01"), hubspot_owner_id=None)
    assert set(waiting(portal, "fs-leak")) == {"two leaks", "no owner"}


def test_counting_tells_the_oldest_and_how_many_are_late(portal: Portal) -> None:
    for name, day in (("late", "11-17"), ("old", "11-18"), ("fresh", "11-20")):
        portal.contact(name, "NEW", jst(day))
    portal.derive(SUNDAY)
    query = queue_count(portal.rule_set, portal.rule_set.queue("inquiry"), portal.schema, portal.world(SUNDAY))
    assert tuple(portal.connection.execute(query).one()) == (3, jst("11-17"), 2)


def test_an_empty_queue_has_no_oldest(portal: Portal) -> None:
    portal.derive(SUNDAY)
    query = queue_count(portal.rule_set, portal.rule_set.queue("thirty-day"), portal.schema, portal.world(SUNDAY))
    assert tuple(portal.connection.execute(query).one()) == (0, None, None)


def test_an_explanation_shows_list_touch_and_last_activity(portal: Portal) -> None:
    lost(portal, "x", "10-01", notes_last_contacted=jst("10-30 09:00"))
    portal.derive(SUNDAY)
    queue = portal.rule_set.queue("follow-up-due")
    query, shape = explain(portal.rule_set, queue, portal.schema, portal.world(SUNDAY))
    row = portal.connection.execute(query).one()
    lines = [(line.text.ja, line.value, line.held) for line in read_explanation(shape, row)]
    assert lines == [
        ("フォローするリストがある", "失注フォロー: CRM導入支援", True),
        ("フォロー期日がある", "2026-10-31 00:00", True),
        ("最後の活動が「フォロー期日」より前（空でもよい）", "2026-10-30 09:00", True),
    ]


def test_every_shipped_queue_has_two_names(rule_set: RuleSet) -> None:
    assert [queue.id for queue in rule_set.queues if queue.title.ja == queue.title.en] == []
