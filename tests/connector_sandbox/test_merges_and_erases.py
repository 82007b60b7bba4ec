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
