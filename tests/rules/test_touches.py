"""When members of lost and won lists should have been contacted again, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from rules.queue_hits import queue_hits
from rules.scope import contact_touches
from tests.rules.portal import TOKYO, Portal, jst


def touches(portal: Portal, now: datetime) -> dict[str, tuple[str, str]]:
    """By contact: the local day of its latest touch, and the list."""
    portal.derive(now)
    rows = portal.connection.execute(select(contact_touches))
    return {portal.names[i]: (at.astimezone(TOKYO).strftime("%m-%d %H:%M"), name) for i, at, name in rows}


def due(portal: Portal, now: datetime) -> set[str]:
    portal.derive(now)
    queue = portal.rule_set.queue("follow-up-due")
    query = queue_hits(portal.rule_set, queue, portal.schema, portal.world(now))
    return {portal.names[row.record_id] for row in portal.connection.execute(query)}


def lost(portal: Portal, name: str, closed: str, **properties: Any) -> str:
    contact = portal.contact(name, "BAD_TIMING", **properties)
    portal.deal(contact, "lost", service="crm_setup", closedate=jst(closed))
    return contact


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("10-30 23:59", None),  # 29 days after 1 October
        ("10-31 00:00", "10-31 00:00"),
        ("12-29 23:59", "10-31 00:00"),  # 89 days
        ("12-30 00:00", "12-30 00:00"),
    ],
)
def test_the_latest_touch_that_has_been_reached_counts(portal: Portal, now: str, day: str | None) -> None:
    lost(portal, "x", "10-01 23:59")
    assert touches(portal, jst(now)) == ({} if day is None else {"x": (day, "失注フォロー: CRM導入支援")})


def test_touches_are_counted_from_the_newest_deal_of_the_service(portal: Portal) -> None:
    contact = lost(portal, "x", "08-01")
    portal.deal(contact, "lost", service="crm_setup", closedate=jst("10-01"))
    portal.deal(contact, "lost", service="web_report", closedate=jst("09-01"))
    assert touches(portal, jst("11-05")) == {"x": ("10-31 00:00", "失注フォロー: CRM導入支援")}


def test_of_several_lists_the_one_touched_last_is_named(portal: Portal) -> None:
    contact = lost(portal, "x", "09-01")
    portal.deal(contact, "won", service="web_report", closedate=jst("08-01"))
    assert touches(portal, jst("11-05")) == {"x": ("10-30 00:00", "アップセル: Web解析レポート")}


def test_a_service_that_is_no_option_is_named_as_it_stands(portal: Portal) -> None:
    portal.deal(portal.contact("x", "NEW"), "lost", service="50% new", closedate=jst("09-01"))
    assert touches(portal, jst("11-05")) == {"x": ("10-01 00:00", "失注フォロー: 50% new")}


def test_an_open_deal_or_a_later_won_one_ends_the_touches_of_a_lost_list(portal: Portal) -> None:
    for name, state in (("open", "open"), ("won", "won")):
        portal.deal(lost(portal, name, "09-01"), state, service="crm_setup", closedate=jst("09-02"))
    assert touches(portal, jst("11-05")) == {}


@pytest.mark.parametrize(
    ("activity", "waits"),
    [(None, True), ("10-30 23:59", True), ("10-31 00:00", False), ("11-06", True)],  # the last lies ahead
)
def test_a_touch_is_due_until_there_is_an_activity_on_its_day_or_later(
    portal: Portal, activity: str | None, waits: bool
) -> None:
    lost(portal, "x", "10-01", notes_last_contacted=jst(activity) if activity else None)
    assert due(portal, jst("11-05")) == ({"x"} if waits else set())


def test_a_list_of_an_admin_has_touches_of_its_own(portal_with: Callable[[str], Portal]) -> None:
    portal = portal_with("""
  won:
    title: won
    for_each: contact
    when:
      - lead_status: OPEN_DEAL
      - deals: {per: service, any: {state: won}}
    then:
      - list: {name: "受注 {service} 様", kind: won, one_per: service, touches: [1 week, 3 days]}
""")
    for name, status in (("x", "OPEN_DEAL"), ("y", "NEW")):
        portal.deal(portal.contact(name, status), "won", service="crm_setup", closedate=jst("11-01"))
    assert touches(portal, jst("11-07")) == {"x": ("11-04 00:00", "受注 CRM導入支援 様")}
    assert touches(portal, jst("11-08")) == {"x": ("11-08 00:00", "受注 CRM導入支援 様")}
