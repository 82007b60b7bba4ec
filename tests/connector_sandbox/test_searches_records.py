from __future__ import annotations

from typing import Any

import pytest
from hubspot.crm.contacts import PublicObjectSearchRequest  # pyright: ignore[reportMissingTypeStubs]

from tests.connector_sandbox.running import Crm

_NEW_YEAR_2026 = "1767225600000"
_MARCH_2027 = "1804000000000"


def _filter(name: str, operator: str, **values: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, **values}


def _ids(answer: Any) -> list[str]:
    return [one["id"] for one in answer["results"]]


@pytest.fixture
def varied(crm: Crm) -> Crm:
    changes = {
        "501": {"lead_score": "9", "inquiry_service": "factory_navi;web_report", "jobtitle": "Sales Manager"},
        "502": {"lead_score": "10", "inquiry_service": "crm_setup", "inquiry_date": "2026-11-10T00:00:00Z"},
    }
    for record_id, properties in changes.items():
        crm.api("PATCH", f"/crm/v3/objects/contacts/{record_id}", {"properties": properties})
    return crm


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (_filter("lead_score", "GT", value="9"), ["502"]),  # as numbers: 10 > 9
        (_filter("lead_score", "BETWEEN", value="9", highValue="10"), ["501", "502"]),
        (_filter("lead_score", "IN", values=["9.0"]), ["501"]),
        (_filter("lead_score", "NOT_HAS_PROPERTY"), ["503"]),
        (_filter("lead_score", "HAS_PROPERTY"), ["501", "502"]),
        (_filter("lead_score", "NEQ", value="9"), ["502"]),  # unset values never match
        (_filter("hs_object_id", "LTE", value="502"), ["501", "502"]),
        (_filter("hs_object_id", "GT", value="502"), ["503"]),
        (_filter("hs_object_id", "LT", value="502"), ["501"]),
        (_filter("hs_object_id", "IN", values=["503", "501"]), ["501", "503"]),
        (_filter("inquiry_date", "GTE", value=_NEW_YEAR_2026), ["502"]),
        (_filter("lastmodifieddate", "BETWEEN", value=_NEW_YEAR_2026, highValue=_MARCH_2027), ["501", "502", "503"]),
        (_filter("inquiry_service", "EQ", value="web_report"), ["501"]),  # by any of its values
        (_filter("inquiry_service", "NOT_IN", values=["web_report"]), ["502"]),
        (_filter("hs_lead_status", "EQ", value="new"), []),  # enumerations are case-sensitive
        (_filter("jobtitle", "EQ", value="sales manager"), ["501"]),  # texts are not
        (_filter("jobtitle", "IN", values=["sales manager"]), ["501"]),
        (_filter("jobtitle", "IN", values=["Sales Manager"]), []),  # IN wants lower case
        (_filter("jobtitle", "CONTAINS_TOKEN", value="manager"), ["501"]),
        (_filter("email", "CONTAINS_TOKEN", value="*502*"), ["502"]),
        (_filter("email", "NOT_CONTAINS_TOKEN", value="*502*"), ["501", "503"]),
    ],
)
def test_an_operator_finds(varied: Crm, one: dict[str, Any], expected: list[str]) -> None:
    assert sorted(_ids(varied.search("contacts", one))) == expected


def test_groups_are_or_and_filters_and(varied: Crm) -> None:
    both = [_filter("lead_score", "GTE", value="9"), _filter("hs_object_id", "LT", value="502")]
    groups = [{"filters": both}, {"filters": [_filter("hs_object_id", "EQ", value="503")]}]
    answer = varied.api("POST", "/crm/v3/objects/contacts/search", {"filterGroups": groups})
    assert (sorted(_ids(answer)), answer["total"]) == (["501", "503"], 2)


def test_pages_by_offset_and_tells_the_total(crm: Crm) -> None:
    request = PublicObjectSearchRequest(limit=2, sorts=["-hs_object_id"], filter_groups=[], properties=[])
    first = crm.hubspot.crm.contacts.search_api.do_search(request)
    assert (first.total, [one.id for one in first.results], first.paging.next.after) == (3, ["503", "502"], "2")
    request.after = "2"
    assert [one.id for one in crm.hubspot.crm.contacts.search_api.do_search(request).results] == ["501"]


def test_a_sort_puts_records_without_a_value_last(varied: Crm) -> None:
    sorts = [{"propertyName": "lead_score", "direction": "DESCENDING"}]
    assert _ids(varied.search("contacts", sorts=sorts)) == ["502", "501", "503"]


def test_records_are_found_by_their_links_and_by_words(crm: Crm) -> None:
    crm.link("contacts", "502", "deals", "701")
    assert _ids(crm.search("deals", _filter("associations.contact", "EQ", value="502"))) == ["701"]
    assert _ids(crm.search("contacts", query="髙橋")) == ["503"]


def test_archived_records_are_never_found(crm: Crm) -> None:
    crm.api("DELETE", "/crm/v3/objects/contacts/501", status=204)
    assert _ids(crm.search("contacts")) == ["502", "503"]


_ONE = _filter("lastname", "EQ", value="x")


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"limit": 100, "after": "9901"},
        {"after": "x"},
        {"sorts": ["lastname", "email"]},
        {"filterGroups": [{"filters": [_ONE]}] * 6},
        {"filterGroups": [{"filters": [_ONE] * 7}]},
        {"filterGroups": [{"filters": [_ONE] * 5}] * 4},
        {"filters": [_filter("no_such", "EQ", value="x")]},
        {"filters": [_filter("lastname", "LIKE", value="x")]},
        {"filters": [_filter("lead_score", "BETWEEN", value="1")]},
        {"filters": [_filter("lead_score", "GT", value="many")]},
        {"filters": [_filter("lead_score", "IN")]},
        {"filters": [_filter("lastmodifieddate", "GT", value="2026-11-22T00:00:00Z")]},
        {"query": "x" * 3000},
    ],
)
def test_a_search_beyond_the_limits_is_400(crm: Crm, body: dict[str, Any]) -> None:
    refused = crm.api("POST", "/crm/v3/objects/contacts/search", body, status=400)
    assert refused["category"] == "VALIDATION_ERROR"


def test_a_late_index_shows_a_write_after_its_lag(crm: Crm) -> None:
    crm.control("index", lag_s=25)
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"lead_score": "5"}})
    made = crm.create("contacts", lastname="新")
    has_score = _filter("lead_score", "HAS_PROPERTY")
    assert _ids(crm.search("contacts", has_score)) == []
    assert made not in _ids(crm.search("contacts"))
    crm.control("clock", advance_s=25)
    assert _ids(crm.search("contacts", has_score)) == ["501"]
    assert made in _ids(crm.search("contacts"))


def test_a_late_index_still_shows_what_was_archived(crm: Crm) -> None:
    crm.control("index", lag_s=60)
    crm.control("records", op="archive", object="contacts", id="502")
    assert crm.search("contacts")["total"] == 3
    crm.control("clock", advance_s=61)
    assert crm.search("contacts")["total"] == 2


def test_of_two_late_writes_the_search_first_sees_the_older(crm: Crm) -> None:
    crm.control("index", lag_s=25)
    for score in ("1", "2"):
        crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"lead_score": score}})
        crm.control("clock", advance_s=15)
    found = crm.search("contacts", _filter("hs_object_id", "EQ", value="501"), properties=["lead_score"])
    assert found["results"][0]["properties"]["lead_score"] == "1"


def test_only_a_share_of_the_writes_may_be_late(crm: Crm) -> None:
    crm.control("index", lag_s=25, share=0.5)
    for record_id in ("501", "502"):
        crm.api("PATCH", f"/crm/v3/objects/contacts/{record_id}", {"properties": {"lead_score": "5"}})
    assert _ids(crm.search("contacts", _filter("lead_score", "HAS_PROPERTY"))) == ["501"]
