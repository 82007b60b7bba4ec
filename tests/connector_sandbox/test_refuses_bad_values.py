from __future__ import annotations

import pytest

from tests.connector_sandbox.running import Crm


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("hs_lead_status", "New", "INVALID_OPTION"),
        ("inquiry_service", "factory_navi;nothing", "INVALID_OPTION"),
        ("no_such_property", "x", "PROPERTY_DOESNT_EXIST"),
        ("email", "not an address", "INVALID_EMAIL"),
        ("lead_score", "many", "INVALID_LONG"),
        ("inquiry_date", "yesterday", "INVALID_LONG"),
        ("next_contact_date", "2026-11-22T03:00:00Z", "INVALID_DATE"),
        ("notes_last_contacted", "2026-11-22T03:00:00Z", "READ_ONLY_VALUE"),
        ("hubspot_owner_id", "99", "INVALID_OWNER_ID"),
        ("hs_email_optout", "maybe", "INVALID_OPTION"),
    ],
)
def test_a_value_is_checked_against_its_definition(crm: Crm, name: str, value: str, code: str) -> None:
    refused = crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {name: value}}, status=400)
    assert refused["category"] == "VALIDATION_ERROR"
    assert refused["message"].startswith("Property values were not valid: [{")
    assert [(one["code"], one["context"]["propertyName"]) for one in refused["errors"]] == [(code, [name])]


def test_a_deal_stage_must_be_in_a_pipeline(crm: Crm) -> None:
    crm.api("PATCH", "/crm/v3/objects/deals/701", {"properties": {"dealstage": "Closed Won"}}, status=400)


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("contacts", {"phone": "03-0000-1234"}),
        ("deals", {"dealname": "案件"}),
        ("tasks", {"hs_task_subject": "確認"}),
    ],
)
def test_a_record_without_its_required_properties_is_refused(crm: Crm, kind: str, properties: dict[str, str]) -> None:
    crm.api("POST", f"/crm/v3/objects/{kind}", {"properties": properties}, status=400)


def test_a_taken_address_is_a_conflict_that_names_the_holder(crm: Crm) -> None:
    refused = crm.api("POST", "/crm/v3/objects/contacts", {"properties": {"email": "P501@firm.example"}}, status=409)
    assert refused["category"] == "CONFLICT"
    assert refused["message"] == "Contact already exists. Existing ID: 501"


def test_unreadable_json_says_where(crm: Crm) -> None:
    headers = {"Content-Type": "application/json"}
    answer = crm.http.post("/crm/v3/objects/contacts", content=b'{"properties": x}', headers=headers)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Invalid input JSON on line 1, column")


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer wrong"}, {"Authorization": ""}])
def test_a_wrong_token_is_401(crm: Crm, headers: dict[str, str]) -> None:
    answer = crm.http.get("/crm/v3/objects/contacts", headers=headers)
    assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")


def test_a_missing_scope_breaks_one_endpoint_and_is_named(crm: Crm) -> None:
    crm.control("tokens", missing_scopes=["crm.lists.write"])
    refused = crm.api("POST", "/crm/v3/lists", {"name": "a"}, status=403)
    assert refused["category"] == "MISSING_SCOPES"
    assert refused["errors"][0]["context"]["requiredGranularScopes"] == ["crm.lists.write"]
    crm.api("GET", "/crm/v3/objects/contacts")


def test_a_wrong_method_is_405_and_a_wrong_path_404(crm: Crm) -> None:
    crm.api("PUT", "/crm/v3/objects/contacts", {}, status=405)
    crm.api("GET", "/crm/v3/nowhere", status=404)
