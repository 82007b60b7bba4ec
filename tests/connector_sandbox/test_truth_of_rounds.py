"""What belongs to the present cycle and round, which records count at all, and who is the same person."""

from __future__ import annotations

import dataclasses

import pytest

from tests.connector_sandbox.made_portal import FS, IS, LONG_AGO, SUNDAY, MadePortal, made_portal

REVIVED = [
    ("NEW", "2026-06-01T10:00"),
    ("OPEN_DEAL", "2026-06-05T10:00", IS),
    ("BAD_TIMING", "2026-07-01T10:00", FS),
    ("NEW", "2026-09-01T10:00", IS),
    ("OPEN_DEAL", "2026-09-03T10:00", IS),
]


def test_a_revival_starts_a_round_without_the_old_meeting_and_the_old_deal() -> None:
    made = made_portal()
    contact = made.contact(steps=REVIVED)
    made.meeting(contact, "2026-06-10T10:00")
    made.deal(contact, "2026-06-10T10:00", closed="2026-06-30T10:00")
    assert made.codes(contact) == {"L2"}
    made.meeting(contact, "2026-09-01T10:00")  # at the round's start: counts
    assert made.codes(contact) == {"L1"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2026-10-01T10:00", "L2"),  # asked before the present status: the meeting lies before the round
        ("2026-11-01T10:00", "L1"),  # asked after it: belongs to the next cycle and resets nothing
        ("never", "L1"),
    ],
)
def test_an_inquiry_starts_the_cycle_unless_it_came_after_the_present_status(asked: str, expected: str) -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", "2026-10-05T10:00", inquiry_date=asked)
    made.meeting(contact, "2026-09-01T10:00")
    assert made.codes(contact) == {expected}


def test_the_first_meeting_is_the_earliest_and_at_one_time_the_smaller_id() -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", LONG_AGO)
    made.meeting(contact, "2026-11-10T10:00", hs_meeting_end_time="2026-11-20T10:00")
    made.meeting(contact, "2026-11-10T10:00", hs_meeting_end_time="2026-11-10T11:00")
    assert made.codes(contact) == set()
    made.meeting(contact, "2026-11-09T10:00")
    assert made.codes(contact) == {"L1"}


@pytest.mark.parametrize("gone", [{"archived_at": SUNDAY}, {"archived_at": SUNDAY, "merged_into": "1"}])
def test_archived_and_merged_records_do_not_count(gone: dict[str, object]) -> None:
    made = made_portal()
    contact, away = made.contact("OPEN_DEAL", LONG_AGO), made.contact("OPEN_DEAL", LONG_AGO)
    meeting, deal = made.meeting(contact, "2026-10-01T10:00"), made.deal(contact)
    for object_type, record_id in (("meetings", meeting), ("deals", deal), ("contacts", away)):
        records = made.portal.objects[object_type]
        records[record_id] = dataclasses.replace(records[record_id], **gone)
    assert made.codes(contact) == {"L2"}
    assert made.codes(away) == set()


def test_a_link_of_any_type_counts() -> None:
    made = made_portal()
    contact, other = made.contact("OPEN_DEAL", LONG_AGO), made.contact("OPEN_DEAL", LONG_AGO)
    made.link(other, "deals", made.deal(contact), type_id=77)
    assert made.codes(other) == set()


def _twins(made: MadePortal, first: dict[str, str], second: dict[str, str]) -> tuple[str, str]:
    names = ("company", "lastname", "firstname", "phone", "mobilephone", "email")
    blank = dict.fromkeys(names, "")
    older = made.contact("CONNECTED", SUNDAY.isoformat(), **blank | first)
    return older, made.contact("CONNECTED", SUNDAY.isoformat(), created="2026-06-02T10:00", **blank | second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": "a@b.example"}, {"email": "A@B.example"}),
        (
            {"company": "株式会社テラ精機", "lastname": "髙橋", "firstname": "健"},
            {"company": "ﾃﾗ精機㈱", "lastname": "高 橋", "firstname": "健"},
        ),
        (
            {"company": "(株)若竹", "lastname": "渡邊", "firstname": "愛"},
            {"company": "若竹　株式会社", "lastname": "渡邉", "firstname": "愛"},
        ),
        (
            {"company": "合同会社若竹", "phone": "090-0000-1234"},
            {"company": "若竹", "mobilephone": "+81 90 0000 1234"},
        ),
        ({"company": "若竹", "phone": "０８０－００００－０００１"}, {"company": "若竹", "phone": "08000000001"}),
    ],
)
def test_h12_is_the_younger_of_two_contacts_of_one_person(first: dict[str, str], second: dict[str, str]) -> None:
    made = made_portal()
    older, younger = _twins(made, first, second)
    assert made.truth()["duplicates"] == [[older, younger]]
    assert "H12" in made.codes(younger)
    assert "H12" not in made.codes(older)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"email": ""}, {"email": ""}),  # a missing part never matches
        ({"company": "若竹", "lastname": "林"}, {"company": "若竹", "lastname": "林"}),
        ({"lastname": "林", "firstname": "愛"}, {"lastname": "林", "firstname": "愛"}),
        ({"company": "若竹", "phone": "03-0000-1111"}, {"company": "若竹", "phone": "03-0000-1111"}),  # a land line
        ({"company": "若竹", "phone": "090-0000-1111"}, {"company": "白鷺", "phone": "090-0000-1111"}),
        ({"company": "株式会社", "phone": "090-0000-1111"}, {"company": "㈱", "phone": "090-0000-1111"}),
    ],
)
def test_h12_spares_colleagues_and_missing_parts(first: dict[str, str], second: dict[str, str]) -> None:
    made = made_portal()
    _twins(made, first, second)
    assert made.truth()["duplicates"] == []


def test_h12_reads_the_primary_company_then_the_smallest_id_then_the_text() -> None:
    made = made_portal()
    person = {"lastname": "林", "firstname": "愛"}
    older, younger = _twins(made, {"company": "若竹"} | person, {"company": "白鷺"} | person)
    for record_id, name in (("9", "白鷺"), ("10", "若竹")):
        made.add("companies", {"name": name}, LONG_AGO, record_id)
        made.link(younger, "companies", record_id)
    assert made.truth()["duplicates"] == []
    made.link(younger, "companies", "10", type_id=1)
    assert made.truth()["duplicates"] == [[older, younger]]


def test_of_two_created_at_once_the_smaller_id_is_the_older() -> None:
    made = made_portal()
    person = {"email": "a@b.example"}
    for record_id in ("1000", "999"):
        made.contact("CONNECTED", SUNDAY.isoformat(), record_id=record_id, **person)
    assert made.truth()["duplicates"] == [["999", "1000"]]
