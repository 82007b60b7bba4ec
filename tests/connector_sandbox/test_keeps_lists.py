from __future__ import annotations

import pytest
from hubspot.crm.lists import ListCreateRequest, ListSearchRequest  # pyright: ignore[reportMissingTypeStubs]

from tests.connector_sandbox.running import Crm

_NAME = "リサイクル: 採用サイト制作"


@pytest.fixture
def list_id(crm: Crm) -> str:
    request = ListCreateRequest(name=_NAME, object_type_id="0-1", processing_type="MANUAL")
    made: str = crm.hubspot.crm.lists.lists_api.create(request).list.list_id
    return made


def test_adding_reports_added_and_missing_and_passes_over_members(crm: Crm, list_id: str) -> None:
    path = f"/crm/v3/lists/{list_id}/memberships/add"
    crm.api("PUT", path, ["501"])
    answer = crm.api("PUT", path, ["501", "502", "99"])
    assert answer == {"recordsIdsAdded": ["502"], "recordIdsRemoved": [], "recordIdsMissing": ["99"]}


def test_adding_and_removing_go_in_one_call(crm: Crm, list_id: str) -> None:
    path = f"/crm/v3/lists/{list_id}/memberships"
    crm.api("PUT", f"{path}/add", ["501", "502"])
    crm.api("PUT", f"{path}/add-and-remove", {"recordIdsToAdd": ["503"], "recordIdsToRemove": ["501"]})
    crm.api("PUT", f"{path}/remove", ["502"])
    assert crm.state()["lists"][list_id]["members"] == ["503"]


def test_members_come_in_pages_by_id(crm: Crm, list_id: str) -> None:
    crm.api("PUT", f"/crm/v3/lists/{list_id}/memberships/add", ["503", "501", "502"])
    api = crm.hubspot.crm.lists.memberships_api
    first = api.get_page(list_id, limit=2)
    last = api.get_page(list_id, limit=2, after=first.paging.next.after)
    assert [one.record_id for one in first.results + last.results] == ["501", "502", "503"]


def test_a_dynamic_list_takes_no_members_by_hand(crm: Crm) -> None:
    body = {"name": "動的", "objectTypeId": "0-1", "processingType": "DYNAMIC"}
    list_id = crm.api("POST", "/crm/v3/lists/", body)["list"]["listId"]
    crm.api("PUT", f"/crm/v3/lists/{list_id}/memberships/add", ["501"], status=400)


def test_a_list_is_found_by_name_and_by_search_with_its_size(crm: Crm, list_id: str) -> None:
    crm.api("PUT", f"/crm/v3/lists/{list_id}/memberships/add", ["501"])
    by_name = crm.hubspot.crm.lists.lists_api.get_by_name(_NAME, "0-1")
    request = ListSearchRequest(query="リサイクル", additional_properties=["hs_list_size"], offset=0, count=10)
    found = crm.hubspot.crm.lists.lists_api.do_search(request)
    assert by_name.list.list_id == list_id
    assert [(one.list_id, one.additional_properties) for one in found.lists] == [(list_id, {"hs_list_size": "1"})]


def test_names_are_unique(crm: Crm, list_id: str) -> None:
    body = {"name": _NAME, "objectTypeId": "0-1", "processingType": "MANUAL"}
    crm.api("POST", "/crm/v3/lists", body, status=400)


def test_a_deleted_list_can_be_restored(crm: Crm, list_id: str) -> None:
    crm.api("DELETE", f"/crm/v3/lists/{list_id}", status=204)
    crm.api("GET", f"/crm/v3/lists/{list_id}", status=404)
    crm.api("PUT", f"/crm/v3/lists/{list_id}/restore", status=204)
    assert crm.api("GET", f"/crm/v3/lists/{list_id}")["list"]["size"] == 0


def test_an_archived_contact_leaves_its_lists(crm: Crm, list_id: str) -> None:
    crm.api("PUT", f"/crm/v3/lists/{list_id}/memberships/add", ["501", "502"])
    crm.api("DELETE", "/crm/v3/objects/contacts/501", status=204)
    assert crm.state()["lists"][list_id]["members"] == ["502"]
    of_record = crm.api("GET", "/crm/v3/lists/records/0-1/502/memberships")
    assert [one["listId"] for one in of_record["results"]] == [list_id]
