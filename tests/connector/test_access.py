"""What the token may not read is left out and comes back by itself; the rest is read as ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from connector import access
from connector.errors import AccessRefused
from connector.pull import SyncReport, SyncRequest, sync
from tests.connector.crm import NOW, TOKEN, Crm
from tests.connector.pulling import NEEDS, assert_mirror_equals, mirrored

MINUTE = timedelta(minutes=1)
NO_DEALS = "crm.objects.deals.read"


@pytest.fixture
def tells(crm: Crm, request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether the CRM tells what the token may do; of service keys it does not."""
    if request.param:
        crm.control("switches", refused_versions=[])  # what is asked then has no dated version
    yield request.param
    crm.control("tokens", token=TOKEN, missing_scopes=[])


def lacks(crm: Crm, *scopes: str) -> None:
    crm.control("tokens", token=TOKEN, missing_scopes=list(scopes))


def read(crm: Crm, engine: Engine, after: timedelta, *, tells: bool) -> SyncReport:
    gateway, now = crm.gateway(), NOW + after
    access.ask(engine, gateway, now, due=tells)

    def once(missing: frozenset[str]) -> SyncReport:
        return sync(engine, gateway, SyncRequest(NEEDS, missing_scopes=missing), now, lambda _progress: None)

    return access.reading(engine, now, once)


def refused(crm: Crm) -> int:
    return sum(one["status"] == 403 for one in crm.requests())


@pytest.mark.parametrize("tells", [True, False], indirect=True)
def test_a_type_without_its_permission_is_left_out_and_comes_back(crm: Crm, engine: Engine, tells: bool) -> None:
    assert not read(crm, engine, MINUTE, tells=tells).left_out
    before = mirrored(engine, "deals")
    lacks(crm, NO_DEALS)
    crm.record("update", "deals", next(iter(before)), properties={"amount": "777"})
    crm.record("update", "contacts", "501", properties={"lead_score": "42"})
    crm.forget_requests()
    report = read(crm, engine, 2 * MINUTE, tells=tells)
    assert refused(crm) == (0 if tells else 1)
    assert report.left_out == {"deals": NO_DEALS}
    assert report.as_json()["left_out"] == {"deals": NO_DEALS}
    assert "deals" not in report.objects
    assert mirrored(engine, "contacts")["501"]["properties"]["lead_score"] == "42"
    assert mirrored(engine, "deals") == before  # what was read once is kept, for the day it is read on

    lacks(crm)
    back = read(crm, engine, 40 * MINUTE, tells=tells)
    assert not back.left_out
    assert_mirror_equals(crm, engine)


@pytest.mark.parametrize("tells", [False], indirect=True)
def test_what_was_refused_is_not_tried_in_every_round(crm: Crm, engine: Engine, tells: bool) -> None:
    lacks(crm, NO_DEALS)
    crm.forget_requests()
    for minutes in (0, 5, 10, 29):
        assert read(crm, engine, minutes * MINUTE, tells=tells).left_out
    assert refused(crm) == 1
    assert read(crm, engine, 31 * MINUTE, tells=tells).left_out
    assert refused(crm) == 2


@pytest.mark.parametrize("tells", [True, False], indirect=True)
def test_without_contacts_nothing_is_read(crm: Crm, engine: Engine, tells: bool) -> None:
    lacks(crm, "crm.objects.contacts.read")
    with pytest.raises(AccessRefused, match=r"crm\.objects\.contacts\.read"):
        read(crm, engine, MINUTE, tells=tells)


@pytest.mark.parametrize("tells", [True], indirect=True)
def test_without_the_permission_for_lists_none_is_asked_for(crm: Crm, engine: Engine, tells: bool) -> None:
    lacks(crm, "crm.lists.read")
    crm.forget_requests()
    made: Any = read(crm, engine, MINUTE, tells=tells).crm_calls
    assert "lists" not in made
    assert [one["path"] for one in crm.requests() if one["status"] == 403] == []
