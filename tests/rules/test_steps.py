"""Findings about the last change of status: whether there is such a step, and whether the person may take it."""

from __future__ import annotations

import pytest

from rules.model import People, Person
from rules.steps import setters
from tests.rules.portal import (
    CALLER,
    FS_OWNER,
    GONE_FS,
    GONE_IS,
    IS_OWNER,
    MANAGER,
    MARKETER,
    OPS,
    Portal,
    jst,
)

WRONG_ROLE, NOT_ALLOWED = "h11-wrong-role", "h13-step-not-allowed"
NOBODY, OF_A_FORM = None, 999


def user(owner_id: str) -> int:
    return int(owner_id) + 100


def stepped(portal: Portal, before: str | None, after: str | None, by: int | None, owner: str = IS_OWNER) -> set[str]:
    history = [(before, jst("11-01")), (after, jst("11-02"))]
    portal.contact("x", after, history=history, by=by, hubspot_owner_id=owner)
    return {rule for rule in (WRONG_ROLE, NOT_ALLOWED) if portal.findings(rule)}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("OPEN_DEAL", "UNQUALIFIED"),
        ("NEW", "OPEN"),  # to Open: never
        ("NEW", None),
        ("NEW", "new"),  # no status here
        (None, "IN_PROGRESS"),
        ("OPEN", "CONNECTED"),  # reads like blank
    ],
)
@pytest.mark.parametrize("by", [user(MANAGER), user(OPS), NOBODY])
def test_a_pair_outside_the_table_is_no_step_whoever_takes_it(
    portal: Portal, before: str | None, after: str | None, by: int | None
) -> None:
    assert stepped(portal, before, after, by) == {NOT_ALLOWED}


@pytest.mark.parametrize(
    ("after", "by", "owner", "wrong"),
    [
        ("OPEN_DEAL", user(IS_OWNER), IS_OWNER, False),
        ("CONNECTED", user(IS_OWNER), IS_OWNER, True),
        ("CONNECTED", user(FS_OWNER), IS_OWNER, False),
        ("CONNECTED", user(GONE_FS), IS_OWNER, False),  # people who left keep their role
        ("CONNECTED", user(MARKETER), IS_OWNER, True),
        ("CONNECTED", user(MANAGER), IS_OWNER, False),
        ("CONNECTED", user(OPS), IS_OWNER, False),
        ("CONNECTED", NOBODY, IS_OWNER, False),  # nobody to judge
        ("CONNECTED", OF_A_FORM, IS_OWNER, False),
        ("BAD_TIMING", user(CALLER), CALLER, False),
        ("BAD_TIMING", user(CALLER), IS_OWNER, True),  # not its own contact
        ("UNQUALIFIED", user(CALLER), CALLER, True),
    ],
)
def test_a_step_is_judged_by_the_role_of_who_took_it(
    portal: Portal, after: str, by: int | None, owner: str, wrong: bool
) -> None:
    assert stepped(portal, "NEW", after, by, owner) == ({WRONG_ROLE} if wrong else set())


def test_what_a_contact_came_with_is_no_step(portal: Portal) -> None:
    portal.contact("first entry", "CONNECTED", jst("11-01"), by=user(IS_OWNER))
    portal.contact("no history", "OPEN_DEAL")
    portal.contact("set again", "BAD_TIMING", history=[("BAD_TIMING", jst("11-01")), ("BAD_TIMING", jst("11-02"))])
    assert (portal.findings(WRONG_ROLE), portal.findings(NOT_ALLOWED)) == (set(), set())


def test_of_two_owners_with_one_user_the_live_one_counts() -> None:
    left, back, twice = (
        Person(i, i, None, 7, live, frozenset()) for i, live in (("1", False), ("3", True), ("5", True))
    )
    assert [row["owner_id"] for row in setters(People((back, left, twice)))] == ["3"]


def test_people_without_a_user_set_nothing() -> None:
    assert setters(People((Person(GONE_IS, "x", None, None, False, frozenset()),))) == []
