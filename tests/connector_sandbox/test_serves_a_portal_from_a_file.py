"""A portal from a file answers as the same portal in memory does, before and after it is changed."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.sandbox.generator import generate
from connector.sandbox.portal_file import PortalFile
from connector.sandbox.portal_writer import make_portal_file
from connector.sandbox.state import OBJECT_TYPES
from tests.connector_sandbox.running import NOW, Crm, running_crm

_OF_THE_RUN = re.compile(
    rf"{NOW:%Y-%m-%dT%H}:[0-5]\d:[0-5]\d(\.\d+)?Z|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|127\.0\.0\.1:\d+"
)
_PROPERTIES = "email,lastname,hs_lead_status,name,dealname,dealstage,hs_meeting_title,num_associated_deals"
_MODIFIED = {kind: "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate" for kind in OBJECT_TYPES}
_NOVEMBER = "1793458800000"  # 2026-11-01 in Tokyo
_BULK_NIGHT = "1794934800000"  # 2026-11-18, two in the morning in Tokyo


def _settled(text: str) -> Any:
    """What one act changes may have one time, or two that are a millisecond apart: then the order says nothing."""
    said = json.loads(text or "null")
    if isinstance(said, dict) and "total" in said:
        run = [place for place, one in enumerate(said["results"]) if one.get("updatedAt") == "…"]
        for place, one in zip(
            run, sorted((said["results"][place] for place in run), key=lambda one: one["id"]), strict=True
        ):
            said["results"][place] = one
    return said


@dataclasses.dataclass(frozen=True, slots=True)
class Both:
    """The portal in memory and the one from a file; what is asked is asked of both."""

    memory: Crm
    file: Crm

    def same(self, method: str, path: str, body: Any = None) -> Any:
        """The answer; but for the times of the run itself, both give the same."""
        answers = [one.http.request(method, path, json=body) for one in (self.memory, self.file)]
        said = [(one.status_code, _settled(_OF_THE_RUN.sub("…", one.text))) for one in answers]
        assert said[0] == said[1], (method, path, body)
        return answers[1].json() if answers[1].content else None

    def control(self, path: str, **body: Any) -> Any:
        return self.same("POST", f"/_control/{path}", body)

    def record(self, op: str, kind: str, record_id: str, **more: Any) -> Any:
        return self.control("records", op=op, object=kind, id=record_id, **more)

    def search(self, kind: str, *filters: Any, **more: Any) -> Any:
        groups = [{"filters": filters}] if filters else []
        body = {"filterGroups": groups, "limit": 200, "properties": [_MODIFIED[kind]], **more}
        return self.same("POST", f"/crm/v3/objects/{kind}/search", body)

    def state(self) -> Any:
        self.same("GET", f"/_control/digest?properties={_PROPERTIES},hs_merged_object_ids")
        return self.same("GET", "/_control/state")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    path = tmp_path_factory.mktemp("portal") / "small.portal"
    make_portal_file(path, 240, 1, lambda _done: None)
    with (
        running_crm(portal_factory=functools.partial(generate, 240, 1)) as memory,
        running_crm(portal_factory=lambda: PortalFile(path).portal()) as file,
    ):
        yield Both(memory, file)


@pytest.fixture
def both(running: Both) -> Both:
    running.control("reset")
    return running


def _by(name: str, direction: str = "ASCENDING") -> list[dict[str, str]]:
    return [{"propertyName": name, "direction": direction}]


def _filter(name: str, operator: str, **values: Any) -> dict[str, Any]:
    return {"propertyName": name, "operator": operator, **values}


def read_everything(both: Both) -> None:
    """Through every way there is to read."""
    for kind in OBJECT_TYPES:
        ids = list_all(both, kind)
        both.same("POST", f"/crm/v3/objects/{kind}/batch/read", {"inputs": [{"id": one} for one in ids[:90]]})
        for other in OBJECT_TYPES:
            if "contacts" in (kind, other) and kind != other:
                inputs = {"inputs": [{"id": one} for one in ids[:300]]}
                both.same("POST", f"/crm/v4/associations/{kind}/{other}/batch/read", inputs)
        search_in_windows(both, kind)
    both.state()


def list_all(both: Both, kind: str) -> list[str]:
    ids: list[str] = []
    for archived in ("false", "true"):
        more = f"properties={_PROPERTIES}&propertiesWithHistory=hs_lead_status,dealstage&associations=contacts,deals"
        after = "0"
        while after:
            page = both.same(
                "GET",
                f"/crm/v3/objects/{kind}?limit=50&archived={archived}&{more if kind != 'tasks' else ''}&after={after}",
            )
            ids += [one["id"] for one in page["results"]]
            after = page.get("paging", {}).get("next", {}).get("after", "")
    return ids


def search_in_windows(both: Both, kind: str) -> None:
    both.search(kind, sorts=_by(_MODIFIED[kind], "DESCENDING"))
    both.search(kind, sorts=_by(_MODIFIED[kind]), limit=100)
    both.search(kind, sorts=_by("hs_object_id", "DESCENDING"))
    span = _filter("hs_object_id", "BETWEEN", value="520", highValue="3050")
    both.search(kind, span, sorts=_by("hs_object_id"))
    last = "0"
    while last:
        window = [_filter(_MODIFIED[kind], "GTE", value=_NOVEMBER), _filter("hs_object_id", "GT", value=last)]
        found = both.search(kind, *window, sorts=_by("hs_object_id"), limit=40)
        last = found["results"][-1]["id"] if len(found["results"]) < found["total"] else ""


def test_before_anything_is_changed(both: Both) -> None:
    read_everything(both)
    both.search("contacts", sorts=_by("lastmodifieddate", "DESCENDING"), limit=20, after="30")
    assert len(both.state()["objects"]["contacts"]) > 240


def test_searches_for_other_values(both: Both) -> None:
    contact = both.state()["objects"]["contacts"]["510"]["properties"]
    linked = next(one for one in both.state()["associations"] if one[0] == "contacts" and one[2] == "deals")
    both.search("contacts", _filter("email", "EQ", value=contact["email"]))
    both.search("contacts", _filter("hs_lead_status", "IN", values=["NEW", "OPEN_DEAL"]), sorts=_by("email"))
    both.search("contacts", _filter("hs_lead_status", "NOT_HAS_PROPERTY"), _filter("hs_object_id", "LT", value="600"))
    both.search("contacts", _filter("associations.deal", "EQ", value=linked[3]))
    both.search("deals", _filter("associations.contact", "EQ", value=linked[1]), sorts=_by("hs_object_id"))
    both.search("contacts", query=contact["lastname"], sorts=_by("hs_object_id"))
    both.search("contacts", _filter("lastmodifieddate", "LT", value=_NOVEMBER), after="10")
    groups = [{"filters": [_filter("hs_object_id", "EQ", value=one)]} for one in ("509", "505", "9")]
    assert both.same("POST", "/crm/v3/objects/contacts/search", {"filterGroups": groups})["total"] == 2


def test_single_records_by_id_by_address_and_by_no_id(both: Both) -> None:
    state = both.state()["objects"]["contacts"]
    merged = next(one for one, record in state.items() if record["merged_into"])
    address = state["510"]["properties"]["email"]
    for record_id in ("510", "0510", "²", "9" * 30, "999999", merged):
        both.same("GET", f"/crm/v3/objects/contacts/{record_id}")
    for given in (address, address.upper(), "nobody@firm.example"):
        both.same("GET", f"/crm/v3/objects/contacts/{given}?idProperty=email")
        both.same("POST", "/crm/v3/objects/contacts/batch/read", {"idProperty": "email", "inputs": [{"id": given}]})
    inputs = [{"id": one, "properties": {"jobtitle": "部長"}} for one in ("511", merged, "999999")]
    both.same("POST", "/crm/v3/objects/contacts/batch/update", {"inputs": inputs})


def change_many_things(both: Both) -> None:
    addresses = {
        one: both.same("GET", f"/crm/v3/objects/contacts/{one}")["properties"]["email"] for one in ("520", "521")
    }
    both.same("PATCH", "/crm/v3/objects/contacts/505", {"properties": {"hs_lead_status": "CONNECTED", "jobtitle": ""}})
    both.same("PATCH", "/crm/v3/objects/contacts/506", {"properties": {"email": addresses["520"]}})  # is taken
    both.same("PATCH", "/crm/v3/objects/contacts/520", {"properties": {"email": "moved@firm.example"}})
    both.same("PATCH", "/crm/v3/objects/contacts/506", {"properties": {"email": addresses["520"]}})  # is free now
    both.record("archive", "contacts", "521")
    both.same("POST", "/crm/v3/objects/contacts", {"properties": {"email": addresses["521"], "lastname": "新"}})
    both.record("restore", "contacts", "521")
    both.record("archive", "deals", "80")
    both.record("archive", "companies", "3005")
    both.record("merge", "contacts", "530", merge_id="531")
    both.record("merge", "contacts", "532", merge_id="533", new_id=True)
    both.record("merge", "companies", "3010", merge_id="3011")
    both.control("erase", id="540")
    both.control("erase", id="530")
    both.record("associate", "contacts", "545", to_object="deals", to_id="81")
    both.record("dissociate", "contacts", "545", to_object="deals", to_id="81", quiet=True)
    both.record("associate", "contacts", "546", to_object="companies", to_id="3020", type_id=1)
    both.same(
        "POST", "/crm/v4/associations/contacts/meetings/batch/associate/default", {"inputs": [_pair("547", "9003")]}
    )
    both.record("update", "meetings", "9003", properties={"hs_meeting_start_time": "2026-11-20T01:00:00Z"})
    both.control("bulk", count=30, from_id="550", property="jobtitle", value="一括")
    both.control("pipelines", stage="contractsent", set={"label": "契約"})
    both.same("POST", "/crm/v3/lists", {"name": "見直し", "objectTypeId": "0-1", "processingType": "MANUAL"})
    both.same("PUT", "/crm/v3/lists/1/memberships/add", ["505", "540", "560", "561"])
    both.record("archive", "contacts", "560")


def _pair(one: str, other: str) -> dict[str, Any]:
    return {"from": {"id": one}, "to": {"id": other}}


def test_after_it_was_changed(both: Both) -> None:
    change_many_things(both)
    read_everything(both)
    assert both.same("GET", "/crm/v3/lists/1/memberships")["total"] == 2
    # Erased; merged into an erased one; merged into a new one.
    found = [both.same("GET", f"/crm/v3/objects/contacts/{one}").get("id") for one in ("540", "531", "533")]
    assert found[:2] == [None, None]
    assert int(found[2]) > 9000


def test_while_the_index_is_late(both: Both) -> None:
    both.control("index", lag_s=3600, share=0.5)
    change_many_things(both)
    for kind in OBJECT_TYPES:
        search_in_windows(both, kind)


def test_what_was_changed_is_forgotten_with_a_reset(both: Both) -> None:
    before = both.state()["objects"]
    change_many_things(both)
    both.control("keep", name="changed")
    kept = both.state()
    both.control("reset")
    assert both.state()["objects"] == before
    both.control("reset", to="changed")
    assert {**both.state(), "now": ""} == {**kept, "now": ""}
    change_in_both_ways(both)


def change_in_both_ways(both: Both) -> None:
    """Records that were changed before, and others."""
    both.record("update", "contacts", "505", properties={"jobtitle": "課長"})
    both.record("update", "contacts", "580", properties={"jobtitle": "課長"})
    read_everything(both)


def test_a_part_of_the_state_goes_on_where_the_last_one_ended(both: Both) -> None:
    both.record("archive", "contacts", "505")
    next_id, found = "0", []
    while next_id:
        part = both.same("GET", f"/_control/state?object=contacts&from_id={next_id}&limit=100")
        found += part["objects"]["contacts"]
        next_id = part["next_id"]
    assert found == list(both.state()["objects"]["contacts"])


def test_what_a_checker_must_find_is_not_known(running: Both) -> None:
    answer = running.file.http.get("/_control/truth")
    assert (answer.status_code, "in memory only" in answer.json()["message"]) == (400, True)


@pytest.mark.soak
def test_of_100000_contacts_those_of_one_time_are_found_once_each(tmp_path: Path) -> None:
    path = tmp_path / "large.portal"
    sizes = make_portal_file(path, 100_000, 1, lambda _done: None)
    assert sizes["contacts"].live == 100_000
    found: list[str] = []
    with running_crm(portal_factory=lambda: PortalFile(path).portal()) as crm:
        left = total = _at_night(crm, "0")["total"]
        while left:
            page = _at_night(crm, found[-1] if found else "0")
            assert page["total"] == left
            found += [one["id"] for one in page["results"]]
            left -= len(page["results"])
    # Each part of the portal had that night.
    assert len(found) == len(set(found)) == total == 4 * 10_400


def _at_night(crm: Crm, after_id: str) -> Any:
    filters = _filter("lastmodifieddate", "EQ", value=_BULK_NIGHT), _filter("hs_object_id", "GT", value=after_id)
    return crm.search("contacts", *filters, sorts=_by("hs_object_id"), limit=200)
