"""Since when, which cycle, which round: by the history of the lead status."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Row, select

from connector.columns import to_milliseconds
from rules.scope import contact_facts, contact_picks
from tests.rules.portal import FS_OWNER, LONG_AGO, Portal, jst

History = list[tuple[str | None, datetime]]


def facts(portal: Portal, history: History, **properties: object) -> Row[tuple[object, ...]]:
    contact = portal.contact("x", history=history, **properties)
    portal.derive()
    return portal.connection.execute(select(contact_facts).where(contact_facts.c.id == contact)).one()


A, B, C, D = jst("07-01"), jst("08-01"), jst("09-01"), jst("10-01")


@pytest.mark.parametrize(
    ("history", "since", "before"),
    [
        ([], LONG_AGO, None),  # without history, the creation
        ([("NEW", A)], A, None),
        ([("NEW", A), ("IN_PROGRESS", B)], B, "NEW"),
        ([("NEW", A), ("NEW", B)], A, None),  # set again to the same value: no change
        ([("NEW", A), ("IN_PROGRESS", B), ("IN_PROGRESS", C)], B, "NEW"),
        ([("NEW", A), (None, B)], B, "NEW"),  # cleared
        ([("NEW", A), (None, B), ("", C)], B, "NEW"),  # null and empty are the same
        ([(None, A)], A, None),
        ([("NEW", A), ("OPEN", A), ("OPEN_DEAL", A)], A, "OPEN"),  # one instant: the order of the CRM decides
        ([("NEW", A), ("OPEN", B), ("NEW", C)], C, "OPEN"),  # back to an earlier value is a change
    ],
)
def test_since_is_the_last_real_change(portal: Portal, history: History, since: datetime, before: str | None) -> None:
    row = facts(portal, history)
    assert (row.since, row.previous_status) == (since, before)


@pytest.mark.parametrize(
    ("history", "revived"),
    [
        ([("BAD_TIMING", A), ("NEW", B)], B),
        ([("UNQUALIFIED", A), ("OPEN_DEAL", B), ("BAD_TIMING", C)], B),
        ([("BAD_TIMING", A), ("NEW", B), ("ATTEMPTED_TO_CONTACT", C), ("CONNECTED", D)], D),
        ([("BAD_TIMING", A), ("ATTEMPTED_TO_CONTACT", B)], None),  # parked to parked
        ([("BAD_TIMING", A), (None, B), ("NEW", C)], None),  # by way of blank
        ([("BAD_TIMING", A), ("OPEN", B), ("NEW", C)], None),  # Open is neither
        ([("NEW", A), ("OPEN_DEAL", B)], None),
        ([("BAD_TIMING", A), ("BAD_TIMING", B), ("NEW", C)], C),
    ],
)
def test_a_revival_leads_from_parked_straight_to_work(
    portal: Portal, history: History, revived: datetime | None
) -> None:
    assert facts(portal, history).revived_at == revived


def test_a_change_of_another_property_is_no_change_of_status(portal: Portal) -> None:
    contact = portal.contact("x", history=[("BAD_TIMING", A), ("NEW", B)])
    for position, (owner, at) in enumerate([("71", A), ("72", C), ("71", D)]):
        portal.version(contact, position, owner, at, "hubspot_owner_id")
    portal.derive()
    row = portal.connection.execute(select(contact_facts).where(contact_facts.c.id == contact)).one()
    assert (row.since, row.revived_at) == (B, B)


@pytest.mark.parametrize(
    ("inquiry", "cycle"),
    [
        (None, LONG_AGO),
        (A, A),
        (B, B),  # at the very moment of the status
        (B + timedelta(milliseconds=1), LONG_AGO),  # after it: the next cycle
        (LONG_AGO - timedelta(days=1), LONG_AGO - timedelta(days=1)),
    ],
)
def test_a_cycle_starts_with_the_inquiry_that_the_status_answers(
    portal: Portal, inquiry: datetime | None, cycle: datetime
) -> None:
    row = facts(portal, [("NEW", B)], inquiry_date=inquiry)
    assert (row.cycle_start, row.round_start) == (cycle, cycle)


def test_a_round_starts_with_the_later_of_cycle_and_revival(portal: Portal) -> None:
    revived = facts(portal, [("BAD_TIMING", A), ("NEW", B), ("IN_PROGRESS", D)], inquiry_date=A)
    asked_again = facts(portal, [("BAD_TIMING", A), ("NEW", B), ("IN_PROGRESS", D)], inquiry_date=C)
    assert (revived.round_start, asked_again.round_start) == (B, C)


def test_the_first_meeting_is_the_earliest_and_then_the_smaller_id(portal: Portal) -> None:
    contact = portal.contact("x", "OPEN_DEAL")
    portal.meeting(contact, D)
    first = portal.meeting(contact, C, hubspot_owner_id=FS_OWNER)
    portal.meeting(contact, C)
    portal.derive()
    query = select(contact_picks.c.record_id).where(contact_picks.c.relation == "first_meeting")
    assert portal.connection.execute(query).scalars().all() == [first]


def test_deriving_again_forgets_what_was_there(portal: Portal) -> None:
    first, second = portal.contact("a"), portal.contact("b")
    portal.derive()
    portal.derive(only=[second])
    assert portal.connection.execute(select(contact_facts.c.id)).scalars().all() == [second]
    portal.derive(only=[first])
    assert portal.connection.execute(select(contact_facts.c.id)).scalars().all() == [first]


def test_moments_are_kept_to_the_millisecond(portal: Portal) -> None:
    at = A + timedelta(milliseconds=7)
    assert to_milliseconds(facts(portal, [("NEW", at)]).since) == to_milliseconds(at)
