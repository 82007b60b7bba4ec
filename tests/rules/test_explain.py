from __future__ import annotations

from collections.abc import Callable

from rules.explain import Explained, explain, read_explanation
from tests.rules.portal import SUNDAY, Portal, jst, rule_text


def explained(portal: Portal, rule_id: str, contact: str) -> tuple[bool, list[Explained]]:
    portal.derive(only=[contact])
    rule = portal.rule_set.rule(rule_id)
    query, shape = explain(portal.rule_set, rule, portal.schema, portal.world(SUNDAY), [contact])
    row = portal.connection.execute(query).one()
    assert row.record_id == contact
    return bool(row.verdict), read_explanation(shape, row)


def test_each_line_shows_what_was_seen_and_whether_it_held(portal: Portal) -> None:
    contact = portal.contact("x", "OPEN_DEAL", jst("11-19"))
    portal.meeting(contact, jst("11-17 10:00"))
    verdict, lines = explained(portal, "l1-meeting-without-outcome", contact)
    assert not verdict
    assert [(line.depth, line.value, line.held, line.text.en) for line in lines] == [
        (0, "OPEN_DEAL", True, "Lead status is Open deal"),
        (0, "0", True, "there is none of: deals of the round"),
        (0, "1", True, "of the first FS meeting"),
        (1, "2026-11-17 11:00", True, "End: more than 2 business days ago (before 2026-11-18)"),
        (0, "2026-11-19 12:00", False, "Present status set: more than 2 business days ago (before 2026-11-18)"),
    ]
    assert lines[0].text.ja == "リードステータスが「オープン取引」"


def test_what_is_asked_of_a_record_that_is_not_there_is_neither_true_nor_false(portal: Portal) -> None:
    contact = portal.contact("x", "OPEN_DEAL", jst("11-01"))
    verdict, lines = explained(portal, "l1-meeting-without-outcome", contact)
    assert not verdict
    assert [(line.value, line.held) for line in lines[2:4]] == [("0", False), (None, None)]


def test_people_services_and_numbers_are_shown_as_people_know_them(
    portal_with: Callable[[str], Portal],
) -> None:
    when = "any: [owner: {known: true}, services: {known: true}, lead_score: {at_least: 3}, next_contact_date: {known: true}]"
    portal = portal_with(rule_text("all-kinds", when))
    contact = portal.contact(
        "x", inquiry_service="web_report;crm_setup", lead_score="3.0", next_contact_date="2026-11-20"
    )
    _, lines = explained(portal, "all-kinds", contact)
    shown = [line.value for line in lines]
    assert shown == [None, "2 (person 2)", "crm_setup;web_report", "3", "2026-11-20"]


def test_an_excluded_rule_is_explained_inside(portal: Portal) -> None:
    contact = portal.contact("x", "BAD_TIMING", jst("11-01"), inquiry_service="crm_setup")
    portal.deal(contact, service="crm_setup")
    verdict, lines = explained(portal, "l3-deal-without-status", contact)
    cited = next(line for line in lines if "Conflicting parking" in line.text.en)
    assert (verdict, cited.held) == (False, True)


def test_a_list_per_group_tells_how_many_groups_there_are(portal: Portal) -> None:
    contact = portal.contact("x")
    for service in ("crm_setup", "web_report", "web_report"):
        portal.deal(contact, "won", service=service)
    verdict, (line,) = explained(portal, "won-lists", contact)
    assert (verdict, line.held, line.value) == (True, True, "2")


def test_it_can_be_kept_as_json(portal: Portal) -> None:
    contact = portal.contact("x", "NEW")
    _, lines = explained(portal, "h8-blank-status", contact)
    assert lines[0].as_json() == {
        "text": "Lead status is missing",
        "text_ja": "リードステータスがない",
        "value": "NEW",
        "held": False,
        "depth": 0,
    }
