"""Each FS leak on both sides of each of its borders, with the arithmetic beside the row."""

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
    SUNDAY,
    TUESDAY,
    made_portal,
)


@pytest.mark.parametrize(
    ("end", "since", "now", "expected"),
    [
        ("2026-11-17T23:59", LONG_AGO, SUNDAY, True),  # 18, 19, 20: three business days, more than two
        ("2026-11-18T00:00", LONG_AGO, SUNDAY, False),  # 19, 20: two
        ("2026-11-18T00:00", LONG_AGO, TUESDAY, True),  # 19, 20, 24: three
        ("2026-11-19T00:00", LONG_AGO, TUESDAY, False),  # 20, 24
        ("2026-11-10T10:00", "2026-11-18T09:00", SUNDAY, False),  # a later status change restarts the limit
        ("2026-11-17T15:30Z", LONG_AGO, SUNDAY, False),  # already the 18th in Tokyo
        ("2026-11-30T10:00", LONG_AGO, SUNDAY, False),  # ahead
    ],
)
def test_l1_counts_business_days_from_the_end_of_the_meeting(
    end: str, since: str, now: datetime, expected: bool
) -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", since)
    made.meeting(contact, "2026-11-09T10:00", outcome="", hs_meeting_end_time=end)
    assert ("L1" in made.codes(contact, now)) is expected


@pytest.mark.parametrize(
    ("host", "outcome", "start", "code"),
    [
        (FS, "SCHEDULED", "2026-11-02T10:00", "L1"),
        (FS_GONE, "COMPLETED", "2026-11-02T10:00", "L1"),  # an archived owner keeps the role
        (IS, "COMPLETED", "2026-11-02T10:00", "L2"),
        (FS, "CANCELED", "2026-11-02T10:00", "L2"),
        (FS, "NO_SHOW", "2026-11-02T10:00", "L2"),
        (FS, "RESCHEDULED", "2026-11-02T10:00", "L2"),
        (FS, "COMPLETED", "2026-05-02T10:00", "L2"),  # before the round
        (FS, "COMPLETED", "", "L2"),  # no start time
        (FS, "COMPLETED", "soon", "L2"),  # junk is missing
    ],
)
def test_only_a_counting_fs_meeting_of_the_round_makes_l1_of_l2(host: str, outcome: str, start: str, code: str) -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", "2026-10-01T10:00")
    made.meeting(contact, start, host, outcome)
    assert made.codes(contact) & {"L1", "L2"} == {code}


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        ("2026-11-05T23:59", SUNDAY, True),  # 6, 9–13, 16–20: eleven, more than ten
        ("2026-11-06T00:00", SUNDAY, False),  # 9–13, 16–20: ten
        ("2026-11-06T00:00", TUESDAY, True),  # and the 24th
        ("2026-11-09T00:00", TUESDAY, False),  # 10–13, 16–20, 24: ten
    ],
)
def test_l2_waits_ten_business_days_in_the_status(since: str, now: datetime, expected: bool) -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", since)
    assert ("L2" in made.codes(contact, now)) is expected


def test_l2_is_ended_by_an_open_or_won_deal_of_the_round_but_not_by_an_older_one() -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", "2026-08-03T10:00")
    made.deal(contact, "2026-04-01T10:00", closed="2026-05-01T10:00", won=True)
    assert made.codes(contact) == {"L2"}
    made.deal(contact, "2026-07-01T10:00", closed="2026-08-01T10:00", won=True)
    assert made.codes(contact) == set()


@pytest.mark.parametrize(
    ("status", "since", "created", "now", "expected"),
    [
        ("IN_PROGRESS", "2026-11-18T23:00", LONG_AGO, SUNDAY, True),  # 19, 20: two, more than one
        ("IN_PROGRESS", "2026-11-19T09:00", LONG_AGO, SUNDAY, False),  # 20
        ("IN_PROGRESS", "2026-11-19T09:00", LONG_AGO, TUESDAY, True),  # 20, 24
        ("NEW", LONG_AGO, "2026-11-19T09:00", SUNDAY, False),  # the deal is young
        ("", LONG_AGO, LONG_AGO, SUNDAY, True),
        ("OPEN", LONG_AGO, LONG_AGO, SUNDAY, True),
        ("商談中", LONG_AGO, LONG_AGO, SUNDAY, True),
        ("OPEN_DEAL", LONG_AGO, LONG_AGO, SUNDAY, False),
        ("BAD_TIMING", LONG_AGO, LONG_AGO, SUNDAY, False),  # L5's
    ],
)
def test_l3_is_an_open_deal_without_the_status(
    status: str, since: str, created: str, now: datetime, expected: bool
) -> None:
    made = made_portal()
    contact = made.contact(status, since)
    made.deal(contact, created)
    assert ("L3" in made.codes(contact, now)) is expected


def test_l3_goes_by_the_oldest_open_deal() -> None:
    made = made_portal()
    contact = made.contact("CONNECTED", LONG_AGO)
    made.deal(contact, "2026-11-20T10:00")
    assert "L3" not in made.codes(contact)
    made.deal(contact, "2026-11-18T10:00", hs_is_closed="")
    assert "L3" in made.codes(contact)


@pytest.mark.parametrize(
    ("closed", "since", "now", "expected"),
    [
        ("2026-11-16T18:00", LONG_AGO, SUNDAY, True),  # 17–20: four, more than three
        ("2026-11-17T09:00", LONG_AGO, SUNDAY, False),  # 18–20: three
        ("2026-11-17T09:00", LONG_AGO, TUESDAY, True),  # 18–20, 24: four
        ("2026-11-01T09:00", "2026-11-17T09:00", SUNDAY, False),  # the status is young
    ],
)
def test_l4_waits_three_business_days_after_the_last_loss(
    closed: str, since: str, now: datetime, expected: bool
) -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", since)
    made.deal(contact, closed="2026-10-01T10:00")
    made.deal(contact, closed=closed)
    assert ("L4" in made.codes(contact, now)) is expected


def test_l4_is_ended_by_a_deal_that_is_open_or_won() -> None:
    made = made_portal()
    contact, other = made.contact("OPEN_DEAL", LONG_AGO), made.contact("OPEN_DEAL", LONG_AGO)
    for each in (contact, other):
        made.deal(each, closed="2026-10-01T10:00")
    made.deal(contact)
    made.deal(other, closed="2026-09-01T10:00", won=True)
    assert made.codes(contact) == made.codes(other) == set()


@pytest.mark.parametrize(
    ("status", "asked", "sold", "code"),
    [
        ("BAD_TIMING", "factory_navi", "factory_navi", "L5"),
        ("UNQUALIFIED", "crm_setup;factory_navi", "factory_navi", "L5"),
        ("BAD_TIMING", ";crm_setup;factory_navi", "crm_setup", "L5"),
        ("BAD_TIMING", "factory_navi", "", "L5"),  # either side has none
        ("BAD_TIMING", "", "crm_setup", "L5"),
        ("BAD_TIMING", "unknown", "crm_setup", "L5"),  # no option: no known service
        ("BAD_TIMING", "factory_navi", "crm_setup", "L3"),
        ("ATTEMPTED_TO_CONTACT", "factory_navi", "factory_navi", "L3"),
    ],
)
def test_l5_wants_the_same_service_on_both_sides(status: str, asked: str, sold: str, code: str) -> None:
    made = made_portal()
    contact = made.contact(status, LONG_AGO, inquiry_service=asked)
    made.deal(contact, service=sold)
    assert made.codes(contact) & {"L3", "L5"} == {code}


@pytest.mark.parametrize(
    ("since", "active", "now", "expected"),
    [
        ("2026-11-12T18:00", "", SUNDAY, True),  # 13, 16–20: six, more than five
        ("2026-11-13T09:00", "", SUNDAY, False),  # 16–20: five
        ("2026-11-13T09:00", "", TUESDAY, True),
        (LONG_AGO, "2026-11-12T18:00", SUNDAY, True),
        (LONG_AGO, "2026-11-13T09:00", SUNDAY, False),
        (LONG_AGO, "2026-11-16T00:00", TUESDAY, False),  # 17–20, 24: five
        (LONG_AGO, "2026-12-24T10:00", SUNDAY, True),  # a time after now counts as missing
    ],
)
def test_l6_and_h2_wait_five_business_days_without_activity(
    since: str, active: str, now: datetime, expected: bool
) -> None:
    made = made_portal()
    connected = made.contact("CONNECTED", since, notes_last_contacted=active)
    working = made.contact("IN_PROGRESS", since, notes_last_contacted=active)
    assert ("L6" in made.codes(connected, now)) is expected
    assert ("H2" in made.codes(working, now)) is expected


@pytest.mark.parametrize(
    ("status", "owner", "code"),
    [
        ("OPEN_DEAL", "", "L7"),
        ("CONNECTED", FS_GONE, "L7"),
        ("CONNECTED", "4711", "L7"),
        ("OPEN_DEAL", MANAGER, "L7"),  # a manager is not FS
        ("OPEN_DEAL", FS, None),
        ("OPEN_DEAL", "002", None),  # ids compare as numbers
        ("NEW", "", "H10"),
        ("IN_PROGRESS", FS_GONE, "H10"),
        ("NEW", MARKETING, None),  # any live role will do
        ("BAD_TIMING", "", None),
    ],
)
def test_l7_and_h10_are_about_owners_who_cannot_be_reminded(status: str, owner: str, code: str | None) -> None:
    made = made_portal()
    contact = made.contact(status, "2026-11-20T10:00", owner=owner)
    assert made.codes(contact) & {"L7", "H10"} == ({code} if code else set())
