from __future__ import annotations

from tests.connector_sandbox.running import Crm


def _merge(crm: Crm, winner: str, loser: str) -> None:
    body = {"primaryObjectId": winner, "objectIdToMerge": loser}
    assert crm.api("POST", "/crm/v3/objects/contacts/merge", body)["id"] == winner


def test_single_calls_on_a_merged_id_reach_the_survivor(crm: Crm) -> None:
    _merge(crm, "501", "502")
    _merge(crm, "503", "501")
    assert crm.api("GET", "/crm/v3/objects/contacts/502")["id"] == "503"
    assert crm.api("PATCH", "/crm/v3/objects/contacts/502", {"properties": {"jobtitle": "部長"}})["id"] == "503"


def test_a_batch_update_leaves_a_merged_id_out_without_a_word(crm: Crm) -> None:
    _merge(crm, "501", "502")
    inputs = [{"id": one, "properties": {"jobtitle": "部長"}} for one in ("502", "503")]
    answer = crm.api("POST", "/crm/v3/objects/contacts/batch/update", {"inputs": inputs})
    assert [one["id"] for one in answer["results"]] == ["503"]
    assert "jobtitle" not in crm.properties("contacts", "501")


def test_the_survivor_names_the_ids_it_took_in(crm: Crm) -> None:
    _merge(crm, "501", "502")
    _merge(crm, "503", "501")
    assert crm.properties("contacts", "503")["hs_merged_object_ids"] == "501;502"
    assert crm.state()["objects"]["contacts"]["502"]["merged_into"] == "501"


def test_the_survivor_keeps_its_values_and_fills_its_gaps(crm: Crm) -> None:
    crm.api("PATCH", "/crm/v3/objects/contacts/502", {"properties": {"jobtitle": "課長"}})
    _merge(crm, "501", "502")
    survivor = crm.properties("contacts", "501")
    assert (survivor["lastname"], survivor["jobtitle"]) == ("佐藤", "課長")


def test_links_and_lists_move_to_the_survivor(crm: Crm) -> None:
    crm.link("contacts", "502", "deals", "701")
    list_id = crm.api("POST", "/crm/v3/lists", {"name": "a", "objectTypeId": "0-1", "processingType": "MANUAL"})
    path = f"/crm/v3/lists/{list_id['list']['listId']}/memberships"
    crm.api("PUT", f"{path}/add", ["502"])
    _merge(crm, "501", "502")
    assert ["contacts", "501", "deals", "701", 4] in crm.state()["associations"]
    assert [one["recordId"] for one in crm.api("GET", path)["results"]] == ["501"]
    assert crm.properties("contacts", "501")["num_associated_deals"] == "1"


def test_a_merged_record_is_neither_live_nor_archived_in_a_list(crm: Crm) -> None:
    _merge(crm, "501", "502")
    for archived in ("true", "false"):
        found = crm.api("GET", f"/crm/v3/objects/contacts?archived={archived}")["results"]
        assert "502" not in [one["id"] for one in found]


def test_the_losers_address_stays_taken(crm: Crm) -> None:
    _merge(crm, "501", "502")
    refused = crm.api("POST", "/crm/v3/objects/contacts", {"properties": {"email": "p502@firm.example"}}, status=409)
    assert refused["message"].endswith("501")


def test_an_erased_contact_is_gone_and_its_address_blocked(crm: Crm) -> None:
    crm.link("contacts", "501", "deals", "701")
    body = {"objectId": "p501@firm.example", "idProperty": "email"}
    crm.api("POST", "/crm/v3/objects/contacts/gdpr-delete", body, status=204)
    crm.api("GET", "/crm/v3/objects/contacts/501", status=404)
    crm.api("POST", "/crm/v3/objects/contacts", {"properties": {"email": "p501@firm.example"}}, status=400)
    assert crm.state()["associations"] == []


def test_two_may_be_merged_into_a_record_of_its_own(crm: Crm) -> None:
    made = crm.control("records", op="merge", object="contacts", id="501", merge_id="502", new_id=True)["id"]
    state = crm.state()["objects"]["contacts"]
    assert made not in {"501", "502"}
    assert (state["501"]["merged_into"], state["502"]["merged_into"]) == (made, made)
    assert state[made]["properties"]["hs_merged_object_ids"] == "501;502"
    assert crm.api("GET", "/crm/v3/objects/contacts/502")["id"] == made


def test_a_person_erases_a_contact_for_good(crm: Crm) -> None:
    crm.control("erase", id="503")
    assert "503" not in crm.state()["objects"]["contacts"]


def test_an_edited_stage_stamps_all_deals(crm: Crm) -> None:
    crm.control("clock", advance_s=60)
    touched = crm.control("pipelines", stage="contractsent", set={"label": "契約"})
    stages = crm.api("GET", "/crm/v3/pipelines/deals")["results"][0]["stages"]
    assert "契約" in [one["label"] for one in stages]
    assert crm.properties("deals", "701")["hs_lastmodifieddate"] == touched["at"]
