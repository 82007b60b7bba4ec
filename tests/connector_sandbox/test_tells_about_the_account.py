from __future__ import annotations

from hubspot.crm.properties import PropertyCreate  # pyright: ignore[reportMissingTypeStubs]

from tests.connector_sandbox.running import Crm


def test_archived_owners_are_apart_and_keep_teams_but_no_user(crm: Crm) -> None:
    api = crm.hubspot.crm.owners.owners_api
    live, gone = api.get_page().results, api.get_page(archived=True).results
    assert [(one.id, one.user_id) for one in live] == [("71", 9071)]
    assert [(one.id, one.user_id, one.user_id_including_inactive) for one in gone] == [("72", None, 9072)]
    assert gone[0].teams[0].name == "FS"


def test_owners_are_found_by_mail_and_by_id(crm: Crm) -> None:
    assert len(crm.api("GET", "/crm/v3/owners/?email=fs@firm.example")["results"]) == 1
    assert crm.api("GET", "/crm/v3/owners/9071?idProperty=userId")["id"] == "71"
    crm.api("GET", "/crm/v3/owners/72", status=404)


def test_the_pipeline_tells_which_stages_are_closed_in_texts(crm: Crm) -> None:
    stages = crm.hubspot.crm.pipelines.pipelines_api.get_all("deals").results[0].stages
    closed = {one.id: one.metadata for one in stages if one.metadata["isClosed"] == "true"}
    assert {name: metadata["probability"] for name, metadata in closed.items()} == {
        "closedwon": "1.0",
        "closedlost": "0.0",
    }


def test_a_property_is_created_with_options_and_takes_values(crm: Crm) -> None:
    option = {"label": "甲", "value": "a", "hidden": False, "displayOrder": 0}
    made = PropertyCreate(
        name="grade", label="等級", type="enumeration", field_type="select", group_name="g", options=[option]
    )
    crm.hubspot.crm.properties.core_api.create("contacts", made)
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"grade": "a"}})
    assert crm.api("POST", "/crm/v3/properties/contacts", made.to_dict() | {"fieldType": "select"}, status=400)


def test_new_options_can_be_added_and_then_be_set(crm: Crm) -> None:
    path = "/crm/v3/properties/contacts/attempted_kind"
    options = crm.api("GET", path)["options"] + [{"label": "新", "value": "brand_new"}]
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"attempted_kind": "brand_new"}}, status=400)
    crm.api("PATCH", path, {"options": options})
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"attempted_kind": "brand_new"}})


def test_an_archived_property_is_gone_from_reads_and_writes(crm: Crm) -> None:
    crm.api("DELETE", "/crm/v3/properties/contacts/lead_score", status=204)
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"lead_score": "1"}}, status=400)
    assert "lead_score" not in crm.api("GET", "/crm/v3/objects/contacts/501?properties=lead_score")["properties"]
    names = [one["name"] for one in crm.api("GET", "/crm/v3/properties/contacts?archived=true")["results"]]
    assert names == ["lead_score"]


def test_a_unique_property_finds_and_guards_its_records(crm: Crm) -> None:
    body = {"name": "code", "label": "c", "groupName": "g", "type": "string", "fieldType": "text"}
    crm.api("POST", "/crm/v3/properties/contacts", body | {"hasUniqueValue": True}, status=201)
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"code": "x1"}})
    crm.api("PATCH", "/crm/v3/objects/contacts/502", {"properties": {"code": "x1"}}, status=400)
    found = crm.api("POST", "/crm/v3/objects/contacts/batch/read", {"idProperty": "code", "inputs": [{"id": "x1"}]})
    assert [one["id"] for one in found["results"]] == ["501"]


def test_the_owner_property_has_no_options_of_its_own(crm: Crm) -> None:
    found = crm.api("GET", "/crm/v3/properties/contacts/hubspot_owner_id")
    assert (found["options"], found["externalOptions"], found["referencedObjectType"]) == ([], True, "OWNER")


def test_the_account_tells_its_zone_and_what_was_used_today(crm: Crm) -> None:
    details = crm.api("GET", "/account-info/v3/details")
    assert (details["portalId"], details["timeZone"], details["utcOffset"]) == (4567, "Asia/Tokyo", "+09:00")
    usage = crm.api("GET", "/account-info/v3/api-usage/daily/private-apps")["results"][0]
    assert (usage["currentUsage"], usage["resetsAt"]) == (2, "2026-11-22T15:00:00Z")
