from __future__ import annotations

from typing import Any

import pytest

from tests.connector_sandbox.described import validator
from tests.connector_sandbox.running import Crm

_DATED = {"hs_timestamp": "2026-11-20T01:00:00Z"}
_LINK = {"from": {"id": "501"}, "to": {"id": "701"}}
_SPEC = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 4}
_TRACED = [
    {"id": "501", "objectWriteTraceId": "a", "properties": {"jobtitle": "x"}},
    {"id": "99", "objectWriteTraceId": "b", "properties": {"jobtitle": "x"}},
]
_LIST = {"name": "一覧", "objectTypeId": "0-1", "processingType": "MANUAL"}
_PROPERTY = {"name": "grade", "label": "g", "type": "string", "fieldType": "text", "groupName": "g"}

# (method, template in the description, path, body); the list "1" holds contact 501, and 501 is linked with 701.
_CALLS: list[tuple[str, str, str, Any]] = [
    ("get", "/crm/v3/objects/contacts", "?limit=2&associations=deals&propertiesWithHistory=jobtitle", None),
    ("get", "/crm/v3/objects/contacts", "?archived=true", None),
    ("get", "/crm/v3/objects/contacts/{contactId}", "501?associations=deals", None),
    ("get", "/crm/v3/objects/contacts/{contactId}", "99", None),
    ("post", "/crm/v3/objects/contacts", "", {"properties": {"lastname": "新"}}),
    ("post", "/crm/v3/objects/contacts", "", {"properties": {"lastname": "新", "hs_lead_status": "nope"}}),
    ("post", "/crm/v3/objects/contacts", "", {"properties": {"email": "p501@firm.example"}}),
    ("patch", "/crm/v3/objects/contacts/{contactId}", "501", {"properties": {"jobtitle": "x"}}),
    ("post", "/crm/v3/objects/contacts/batch/read", "", {"inputs": [{"id": "501"}, {"id": "99"}]}),
    ("post", "/crm/v3/objects/contacts/batch/read", "", {"inputs": [{"id": "501"}]}),
    ("post", "/crm/v3/objects/contacts/batch/update", "", {"inputs": _TRACED}),
    ("post", "/crm/v3/objects/contacts/batch/create", "", {"inputs": [{"properties": {"lastname": "新"}}]}),
    ("post", "/crm/v3/objects/contacts/search", "", {"limit": 1}),
    ("post", "/crm/v3/objects/contacts/merge", "", {"primaryObjectId": "501", "objectIdToMerge": "502"}),
    ("post", "/crm/v3/objects/meetings", "", {"properties": _DATED}),
    ("post", "/crm/v3/objects/tasks", "", {"properties": _DATED}),
    ("post", "/crm/v3/objects/notes", "", {"properties": _DATED}),
    ("get", "/crm/v3/objects/deals", "", None),
    ("get", "/crm/v3/owners/", "", None),
    ("get", "/crm/v3/owners/", "?archived=true", None),
    ("get", "/crm/v3/pipelines/{objectType}", "deals", None),
    ("get", "/crm/v3/properties/{objectType}", "contacts", None),
    ("get", "/crm/v3/properties/{objectType}", "deals", None),
    ("post", "/crm/v3/properties/{objectType}", "contacts", _PROPERTY),
    (
        "post",
        "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/read",
        "contacts/deals",
        {"inputs": [{"id": "501"}, {"id": "502"}]},
    ),
    (
        "post",
        "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/create",
        "contacts/deals",
        {"inputs": [_LINK | {"types": [_SPEC]}]},
    ),
    (
        "post",
        "/crm/v4/associations/{fromObjectType}/{toObjectType}/batch/associate/default",
        "contacts/deals",
        {"inputs": [_LINK]},
    ),
    ("get", "/crm/v4/associations/{fromObjectType}/{toObjectType}/labels", "contacts/companies", None),
    ("get", "/crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}", "contacts/501/deals", None),
    (
        "put",
        "/crm/v4/objects/{objectType}/{objectId}/associations/{toObjectType}/{toObjectId}",
        "contacts/501/deals/701",
        [_SPEC],
    ),
    ("post", "/crm/v3/lists/", "", _LIST | {"name": "別"}),
    ("post", "/crm/v3/lists/", "", _LIST),
    ("get", "/crm/v3/lists/{listId}", "1", None),
    ("get", "/crm/v3/lists/", "?listIds=1", None),
    ("post", "/crm/v3/lists/search", "", {"query": "", "additionalProperties": ["hs_list_size"]}),
    ("get", "/crm/v3/lists/{listId}/memberships", "1", None),
    ("put", "/crm/v3/lists/{listId}/memberships/add", "1", ["502", "99"]),
    ("get", "/crm/v3/lists/records/{objectTypeId}/{recordId}/memberships", "0-1/501", None),
]


@pytest.fixture
def prepared(crm: Crm) -> Crm:
    crm.link("contacts", "501", "deals", "701")
    crm.api("POST", "/crm/v3/lists/", _LIST)
    crm.api("PUT", "/crm/v3/lists/1/memberships/add", ["501"])
    crm.api("DELETE", "/crm/v3/objects/contacts/503", status=204)
    return crm


@pytest.mark.parametrize("call", _CALLS, ids=lambda call: f"{call[0]} {call[1]} {call[2]}")
def test_an_answer_has_the_described_form(prepared: Crm, description: Any, call: tuple[str, str, str, Any]) -> None:
    method, template, given, body = call
    answer = prepared.http.request(method.upper(), _path(template, given), json=body)
    responses = description["paths"][template][method]["responses"]
    described = responses.get(str(answer.status_code), responses["default"])
    schema = described["content"]["application/json"]["schema"]
    errors = list(validator(description, schema).iter_errors(answer.json()))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


def test_the_comparison_notices_a_wrong_form(description: Any) -> None:
    page = {"$ref": "#/components/schemas/contacts.CollectionResponseSimplePublicObjectWithAssociationsForwardPaging"}
    record = {"id": 501, "properties": {"n": 1}, "createdAt": "yesterday", "updatedAt": None}
    found = {error.json_path for error in validator(description, page).iter_errors({"results": [record]})}
    assert found >= {f"$.results[0].{name}" for name in ("id", "properties.n", "createdAt", "updatedAt")}


def _path(template: str, given: str) -> str:
    values, question, query = given.partition("?")
    for value in filter(None, values.split("/")):
        head, _, tail = template.partition("{")
        template = head + value + tail.partition("}")[2]
    return template + question + query
