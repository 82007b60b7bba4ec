from __future__ import annotations

import hashlib

import orjson
import pytest

from tests.connector_sandbox.running import Crm


def test_the_clock_is_set_moved_and_ticks(crm: Crm) -> None:
    assert crm.http.get("/_control/clock").json()["now"].startswith("2026-11-22T03:00:0")
    crm.control("clock", now="2026-11-24T09:30:00+09:00")
    assert crm.control("clock", advance_s=3600)["now"].startswith("2026-11-24T01:30:0")


def test_requests_are_counted_by_method_path_and_kind(crm: Crm) -> None:
    crm.http.get("/crm/objects/2026-09/contacts?limit=1")
    crm.search("contacts")
    report = crm.http.get("/_control/requests").json()
    assert report["counts"] == {"GET /crm/v3/objects/{type}": 1, "POST /crm/v3/objects/{type}/search": 1}
    assert (report["by_kind"], report["total"]) == ({"list": 1, "search": 1}, 2)
    assert [one["path"] for one in crm.http.get("/_control/requests?since=1").json()["requests"]] == [
        "/crm/v3/objects/contacts/search"
    ]
    assert crm.http.delete("/_control/requests").json()["total"] == 0


def test_a_person_writes_with_their_user_and_may_plant_junk(crm: Crm) -> None:
    change = {"op": "update", "object": "contacts", "id": "501", "properties": {"hs_lead_status": "新規"}}
    assert crm.http.post("/_control/records", json=change).status_code == 400
    crm.control("records", **change, validate=False, user_id=9071)
    entry = crm.state()["objects"]["contacts"]["501"]["history"]["hs_lead_status"][0]
    assert (entry["value"], entry["updatedByUserId"], entry["sourceType"]) == ("新規", 9071, "CRM_UI")


def test_a_person_creates_links_archives_restores_and_merges(crm: Crm) -> None:
    deal = {"dealname": "二", "pipeline": "default", "dealstage": "closedwon"}
    linked = [{"to_object": "contacts", "to_id": "501"}]
    made = crm.control("records", op="create", object="deals", properties=deal, associations=linked)["id"]
    assert crm.properties("contacts", "501")["num_associated_deals"] == "1"
    crm.control("records", op="archive", object="deals", id=made)
    assert crm.properties("contacts", "501")["num_associated_deals"] == "0"
    crm.control("records", op="restore", object="deals", id=made)
    assert crm.properties("contacts", "501")["num_associated_deals"] == "1"
    crm.control("records", op="merge", object="contacts", id="502", merge_id="501")
    assert crm.properties("contacts", "502")["num_associated_deals"] == "1"


def test_a_quiet_link_leaves_the_modified_time_alone(crm: Crm) -> None:
    link = {"object": "contacts", "id": "501", "to_object": "deals", "to_id": "701"}
    crm.control("records", op="associate", **link, quiet=True)
    assert crm.properties("contacts", "501")["lastmodifieddate"] == "2026-11-01T00:00:00Z"
    crm.control("records", op="dissociate", **link, quiet=True)
    assert crm.state()["associations"] == []


def test_many_records_can_be_touched_in_one_millisecond(crm: Crm) -> None:
    touched = crm.control("bulk", count=2, same_millisecond=True, property="jobtitle", value="部長")
    times = {crm.properties("contacts", one)["lastmodifieddate"] for one in touched["ids"]}
    assert (touched["ids"], times) == (["501", "502"], {touched["at"]})


def test_a_reset_brings_everything_back(crm: Crm) -> None:
    before = crm.http.get("/_control/digest").json()
    crm.control("faults", match={}, do="500", times=5)
    crm.control("clock", advance_s=1000)
    crm.control("bulk", count=3)
    crm.control("reset")
    after = crm.http.get("/_control/digest").json()
    assert after["objects"] == before["objects"]
    assert crm.http.get("/_control/faults").json() == {"faults": []}
    assert crm.http.get("/_control/requests").json()["total"] == 0


def test_what_was_kept_is_come_back_to(crm: Crm) -> None:
    crm.control("bulk", count=2)
    crm.control("keep", name="touched")
    kept = crm.state()
    for _ in range(2):
        crm.control("bulk", count=3)
        crm.create("contacts", email="new@firm.example")
        crm.control("reset", to="touched")
        assert crm.state()["objects"] == kept["objects"]
    with pytest.raises(AssertionError, match="nothing was kept as 'another'"):
        crm.control("reset", to="another")


def test_the_state_can_be_read_in_parts(crm: Crm) -> None:
    first = crm.state(object="contacts", limit=2)
    last = crm.state(object="contacts", limit=2, from_id=first["next_id"])
    assert [*first["objects"]["contacts"], *last["objects"]["contacts"]] == ["501", "502", "503"]
    assert last["next_id"] is None


def test_a_digest_can_be_computed_from_a_copy(crm: Crm) -> None:
    found = crm.http.get("/_control/digest?object=contacts&properties=email,jobtitle").json()["objects"]["contacts"]
    lines = [
        orjson.dumps([one, False, None, {"email": f"p{one}@firm.example"}]) + b"\n" for one in ("501", "502", "503")
    ]
    assert found["checksum"] == hashlib.sha256(b"".join(lines)).hexdigest()
    assert (found["count"], found["live"]) == (3, 3)


def test_the_truth_is_computed_for_the_clock_of_that_moment(crm: Crm) -> None:
    crm.control("clock", now="2026-12-01T00:00:00Z")
    truth = crm.http.get("/_control/truth").json()
    assert truth["now"].startswith("2026-12-01T00:00:0")
    assert truth["contacts"] == 3


def test_an_owner_can_leave_and_change_teams(crm: Crm) -> None:
    crm.control("owners", id="71", archived=True, teams=["IS", "FS"])
    gone = crm.api("GET", "/crm/v3/owners?archived=true")["results"][0]
    assert (gone["userId"], [one["name"] for one in gone["teams"]]) == (None, ["IS", "FS"])


def test_a_definition_can_change_under_the_reader(crm: Crm) -> None:
    crm.control("properties", object="contacts", name="lead_score", set={"type": "string", "fieldType": "text"})
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"lead_score": "many"}})
    crm.control("properties", object="contacts", name="lead_score", delete=True)
    crm.api("GET", "/crm/v3/properties/contacts/lead_score", status=404)


def test_control_paths_need_no_token_and_are_not_counted(crm: Crm) -> None:
    assert crm.http.get("/_control/state", headers={"Authorization": ""}).status_code == 200
    assert crm.http.get("/_control/requests").json()["total"] == 0
