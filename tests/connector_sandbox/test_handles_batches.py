from __future__ import annotations

from typing import Any

from hubspot.crm.contacts import (  # pyright: ignore[reportMissingTypeStubs]
    BatchReadInputSimplePublicObjectId,
    SimplePublicObjectId,
)

from tests.connector_sandbox.running import Crm

_BATCH = "/crm/v3/objects/contacts/batch"


def _change(record_id: str, trace: str = "", **properties: str) -> dict[str, Any]:
    made: dict[str, Any] = {"id": record_id, "properties": properties}
    return made | {"objectWriteTraceId": trace} if trace else made


def test_a_batch_read_gives_what_it_finds_and_207_for_the_rest(crm: Crm) -> None:
    ids = [SimplePublicObjectId(id=one) for one in ("503", "99", "501")]
    body = BatchReadInputSimplePublicObjectId(inputs=ids, properties=["lastname"], properties_with_history=[])
    found, status, _ = crm.hubspot.crm.contacts.batch_api.read_with_http_info(body)
    assert status == 207
    assert sorted(one.id for one in found.results) == ["501", "503"]
    assert found.errors[0].context == {"ids": ["99"]}


def test_fifty_records_are_the_most_with_history_and_a_hundred_without(crm: Crm) -> None:
    ids = [{"id": str(number)} for number in range(1, 52)]
    body = {"inputs": ids, "propertiesWithHistory": ["hs_lead_status"]}
    assert "is 50" in crm.api("POST", f"{_BATCH}/read", body, status=400)["message"]
    crm.api("POST", f"{_BATCH}/read", {"inputs": ids}, status=207)
    crm.api("POST", f"{_BATCH}/read", {"inputs": ids * 2}, status=400)


def test_one_bad_value_refuses_the_whole_update(crm: Crm) -> None:
    inputs = [_change("501", jobtitle="部長"), _change("502", hs_lead_status="nope")]
    crm.api("POST", f"{_BATCH}/update", {"inputs": inputs}, status=400)
    assert "jobtitle" not in crm.properties("contacts", "501")


def test_with_trace_ids_only_the_bad_record_is_refused(crm: Crm) -> None:
    inputs = [_change("501", "t1", jobtitle="部長"), _change("502", "t2", hs_lead_status="nope")]
    answer = crm.api("POST", f"{_BATCH}/update", {"inputs": inputs}, status=207)
    assert [(one["id"], one["objectWriteTraceId"]) for one in answer["results"]] == [("501", "t1")]
    assert answer["errors"][0]["context"] == {"objectWriteTraceId": ["t2"]}


def test_updates_can_be_made_to_refuse_as_a_whole_despite_trace_ids(crm: Crm) -> None:
    crm.control("switches", update_refuses_per_trace_id=False)
    crm.api("POST", f"{_BATCH}/update", {"inputs": [_change("501", "t1", hs_lead_status="nope")]}, status=400)


def test_unknown_ids_are_207_with_their_trace_ids(crm: Crm) -> None:
    inputs = [_change("501", "t1", jobtitle="部長"), _change("99", "t2", jobtitle="部長")]
    answer = crm.api("POST", f"{_BATCH}/update", {"inputs": inputs}, status=207)
    assert answer["errors"][0]["context"] == {"ids": ["99"], "objectWriteTraceId": ["t2"]}


def test_a_repeated_id_is_refused(crm: Crm) -> None:
    answer = crm.api("POST", f"{_BATCH}/update", {"inputs": [_change("501"), _change("501")]}, status=400)
    assert answer["message"] == "Duplicate IDs found in batch input: [501]. IDs must be unique"


def test_a_create_names_the_holder_of_a_taken_address(crm: Crm) -> None:
    inputs = [_change("", "a", email="p501@firm.example"), _change("", "b", email="new@firm.example")]
    answer = crm.api("POST", f"{_BATCH}/create", {"inputs": inputs}, status=207)
    assert answer["errors"][0]["context"] == {"objectWriteTraceId": ["a"], "existingId": ["501"]}
    assert [one["properties"]["email"] for one in answer["results"]] == ["new@firm.example"]


def test_an_upsert_says_what_is_new(crm: Crm) -> None:
    inputs = [
        _change("p501@firm.example", lastname="佐藤") | {"idProperty": "email"},
        _change("new@firm.example", lastname="新") | {"idProperty": "email"},
    ]
    results = crm.api("POST", f"{_BATCH}/upsert", {"inputs": inputs})["results"]
    assert [(one["new"], one["id"] == "501") for one in results] == [(False, True), (True, False)]


def test_an_upsert_by_a_property_that_is_not_unique_is_refused(crm: Crm) -> None:
    inputs = [_change("案件") | {"idProperty": "dealname"}]
    refused = crm.api("POST", "/crm/v3/objects/deals/batch/upsert", {"inputs": inputs}, status=400)
    assert refused["message"] == "Unable to perform update/upsert by non-unique 0-3 property dealname"


def test_a_batch_archive_passes_over_unknown_ids(crm: Crm) -> None:
    crm.api("POST", f"{_BATCH}/archive", {"inputs": [{"id": "501"}, {"id": "99"}]}, status=204)
    archived = crm.api("POST", f"{_BATCH}/read?archived=true", {"inputs": [{"id": "501"}]})
    assert archived["results"][0]["archived"]
