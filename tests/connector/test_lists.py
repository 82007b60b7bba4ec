from __future__ import annotations

from connector.lists import change_list, settle_list
from tests.connector.crm import Crm, make_portal, running_crm

NAME = "リサイクル: 採用サイト制作"


def members(crm: Crm) -> dict[str, list[str]]:
    return {one["name"]: sorted(one["members"]) for one in crm.state()["lists"].values()}


def test_a_list_is_made_when_it_is_first_needed_and_never_twice(crm: Crm) -> None:
    gateway = crm.gateway()
    change_list(gateway, NAME, ["501", "502"], [])
    change_list(gateway, NAME, ["503"], ["501"])
    assert members(crm) == {NAME: ["502", "503"]}


def test_changing_again_changes_nothing(crm: Crm) -> None:
    gateway = crm.gateway()
    for _ in range(2):
        change_list(gateway, NAME, ["501", "502"], ["503"])
    assert members(crm) == {NAME: ["501", "502"]}


def test_a_list_that_is_not_there_is_not_made_to_be_emptied(crm: Crm) -> None:
    assert change_list(crm.gateway(), NAME, [], ["501"]).list is None
    assert members(crm) == {}


def test_contacts_that_the_crm_does_not_know_are_named(crm: Crm) -> None:
    change = change_list(crm.gateway(), NAME, ["501", "99999"], [])
    assert change.added == ("501",)
    assert change.unknown == ("99999",)


def test_settling_undoes_what_others_did_to_the_list(crm: Crm) -> None:
    gateway = crm.gateway()
    change_list(gateway, NAME, ["501", "502", "503"], [])
    change = settle_list(gateway, NAME, {"502", "504"})
    assert (change.added, change.removed) == (("504",), ("501", "503"))
    assert members(crm) == {NAME: ["502", "504"]}


def test_a_settled_list_costs_a_look_only(crm: Crm) -> None:
    gateway = crm.gateway()
    settle_list(gateway, NAME, {"501"})
    before = gateway.call_counts().get("memberships", 0)
    settle_list(gateway, NAME, {"501"})
    assert gateway.call_counts()["memberships"] == before + 1


def test_thousands_of_members_go_in_chunks() -> None:
    with running_crm(lambda: make_portal(contacts=1200)) as crm:
        wanted = {str(number) for number in range(501, 1701)}
        change = settle_list(crm.gateway(), NAME, wanted)
        assert len(change.added) == 1200
        assert set(members(crm)[NAME]) == wanted
