"""Members and held contacts of the recycle, lost and won lists, due touches, and the counts of the queues."""

from __future__ import annotations

import pytest

from tests.connector_sandbox.made_portal import LONG_AGO, SUNDAY, made_portal

NAVI, CRM = "工場ナビ掲載", "CRM導入支援"


@pytest.mark.parametrize(
    ("status", "services", "expected"),
    [
        ("ATTEMPTED_TO_CONTACT", "factory_navi", {NAVI}),
        ("BAD_TIMING", ";factory_navi;crm_setup", {NAVI, CRM}),
        ("BAD_TIMING", "gone", set()),
        ("UNQUALIFIED", "factory_navi", set()),
        ("NEW", "factory_navi", set()),
    ],
)
def test_a_parked_contact_is_on_one_recycle_list_for_each_service(
    status: str, services: str, expected: set[str]
) -> None:
    made = made_portal()
    contact = made.contact(status, LONG_AGO, inquiry_service=services)
    assert made.truth()["lists"] == {f"リサイクル: {name}": [contact] for name in expected}


@pytest.mark.parametrize(
    ("deal", "held"),
    [
        ({}, True),  # L5
        ({"service": "crm_setup"}, False),  # L3 alone holds nobody out
        ({"service": "crm_setup", "closed": "2026-10-01T10:00"}, True),  # on a lost list of another service
        ({"service": "", "closed": "2026-10-01T10:00"}, False),  # a deal without service is on no list
    ],
)
def test_a_conflict_or_a_lost_list_holds_a_contact_out(deal: dict[str, str], held: bool) -> None:
    made = made_portal()
    contact = made.contact("BAD_TIMING", LONG_AGO)
    made.deal(contact, **deal)
    true = made.truth()
    assert true["held"] == ({f"リサイクル: {NAVI}": [contact]} if held else {})
    assert (f"リサイクル: {NAVI}" in true["lists"]) is not held


@pytest.mark.parametrize(
    ("deals", "expected"),
    [
        ([{"closed": "2026-10-01T10:00"}], {"失注フォロー"}),
        ([{"closed": "2026-10-01T10:00"}, {}], set()),  # one is open
        ([{"closed": "2026-10-01T10:00"}, {"closed": "2026-10-02T10:00", "won": True}], {"アップセル"}),
        (
            [{"closed": "2026-10-01T10:00", "won": True}, {"closed": "2026-10-02T10:00"}],
            {"アップセル", "失注フォロー"},  # won for good, and lost since
        ),
        (
            [{"closed": "2026-10-01T10:00", "won": True}, {"closed": "2026-10-01T10:00"}],
            {"アップセル", "失注フォロー"},  # at one time the larger id is the newer
        ),
        ([{"closed": "2026-10-01T10:00", "won": True}, {}], {"アップセル"}),
    ],
)
def test_lost_and_won_lists_follow_the_deals_of_a_service(deals: list[dict[str, object]], expected: set[str]) -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", LONG_AGO)
    for deal in deals:
        made.deal(contact, **deal)  # type: ignore[arg-type]
    assert made.truth()["lists"] == {f"{name}: {NAVI}": [contact] for name in expected}


def test_a_service_that_is_no_option_names_its_list_as_it_stands() -> None:
    made = made_portal()
    contact = made.contact("NEW", LONG_AGO)
    made.deal(contact, closed="2026-10-01T10:00", service="旧サービス")
    assert made.truth()["lists"] == {"失注フォロー: 旧サービス": [contact]}


def test_members_are_sorted_as_numbers() -> None:
    made = made_portal()
    for record_id in ("1000", "99", "100"):
        made.contact("BAD_TIMING", LONG_AGO, record_id=record_id)
    assert made.truth()["lists"] == {f"リサイクル: {NAVI}": ["99", "100", "1000"]}


@pytest.mark.parametrize(
    ("closed", "won", "active", "due"),
    [
        ("2026-10-23T10:00", False, "", True),  # + 30 days = 11-22
        ("2026-10-24T10:00", False, "", False),  # + 30 days = 11-23
        ("2026-10-23T10:00", False, "2026-11-22T08:00", False),  # touched on the day
        ("2026-10-23T10:00", False, "2026-11-21T23:00", True),
        ("2026-08-24T10:00", False, "2026-10-01T10:00", True),  # + 90 days = 11-22; the touch of 09-23 is not enough
        ("2026-10-23T10:00", True, "", False),  # won: only after 90 days
        ("2026-08-24T10:00", True, "", True),
    ],
)
def test_a_touch_is_due_from_its_date_until_somebody_is_active(closed: str, won: bool, active: str, due: bool) -> None:
    made = made_portal()
    contact = made.contact("OPEN_DEAL", LONG_AGO, notes_last_contacted=active)
    made.deal(contact, closed=closed, won=won)
    assert made.truth()["queues"]["follow_up_due"] == int(due)


@pytest.mark.parametrize(
    ("status", "created", "expected"),
    [
        ("IN_PROGRESS", "2026-10-22T23:00", 1),  # 31 days
        ("IN_PROGRESS", "2026-10-23T00:00", 0),  # 30 days
        ("OPEN", "2026-10-01T10:00", 1),
        ("", "2026-10-01T10:00", 0),
        ("OPEN_DEAL", "2026-10-01T10:00", 0),
    ],
)
def test_after_thirty_calendar_days_a_contact_is_undecided(status: str, created: str, expected: int) -> None:
    made = made_portal()
    made.contact(status, "2026-11-20T10:00", created=created)
    assert made.truth()["queues"]["thirty_day"] == expected


def test_queues_count_contacts_not_findings() -> None:
    made = made_portal()
    made.contact("OPEN_DEAL", LONG_AGO, owner="")  # L2 and L7
    made.contact("NEW", LONG_AGO, owner="")  # H1 and H10
    made.contact("IN_PROGRESS", SUNDAY.isoformat())
    queues = made.truth()["queues"]
    assert queues == {
        "inquiry": 1,
        "in_progress": 1,
        "fs_leak": 1,
        "thirty_day": 2,
        "follow_up_due": 0,
        "data_repair": 1,
    }
