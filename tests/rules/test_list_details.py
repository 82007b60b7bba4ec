"""Since when a contact is on a list, from which status and why, and which steps led away from it."""

from __future__ import annotations

from typing import Any

import pytest

from rules.compile import list_hits
from rules.list_details import steps_out
from tests.rules.portal import FS_OWNER, IS_OWNER, LONG_AGO, SUNDAY, Portal, jst

A, B = "ATTEMPTED_TO_CONTACT", "BAD_TIMING"


def details(portal: Portal, rule_id: str) -> dict[str, Any]:
    portal.derive(SUNDAY)
    rule = portal.rule_set.rule(rule_id)
    rows = portal.connection.execute(
        list_hits(portal.rule_set, rule, rule.lists[0], portal.schema, portal.world(SUNDAY))
    )
    return {portal.names[row.record_id]: row for row in rows}


@pytest.mark.parametrize(
    ("statuses", "since"),
    [
        (["NEW", A], "11-02"),
        (["NEW", A, B, A], "11-02"),  # the stretch is unbroken
        (["NEW", A, "NEW", B], "11-04"),
        (["NEW", A, None, B], "11-04"),  # blank is outside
        ([A, B], "11-01"),
        (["NEW", A, A], "11-02"),  # not a change at all
    ],
)
def test_a_stay_begins_with_the_unbroken_stretch(portal: Portal, statuses: list[str | None], since: str) -> None:
    history = [(status, jst(f"11-{day:02}")) for day, status in enumerate(statuses, start=1)]
    portal.contact("x", statuses[-1], history=history, inquiry_service="crm_setup")
    assert details(portal, "recycle-lists")["x"].since == jst(since)


def test_without_a_history_the_stay_begins_with_the_contact(portal: Portal) -> None:
    portal.contact("x", A, inquiry_service="crm_setup")
    assert details(portal, "recycle-lists")["x"].since == LONG_AGO


def test_status_sub_reason_and_owner_are_told(portal: Portal) -> None:
    answers: dict[str, Any] = {
        "attempted_kind": "no_reaction",
        "bad_timing_reason": "budget",
        "inquiry_service": "crm_setup",
    }
    portal.contact("attempted", A, jst("11-01"), **answers)
    portal.contact("timing", B, jst("11-01"), **answers, hubspot_owner_id=IS_OWNER)
    found = {name: (row.status, row.reason, row.owner_id) for name, row in details(portal, "recycle-lists").items()}
    assert found == {"attempted": (A, "no_reaction", FS_OWNER), "timing": (B, "budget", IS_OWNER)}


def test_whoever_is_held_out_has_the_same_details(portal: Portal) -> None:
    contact = portal.contact("x", B, jst("11-01"), inquiry_service="crm_setup", bad_timing_reason="timing")
    portal.deal(contact, "open", service="crm_setup")
    row = details(portal, "recycle-lists")["x"]
    assert (row.held_by, row.since, row.reason) == ("l5-conflicting-parking", jst("11-01"), "timing")


def test_a_lost_list_is_entered_with_the_newest_lost_deal_and_a_won_one_with_the_first(portal: Portal) -> None:
    for state in ("lost", "won"):
        contact = portal.contact(state, "NEW")
        for day in ("11-01", "11-05"):
            portal.deal(contact, state, service="crm_setup", closedate=jst(day))
        portal.deal(contact, state, service="web_report", closedate=jst("11-09"))
    services = {rule: {(row.item, row.since) for row in _rows(portal, rule)} for rule in ("lost-lists", "won-lists")}
    assert services == {
        "lost-lists": {("crm_setup", jst("11-05")), ("web_report", jst("11-09"))},
        "won-lists": {("crm_setup", jst("11-01")), ("web_report", jst("11-09"))},
    }


def _rows(portal: Portal, rule_id: str) -> list[Any]:
    portal.derive(SUNDAY)
    rule = portal.rule_set.rule(rule_id)
    query = list_hits(portal.rule_set, rule, rule.lists[0], portal.schema, portal.world(SUNDAY))
    return [*portal.connection.execute(query)]


def test_only_steps_out_of_the_lists_statuses_are_told(portal: Portal) -> None:
    statuses = ["NEW", A, B, "NEW", A, "UNQUALIFIED", "NEW", B, None]
    history = [(status, jst(f"11-{day:02}")) for day, status in enumerate(statuses, start=1)]
    contact = portal.contact("x", None, history=history)
    portal.contact("other", "NEW", history=[(A, jst("11-01")), ("NEW", jst("11-02"))])
    action = portal.rule_set.rule("recycle-lists").lists[0]
    rows = portal.connection.execute(steps_out(portal.rule_set.vocabulary, action, [contact]))
    assert [(row.at, row.status) for row in rows] == [
        (jst("11-04"), "NEW"),
        (jst("11-06"), "UNQUALIFIED"),
        (jst("11-09"), None),
    ]
