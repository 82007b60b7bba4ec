from __future__ import annotations

from tests.connector_sandbox.running import Crm


def _contact(crm: Crm, name: str) -> str:
    return crm.properties("contacts", "501").get(name, "")


def test_the_number_of_deals_follows_the_links(crm: Crm) -> None:
    crm.link("contacts", "501", "deals", "701")
    assert _contact(crm, "num_associated_deals") == "1"
    crm.api("DELETE", "/crm/v3/objects/deals/701", status=204)
    assert _contact(crm, "num_associated_deals") == "0"


def test_a_past_call_counts_as_contact_made_and_a_coming_meeting_does_not(crm: Crm) -> None:
    call = crm.create("calls", hs_timestamp="2026-11-20T01:00:00Z")
    meeting = crm.create("meetings", hs_timestamp="2026-11-25T01:00:00Z")
    crm.link("contacts", "501", "calls", call)
    crm.link("contacts", "501", "meetings", meeting)
    assert _contact(crm, "notes_last_contacted") == "2026-11-20T01:00:00Z"
    assert _contact(crm, "hs_latest_meeting_activity") == "2026-11-25T01:00:00Z"


def test_only_a_sent_mail_counts_as_contact_made(crm: Crm) -> None:
    for direction, day in (("INCOMING_EMAIL", "21"), ("EMAIL", "19")):
        email = crm.create("emails", hs_timestamp=f"2026-11-{day}T01:00:00Z", hs_email_direction=direction)
        crm.link("contacts", "501", "emails", email)
    assert _contact(crm, "notes_last_contacted") == "2026-11-19T01:00:00Z"


def test_the_last_contact_waits_for_a_write_when_only_the_clock_moves(crm: Crm) -> None:
    meeting = crm.create("meetings", hs_timestamp="2026-11-25T01:00:00Z")
    crm.link("contacts", "501", "meetings", meeting)
    crm.control("clock", now="2026-11-26T00:00:00Z")
    assert _contact(crm, "notes_last_contacted") == ""
    crm.api("PATCH", f"/crm/v3/objects/meetings/{meeting}", {"properties": {"hs_meeting_outcome": "COMPLETED"}})
    assert _contact(crm, "notes_last_contacted") == "2026-11-25T01:00:00Z"


def test_a_deal_flags_follow_its_stage(crm: Crm) -> None:
    flags = ("hs_is_closed", "hs_is_closed_won", "hs_is_closed_lost", "hs_deal_stage_probability")
    seen: list[list[str]] = []
    for stage in ("closedwon", "closedlost", "contractsent"):
        crm.api("PATCH", "/crm/v3/objects/deals/701", {"properties": {"dealstage": stage}})
        seen.append([crm.properties("deals", "701")[name] for name in flags])
    assert seen == [["true", "true", "false", "1.0"], ["true", "false", "true", "0.0"], ["false"] * 3 + ["0.9"]]


def test_closing_a_deal_sets_the_close_date_unless_it_is_given(crm: Crm) -> None:
    crm.api("PATCH", "/crm/v3/objects/deals/701", {"properties": {"dealstage": "closedwon"}})
    assert crm.properties("deals", "701")["closedate"].startswith("2026-11-22T03:00")
    given = {"dealname": "二", "pipeline": "default", "dealstage": "closedlost", "closedate": "2026-11-01T00:00:00Z"}
    assert crm.properties("deals", crm.create("deals", **given))["closedate"] == "2026-11-01T00:00:00Z"


def test_a_stage_can_be_asked_when_it_was_entered_although_no_definition_lists_it(crm: Crm) -> None:
    crm.api("PATCH", "/crm/v3/objects/deals/701", {"properties": {"dealstage": "contractsent"}})
    name = "hs_v2_date_entered_contractsent"
    found = crm.api("GET", f"/crm/v3/objects/deals/701?properties={name}")
    assert found["properties"][name].startswith("2026-11-22T03:00")


def test_a_new_owner_is_dated(crm: Crm) -> None:
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"hubspot_owner_id": "71"}})
    assert _contact(crm, "hubspot_owner_assigneddate").startswith("2026-11-22T03:00")


def test_derived_changes_move_the_contacts_modified_time(crm: Crm) -> None:
    crm.link("contacts", "501", "deals", "701")
    assert _contact(crm, "lastmodifieddate").startswith("2026-11-22T03:00")
    assert crm.properties("deals", "701")["hs_lastmodifieddate"] == "2026-11-01T00:00:00Z"
