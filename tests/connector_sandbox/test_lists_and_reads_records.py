from __future__ import annotations

import gzip

import orjson
import pytest
from hubspot.crm.contacts.exceptions import ApiException  # pyright: ignore[reportMissingTypeStubs]

from tests.connector_sandbox.running import Crm


def test_pages_follow_the_ids_and_the_last_one_has_no_paging(crm: Crm) -> None:
    first = crm.hubspot.crm.contacts.basic_api.get_page(limit=2)
    last = crm.hubspot.crm.contacts.basic_api.get_page(limit=2, after=first.paging.next.after)
    assert [one.id for one in first.results + last.results] == ["501", "502", "503"]
    assert last.paging is None


def test_an_unset_property_is_null_and_an_undefined_one_is_dropped(crm: Crm) -> None:
    found = crm.hubspot.crm.contacts.basic_api.get_by_id("501", properties=["jobtitle", "no_such", "lastname"])
    assert found.properties["jobtitle"] is None
    assert found.properties["lastname"] == "佐藤"
    assert "no_such" not in found.properties


def test_a_zero_fraction_is_not_written(crm: Crm) -> None:
    assert crm.api("GET", "/crm/v3/objects/contacts/501")["createdAt"] == "2026-11-01T00:00:00Z"


def test_properties_may_repeat_or_stand_in_one_list_with_commas(crm: Crm) -> None:
    one = crm.api("GET", "/crm/v3/objects/contacts/501?properties=lastname,phone")
    other = crm.api("GET", "/crm/v3/objects/0-1/501?properties=lastname&properties=phone")
    assert one == other


@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=101", 400), ("limit=51&propertiesWithHistory=hs_lead_status", 400), ("limit=100", 200)],
)
def test_page_sizes_have_limits(crm: Crm, query: str, status: int) -> None:
    assert crm.http.get(f"/crm/v3/objects/contacts?{query}").status_code == status


def test_history_lists_the_newest_first_with_its_source(crm: Crm) -> None:
    crm.api("PATCH", "/crm/v3/objects/contacts/501", {"properties": {"hs_lead_status": "OPEN_DEAL"}})
    change = {"op": "update", "object": "contacts", "id": "501", "properties": {"hs_lead_status": "CONNECTED"}}
    crm.control("records", **change, user_id=9071)
    found = crm.hubspot.crm.contacts.basic_api.get_by_id("501", properties_with_history=["hs_lead_status"])
    newest, older = found.properties_with_history["hs_lead_status"]
    assert (newest.value, newest.source_type, newest.updated_by_user_id) == ("CONNECTED", "CRM_UI", 9071)
    assert (older.value, older.source_type, older.updated_by_user_id) == ("OPEN_DEAL", "INTEGRATION", None)


def test_archived_records_are_only_listed_when_asked_for(crm: Crm) -> None:
    crm.hubspot.crm.contacts.basic_api.archive("502")
    live = crm.api("GET", "/crm/v3/objects/contacts?archived=False")["results"]
    archived = crm.api("GET", "/crm/v3/objects/contacts?archived=True")["results"]
    assert [one["id"] for one in live] == ["501", "503"]
    assert [(one["id"], "archivedAt" in one) for one in archived] == [("502", True)]


def test_links_come_with_a_record_when_asked_for(crm: Crm) -> None:
    crm.link("contacts", "501", "deals", "701")
    found = crm.hubspot.crm.contacts.basic_api.get_by_id("501", associations=["deals"])
    assert [(one.id, one.type) for one in found.associations["deals"].results] == [("701", "contact_to_deal")]


def test_an_unknown_id_is_404_without_category_and_an_odd_one_with(crm: Crm) -> None:
    unknown = crm.api("GET", "/crm/v3/objects/contacts/99", status=404)
    odd = crm.api("GET", "/crm/v3/objects/contacts/abc", status=404)
    assert "category" not in unknown
    assert odd["category"] == "OBJECT_NOT_FOUND"


def test_an_email_can_stand_for_the_id(crm: Crm) -> None:
    assert crm.api("GET", "/crm/v3/objects/contacts/P502@firm.example?idProperty=email")["id"] == "502"


def test_the_real_client_raises_its_own_error_with_the_body(crm: Crm) -> None:
    with pytest.raises(ApiException) as caught:
        crm.hubspot.crm.contacts.basic_api.get_by_id("99")
    assert caught.value.status == 404
    assert orjson.loads(caught.value.body)["correlationId"]


def test_an_unknown_object_type_is_named(crm: Crm) -> None:
    message = crm.api("GET", "/crm/v3/objects/butterflies", status=400)["message"]
    assert message == "Unable to infer object type from: butterflies"


def test_a_very_long_address_is_414(crm: Crm) -> None:
    assert crm.http.get("/crm/v3/objects/contacts", params={"properties": "x" * 9000}).status_code == 414


def test_answers_are_zipped_only_when_asked_for(crm: Crm) -> None:
    path = "/crm/v3/properties/contacts"
    plain = crm.http.get(path, headers={"Accept-Encoding": "identity"})
    with crm.http.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as zipped:
        body = b"".join(zipped.iter_raw())
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(body) == plain.content
