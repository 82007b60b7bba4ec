from __future__ import annotations

from typing import Any

import pytest
from hubspot.crm.contacts import SimplePublicObjectInput  # pyright: ignore[reportMissingTypeStubs]

from tests.connector_sandbox.running import Crm


def test_a_new_record_gets_a_growing_id_a_location_and_both_times(crm: Crm) -> None:
    answer = crm.http.post("/crm/v3/objects/contacts", json={"properties": {"email": "New@Firm.example"}})
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"/crm/v3/objects/contacts/{made['id']}")
    assert int(made["id"]) > 701
    assert made["properties"]["email"] == "new@firm.example"
    assert made["properties"]["createdate"] == made["properties"]["lastmodifieddate"] == made["createdAt"]


def test_an_update_answers_with_what_changed_not_with_the_record(crm: Crm) -> None:
    body = SimplePublicObjectInput(properties={"jobtitle": "部長"})
    changed = crm.hubspot.crm.contacts.basic_api.update("501", body)
    assert set(changed.properties) == {"jobtitle", "createdate", "lastmodifieddate", "hs_object_id"}


@pytest.mark.parametrize(("kind", "name"), [("contacts", "lastmodifieddate"), ("companies", "hs_lastmodifieddate")])
def test_every_write_moves_the_modified_time_even_without_a_change(crm: Crm, kind: str, name: str) -> None:
    record_id, given = {"contacts": ("501", {"lastname": "佐藤"}), "companies": ("301", {"phone": ""})}[kind]
    crm.control("clock", advance_s=60)
    crm.api("PATCH", f"/crm/v3/objects/{kind}/{record_id}", {"properties": given})
    assert crm.properties(kind, record_id)[name] > "2026-11-22T03:01"


def test_archiving_leaves_the_modified_time_alone(crm: Crm) -> None:
    crm.api("DELETE", "/crm/v3/objects/contacts/501", status=204)
    record = crm.state()["objects"]["contacts"]["501"]
    assert record["archived"]
    assert record["properties"]["lastmodifieddate"] == "2026-11-01T00:00:00Z"


def test_an_empty_text_clears_a_value(crm: Crm) -> None:
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"lastname": ""}})
    assert crm.api("GET", "/crm/v3/objects/contacts/501?properties=lastname")["properties"]["lastname"] is None


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [
        ("lead_score", 17, "17"),
        ("lead_score", 17.5, "17.5"),
        ("hs_email_optout", True, "true"),
        ("inquiry_date", "1764558000000", "2025-12-01T03:00:00Z"),
        ("inquiry_date", "2025-12-01T12:00:00+09:00", "2025-12-01T03:00:00Z"),
        ("next_contact_date", "1764547200000", "2025-12-01"),
        ("inquiry_service", "factory_navi;crm_setup", "factory_navi;crm_setup"),
    ],
)
def test_values_are_stored_in_one_form(crm: Crm, name: str, given: Any, stored: str) -> None:
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {name: given}})
    assert crm.properties("contacts", "501")[name] == stored


def test_a_leading_semicolon_appends_to_a_multi_select(crm: Crm) -> None:
    for value in ("factory_navi", ";web_report"):
        crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"inquiry_service": value}})
    assert crm.properties("contacts", "501")["inquiry_service"] == "factory_navi;web_report"


def test_the_lifecycle_stage_only_moves_forward_unless_cleared(crm: Crm) -> None:
    seen: list[str] = []
    for value in ("customer", "lead", "", "lead"):
        crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"lifecyclestage": value}})
        seen.append(crm.properties("contacts", "501").get("lifecyclestage", ""))
    assert seen == ["customer", "customer", "", "lead"]


def test_a_record_can_be_linked_while_it_is_created(crm: Crm) -> None:
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}
    body = {
        "properties": {"hs_timestamp": "2026-11-24T00:30:00Z", "hs_task_subject": "確認"},
        "associations": [{"to": {"id": "501"}, "types": [spec]}],
    }
    made = crm.api("POST", "/crm/v3/objects/tasks", body, status=201)
    assert "associations" not in made
    assert ["contacts", "501", "tasks", made["id"], 203] in crm.state()["associations"]


@pytest.mark.parametrize(
    ("contact", "type_id", "message"),
    [
        ("99", 204, "One or more associations are invalid"),
        ("501", 203, "invalid from object type 0-27 for associations to be created. expected: 0-1"),
    ],
)
def test_a_bad_link_at_create_refuses_the_record(crm: Crm, contact: str, type_id: int, message: str) -> None:
    body = {
        "properties": {"hs_timestamp": "2026-11-24T00:30:00Z"},
        "associations": [{"to": {"id": contact}, "types": [{"associationTypeId": type_id}]}],
    }
    assert crm.api("POST", "/crm/v3/objects/tasks", body, status=400)["message"] == message
    assert crm.state()["objects"]["tasks"] == {}
