from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from connector.mirror.list_rows import members_of, stored_lists
from tests.connector.crm import Crm
from tests.connector.pulling import pull

MINUTE = timedelta(minutes=1)
LISTS, MEMBERS = "リサイクル", ["501", "502", "503"]


def mirrored_lists(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {one.name: list(members_of(connection, one.id)) for one in stored_lists(connection)}


def true_lists(crm: Crm) -> dict[str, list[str]]:
    return {one["name"]: one["members"] for one in crm.state()["lists"].values()}


@pytest.fixture
def filled(crm: Crm, engine: Engine) -> str:
    """The id of a list that the mirror knows."""
    gateway = crm.gateway()
    made = gateway.create_list(LISTS)
    gateway.change_members(made.id, MEMBERS, [])
    pull(engine, gateway)
    assert mirrored_lists(engine) == {LISTS: MEMBERS}
    return made.id


def test_who_comes_and_who_goes_is_known_with_the_next_round(crm: Crm, engine: Engine, filled: str) -> None:
    crm.control("clock", advance_s=1)
    crm.gateway().change_members(filled, ["504"], ["501"])
    pull(engine, crm.gateway(), MINUTE)
    assert mirrored_lists(engine) == {LISTS: ["502", "503", "504"]} == true_lists(crm)


def test_a_merge_that_moves_a_place_on_a_list_is_seen(crm: Crm, engine: Engine, filled: str) -> None:
    crm.record("merge", "contacts", "506", merge_id="502")
    pull(engine, crm.gateway(), MINUTE)
    assert mirrored_lists(engine) == {LISTS: ["501", "503", "506"]} == true_lists(crm)


def test_a_list_that_did_not_change_is_not_read_again(crm: Crm, engine: Engine, filled: str) -> None:
    calls = pull(engine, crm.gateway(), MINUTE).crm_calls
    assert calls["lists"] == 1
    assert "memberships" not in calls


def test_a_deleted_list_is_forgotten(crm: Crm, engine: Engine, filled: str) -> None:
    headers = {"Authorization": "Bearer sandbox-crm-token"}
    assert crm.client.delete(crm.path(f"/crm/v3/lists/{filled}"), headers=headers).status_code == 204
    pull(engine, crm.gateway(), MINUTE)
    assert mirrored_lists(engine) == {}


def test_lists_that_the_crm_fills_by_itself_are_left_out(crm: Crm, engine: Engine) -> None:
    body = {"name": "動的", "objectTypeId": "0-1", "processingType": "DYNAMIC"}
    headers = {"Authorization": "Bearer sandbox-crm-token"}
    assert crm.client.post(crm.path("/crm/v3/lists/"), json=body, headers=headers).status_code == 200
    pull(engine, crm.gateway())
    assert mirrored_lists(engine) == {}
