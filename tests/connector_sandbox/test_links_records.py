from __future__ import annotations

from typing import Any

from hubspot.crm.associations.v4 import (  # pyright: ignore[reportMissingTypeStubs]
    AssociationSpec,
    BatchInputPublicFetchAssociationsBatchRequest,
    PublicFetchAssociationsBatchRequest,
)

from tests.connector_sandbox.running import Crm

_PAIR = "/crm/v4/associations/contacts/deals/batch"


def _spec(type_id: int) -> dict[str, Any]:
    return {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}


def test_a_record_without_links_is_an_error_entry_in_a_207(crm: Crm) -> None:
    crm.link("contacts", "501", "deals", "701")
    inputs = [PublicFetchAssociationsBatchRequest(id=one) for one in ("501", "502")]
    body = BatchInputPublicFetchAssociationsBatchRequest(inputs=inputs)
    found, status, _ = crm.hubspot.crm.associations.v4.batch_api.get_page_with_http_info("contacts", "deals", body)
    assert status == 207
    assert found.errors[0].sub_category == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert [one._from.id for one in found.results] == ["501"]


def test_the_linked_id_is_a_number_and_the_asked_one_a_text(crm: Crm) -> None:
    crm.link("contacts", "501", "deals", "701")
    result = crm.api("POST", f"{_PAIR}/read", {"inputs": [{"id": "501"}]})["results"][0]
    types = [{"category": "HUBSPOT_DEFINED", "typeId": 4, "label": None}]
    assert result == {"from": {"id": "501"}, "to": [{"toObjectId": 701, "associationTypes": types}]}


def test_a_link_shows_its_own_type_from_either_side(crm: Crm) -> None:
    one = {"from": {"id": "501"}, "to": {"id": "701"}, "types": [_spec(4)]}
    crm.api("POST", f"{_PAIR}/create", {"inputs": [one]}, status=201)
    assert crm.state()["associations"] == [
        ["contacts", "501", "deals", "701", 4],
        ["deals", "701", "contacts", "501", 3],
    ]


def test_the_wrong_direction_is_refused(crm: Crm) -> None:
    one = {"from": {"id": "501"}, "to": {"id": "701"}, "types": [_spec(3)]}
    refused = crm.api("POST", f"{_PAIR}/create", {"inputs": [one]}, status=400)
    assert refused["message"] == "invalid from object type 0-1 for associations to be created. expected: 0-3"


def test_the_first_company_becomes_the_primary_one_and_a_later_choice_replaces_it(crm: Crm) -> None:
    other = crm.create("companies", name="別会社")
    crm.link("contacts", "501", "companies", "301")
    crm.link("contacts", "501", "companies", other)
    crm.api("PUT", f"/crm/v4/objects/contacts/501/associations/companies/{other}", [_spec(1)], status=201)
    found = crm.api("GET", "/crm/v4/objects/contacts/501/associations/companies")["results"]
    types = {one["toObjectId"]: [each["typeId"] for each in one["associationTypes"]] for one in found}
    assert types == {301: [279], int(other): [279, 1]}


def test_links_to_archived_records_are_hidden(crm: Crm) -> None:
    crm.link("contacts", "501", "deals", "701")
    crm.api("DELETE", "/crm/v3/objects/deals/701", status=204)
    crm.api("POST", f"{_PAIR}/read", {"inputs": [{"id": "501"}]}, status=207)
    assert crm.state()["associations"] == []


def test_single_links_are_made_read_and_removed_by_the_real_client(crm: Crm) -> None:
    api = crm.hubspot.crm.associations.v4.basic_api
    api.create("contacts", "501", "deals", "701", [AssociationSpec("HUBSPOT_DEFINED", 4)])
    assert [one.to_object_id for one in api.get_page("contacts", "501", "deals").results] == ["701"]
    api.archive("contacts", "501", "deals", "701")
    assert api.get_page("contacts", "501", "deals").results == []


def test_many_links_come_in_pages(crm: Crm) -> None:
    notes = [crm.create("notes", hs_timestamp="2026-11-01T00:00:00Z") for _ in range(3)]
    for note in notes:
        crm.link("contacts", "501", "notes", note)
    first = crm.api("GET", "/crm/v4/objects/contacts/501/associations/notes?limit=2")
    after = first["paging"]["next"]["after"]
    last = crm.api("GET", f"/crm/v4/objects/contacts/501/associations/notes?limit=2&after={after}")
    assert [str(one["toObjectId"]) for one in first["results"] + last["results"]] == notes


def test_a_batch_removes_links_and_reports_unknown_records_of_a_create(crm: Crm) -> None:
    inputs = [{"from": {"id": "501"}, "to": {"id": one}} for one in ("701", "99")]
    answer = crm.api("POST", f"{_PAIR}/associate/default", {"inputs": inputs}, status=207)
    assert answer["errors"][0]["context"] == {"ids": ["99"]}
    crm.api("POST", f"{_PAIR}/archive", {"inputs": [{"from": {"id": "501"}, "to": [{"id": "701"}]}]}, status=204)
    assert crm.state()["associations"] == []


def test_the_labels_of_a_pair_are_listed(crm: Crm) -> None:
    found = crm.api("GET", "/crm/v4/associations/contact/company/labels")["results"]
    assert [(one["typeId"], one["label"]) for one in found] == [(279, None), (1, "Primary")]
