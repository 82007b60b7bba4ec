"""Each hygiene code on both sides of each of its borders, with the arithmetic beside the row."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.connector_sandbox.made_portal import (
    FS,
    FS_GONE,
    IS,
    LONG_AGO,
    MANAGER,
    MARKETING,
    NO_ROLE,
    SUNDAY,
    TELE,
    TUESDAY,
    made_portal,
)

CONNECTED_CALL = "f240bbac-87c9-4f6e-bf70-924b57d47db7"


@pytest.mark.parametrize(
    ("since", "active", "now", "expected"),
    [
        ("2026-11-18T23:59", "", SUNDAY, True),  # 19, 20: two, more than one
        ("2026-11-19T00:00", "", SUNDAY, False),
        ("2026-11-19T00:00", "", TUESDAY, True),  # 20, 24
        ("2026-11-20T00:00", "", TUESDAY, False),
        ("2026-11-10T10:00", "2026-11-10T10:00", SUNDAY, False),  # equal is not before
        ("2026-11-10T10:00", "2026-11-10T09:59", SUNDAY, True),
        ("2026-11-10T10:00", "junk", SUNDAY, True),
    ],
)
def test_h1_is_a_new_inquiry_without_activity_since(since: str, active: str, now: datetime, expected: bool) -> None:
    made = made_portal()
    contact = made.contact("NEW", since, notes_last_contacted=active)
    assert ("H1" in made.codes(contact, now)) is expected


def test_an_open_deal_or_a_meeting_takes_h1_and_h2_away() -> None:
    made = made_portal()
    new, stalled, met = (made.contact(status, LONG_AGO) for status in ("NEW", "IN_PROGRESS", "IN_PROGRESS"))
    made.deal(new)
    made.deal(stalled)
    made.meeting(met, "2026-12-01T10:00", outcome="SCHEDULED", created="2026-11-20T10:00")
    assert [made.codes(each) for each in (new, stalled, met)] == [{"L3"}, {"L3"}, set()]


@pytest.mark.parametrize(
    ("since", "entered", "expected"),
    [
        ("2026-11-18T18:00", "2026-11-18T18:05", True),  # 19, 20: two, more than one
        ("2026-11-19T09:00", "2026-11-18T18:05", False),
        ("2026-11-18T18:00", "2026-11-19T09:00", False),  # by the record's creation, not by its start
    ],
)
def test_h3_goes_by_the_status_and_by_when_the_meeting_was_entered(since: str, entered: str, expected: bool) -> None:
    made = made_portal()
    contact = made.contact("IN_PROGRESS", since)
    made.meeting(contact, "2026-12-01T10:00", outcome="SCHEDULED", created=entered)
    assert ("H3" in made.codes(contact)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("サイトを拝見しました。配信停止はこちら", True),  # 20 + 30
        ("サイトを拝見し、ホームページを拝見しました。お時間を", False),  # a group counts once: 20 + 20
        ("ＨＰを拝見しました。50％アップ、30分で", True),  # 20 + 25 + 20 after NFKC and lower case
        ("ホームページを拝見。コスト削減の30分。費用を知りたい", False),  # 20 + 25 + 20 - 30
        ("", False),
    ],
)
def test_h4_follows_the_score(text: str, expected: bool) -> None:
    made = made_portal()
    contact = made.contact("NEW", "2026-11-20T10:00", inquiry_text=text)
    assert ("H4" in made.codes(contact)) is expected


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("calls", {"hs_call_direction": "OUTBOUND", "hs_timestamp": "2026-10-01T10:00"}, True),  # at the round's start
        ("calls", {"hs_call_direction": "OUTBOUND", "hs_timestamp": "2026-10-01T09:59"}, False),
        ("calls", {"hs_call_direction": "INBOUND", "hs_timestamp": "2026-10-02T10:00"}, False),
        ("emails", {"hs_email_direction": "EMAIL", "hs_timestamp": "2026-11-22T12:00"}, True),  # now itself counts
        ("emails", {"hs_email_direction": "EMAIL", "hs_timestamp": "2026-11-22T12:01"}, False),  # ahead
        ("emails", {"hs_email_direction": "INCOMING_EMAIL", "hs_timestamp": "2026-10-02T10:00"}, False),
    ],
)
def test_h5_is_an_answered_pitch(kind: str, values: dict[str, str], expected: bool) -> None:
    made = made_portal()
    contact = made.contact(
        "UNQUALIFIED", "2026-10-02T10:00", created="2026-10-01T10:00", unqualified_reason="sales_pitch"
    )
    made.linked(contact, kind, **values)
    assert ("H5" in made.codes(contact)) is expected


@pytest.mark.parametrize(
    ("kind", "values", "proven"),
    [
        ("calls", {"hs_call_disposition": CONNECTED_CALL, "hs_timestamp": "2026-10-01T10:00"}, True),
        ("calls", {"hs_call_disposition": CONNECTED_CALL, "hs_timestamp": "2026-10-01T09:59"}, False),  # before C
        ("calls", {"hs_call_disposition": "busy", "hs_timestamp": "2026-10-02T10:00"}, False),
        ("calls", {"hs_call_disposition": CONNECTED_CALL, "hs_timestamp": "someday"}, False),
        ("meetings", {"hs_meeting_outcome": "COMPLETED", "hs_meeting_start_time": "2026-10-02T10:00"}, True),
        ("meetings", {"hs_meeting_outcome": "", "hs_meeting_start_time": "2026-10-02T10:00"}, False),
        ("emails", {"hs_email_direction": "INCOMING_EMAIL", "hs_timestamp": "2026-10-02T10:00"}, True),
        ("emails", {"hs_email_direction": "EMAIL", "hs_timestamp": "2026-10-02T10:00"}, False),
        ("notes", {"hs_note_body": "<p>【会話】来期に</p>", "hs_timestamp": "2026-10-02T10:00"}, True),
        ("notes", {"hs_note_body": "<p>来期に</p>", "hs_timestamp": "2026-10-02T10:00"}, False),
    ],
)
def test_h6_asks_for_evidence_of_a_conversation(kind: str, values: dict[str, str], proven: bool) -> None:
    made = made_portal()
    contact = made.contact("BAD_TIMING", "2026-10-05T10:00", created="2026-10-01T10:00")
    made.linked(contact, kind, **values)
    assert ("H6" not in made.codes(contact)) is proven


@pytest.mark.parametrize(
    ("status", "since", "now", "code"),
    [
        ("OPEN", "2026-11-16T23:00", SUNDAY, "H7"),  # 17–20: four, more than three
        ("OPEN", "2026-11-17T09:00", SUNDAY, None),
        ("連絡済み", "2026-11-17T09:00", TUESDAY, "H7"),  # an alias in the CRM is an unknown value
        ("new", LONG_AGO, SUNDAY, "H7"),  # case-sensitive
        ("", "2026-11-16T23:00", SUNDAY, "H8"),
        ("", "2026-11-17T09:00", SUNDAY, None),
        ("", None, SUNDAY, "H8"),  # without any history: since creation
    ],
)
def test_h7_and_h8_wait_three_business_days(status: str, since: str | None, now: datetime, code: str | None) -> None:
    made = made_portal()
    contact = made.contact(status, since)
    assert made.codes(contact, now) & {"H7", "H8"} == ({code} if code else set())


@pytest.mark.parametrize(
    ("services", "expected"),
    [("", True), ("gone", True), (";", True), ("gone;crm_setup", False), (";web_report", False)],
)
def test_h9_is_a_parked_contact_without_a_known_service(services: str, expected: bool) -> None:
    made = made_portal()
    contact = made.contact("ATTEMPTED_TO_CONTACT", LONG_AGO, inquiry_service=services)
    assert ("H9" in made.codes(contact)) is expected


@pytest.mark.parametrize(
    ("before", "after", "by", "owner", "code"),
    [
        ("IN_PROGRESS", "BAD_TIMING", IS, IS, None),
        ("IN_PROGRESS", "BAD_TIMING", MARKETING, IS, "H11"),
        ("IN_PROGRESS", "BAD_TIMING", TELE, TELE, None),  # assigned to the group
        ("IN_PROGRESS", "BAD_TIMING", TELE, IS, "H11"),
        ("IN_PROGRESS", "BAD_TIMING", NO_ROLE, IS, "H11"),
        ("IN_PROGRESS", "BAD_TIMING", MANAGER, IS, None),
        ("IN_PROGRESS", "BAD_TIMING", "99", IS, None),  # nobody's user
        ("OPEN_DEAL", "BAD_TIMING", FS_GONE, FS, None),  # by the user who is inactive now
        ("OPEN_DEAL", "UNQUALIFIED", FS, FS, "H13"),
        ("OPEN_DEAL", "UNQUALIFIED", MANAGER, FS, "H13"),  # whoever did it
        ("CONNECTED", "UNQUALIFIED", FS, FS, "H11"),  # the manager's
        ("CONNECTED", "UNQUALIFIED", MANAGER, FS, None),
        ("", "NEW", IS, IS, None),
        ("OPEN", "NEW", FS, IS, "H11"),  # OPEN reads like blank
        ("変な値", "IN_PROGRESS", IS, IS, "H13"),
        ("NEW", "OPEN", IS, IS, "H13"),
        ("NEW", "", IS, IS, "H13"),
    ],
)
def test_h11_and_h13_judge_the_latest_step(before: str, after: str, by: str, owner: str, code: str | None) -> None:
    made = made_portal()
    steps = [(before, LONG_AGO), (after, "2026-11-20T10:00", by)]
    contact = made.contact(after, steps=steps, owner=owner)
    assert made.codes(contact) & {"H11", "H13"} == ({code} if code else set())


def test_a_first_entry_is_never_judged_and_repeated_values_are_one_entry() -> None:
    made = made_portal()
    first = made.contact(steps=[("CONNECTED", LONG_AGO, MARKETING)])
    repeated = made.contact(steps=[("NEW", LONG_AGO), ("NEW", "2026-11-20T10:00", MARKETING)])
    assert not (made.codes(first) | made.codes(repeated)) & {"H11", "H13"}
    assert "H1" in made.codes(repeated)  # since the first of the two


@pytest.mark.parametrize(
    ("oldest", "newest", "expected"),
    [
        ("OPEN_DEAL", "IN_PROGRESS", False),  # a step of IS or FS
        ("IN_PROGRESS", "NEW", True),  # no such step
    ],
)
def test_of_entries_at_one_instant_the_first_in_the_list_is_the_newest(
    oldest: str, newest: str, expected: bool
) -> None:
    made = made_portal()
    contact = made.contact(steps=[(oldest, LONG_AGO), (newest, LONG_AGO, IS)])
    assert [entry.value for entry in made.portal.objects["contacts"][contact].history["hs_lead_status"]] == [
        newest,
        oldest,
    ]
    assert ("H13" in made.codes(contact)) is expected
