from __future__ import annotations

import time
import traceback
from datetime import timedelta
from typing import Any

import pytest

from connector.errors import AccessRefused, CrmAnswerBroken, CrmRefused, CrmUnavailable
from connector.gateway import Update
from connector.records import Kind, Link
from tests.connector.crm import NOW, Crm, make_portal, memory, running_crm

READS = "/crm/v3/objects/contacts/batch/read"
SEARCH = "/crm/v3/objects/contacts/search"
LISTS = "/crm/v3/lists"
REFUSED_VALUE = "BURNING"


def test_a_record_comes_with_its_times_and_its_history_oldest_first(crm: Crm) -> None:
    (found,) = crm.gateway().read("contacts", ["501"], ["email", "prefecture"], history=["hs_lead_status"])
    assert found.id == "501"
    assert found.properties["email"] == "person0@example.example"
    assert found.properties["prefecture"] is None
    assert found.updated_at == NOW - timedelta(days=20)
    assert [one.value for one in found.history["hs_lead_status"]] == ["NEW", "IN_PROGRESS"]
    assert found.history["hs_lead_status"][1].user_id == 9001


def test_records_are_listed_page_by_page(crm: Crm) -> None:
    with running_crm(lambda: make_portal(contacts=120)) as big:
        gateway = big.gateway()
        first = gateway.list_page("contacts", ["email"], history=["hs_lead_status"])
        second = gateway.list_page("contacts", ["email"], history=["hs_lead_status"], after=first.after)
    assert [len(first.records), len(second.records)] == [50, 50]
    assert int(first.records[-1].id) < int(second.records[0].id)


def test_more_properties_than_an_address_can_carry_are_read_in_a_body(crm: Crm) -> None:
    names = [f"a_property_with_quite_a_long_name_{number}" for number in range(400)]
    page = crm.gateway().list_page("contacts", ["email", *names])
    assert page.records[0].properties["email"] == "person0@example.example"
    assert crm.requests()[-1]["path"] == READS


def test_a_search_goes_on_after_an_id_and_never_by_offset(crm: Crm) -> None:
    gateway = crm.gateway()
    everything = gateway.touched_since("contacts", NOW - timedelta(days=365), "0")
    rest = gateway.touched_since("contacts", NOW - timedelta(days=365), "505")
    assert [one.id for one in everything.touched] == [str(number) for number in range(501, 513)]
    assert [one.id for one in rest.touched] == [str(number) for number in range(506, 513)]


def test_archived_unknown_and_merged_ids_are_left_out(crm: Crm) -> None:
    crm.record("archive", "contacts", "502")
    crm.record("merge", "contacts", "503", merge_id="504")
    found = crm.gateway().read("contacts", ["501", "502", "504", "99999"], ["email"])
    assert [one.id for one in found] == ["501"]


def test_owners_are_live_and_archived_and_keep_their_user(crm: Crm) -> None:
    owners = {one.id: one for one in crm.gateway().owners()}
    assert [one for one in owners.values() if one.archived] == [owners["73"]]
    assert owners["73"].user_id == 9003
    assert owners["71"].name == "是枝 花"
    assert owners["71"].teams == ("IS",)


def test_stages_and_definitions_and_the_account_are_understood(crm: Crm) -> None:
    gateway = crm.gateway()
    won = next(one for one in gateway.deal_stages() if one.id == "closedwon")
    assert (won.closed, won.probability) == (True, 1.0)
    kinds = {one.name: one.kind for one in gateway.property_definitions("contacts")}
    assert kinds["hubspot_owner_id"] is Kind.OWNER
    assert kinds["inquiry_service"] is Kind.MULTI
    assert gateway.portal().time_zone == "Asia/Tokyo"


def test_links_come_as_text_ids_and_a_record_without_any_is_no_error(crm: Crm) -> None:
    found = crm.gateway().links("contacts", "deals", ["501", "512"])
    assert found == [Link("contacts", "501", "deals", "100701", 4)]


def test_a_record_with_many_links_is_read_to_the_end() -> None:
    with running_crm(lambda: make_portal(contacts=1, deals=1300)) as big:
        assert len(set(big.gateway().links("contacts", "deals", ["501"]))) == 1300


REFUSALS = ["429", "429_secondly", "429_secondly_category", "423", "477"]
BREAKDOWNS = ["500", "502_html", "503", "524_after", "drop_before", "drop_after", "truncate"]


@pytest.mark.parametrize("do", [*REFUSALS, *BREAKDOWNS, "html_200"])
def test_a_read_survives_two_failures(crm: Crm, do: str) -> None:
    crm.fault("POST", READS, do, times=2)
    assert len(crm.gateway().read("contacts", ["501"], ["email"])) == 1


@pytest.mark.parametrize("do", [*REFUSALS, *BREAKDOWNS])
def test_an_update_survives_two_failures(crm: Crm, do: str) -> None:
    crm.fault("POST", "/crm/v3/objects/contacts/batch/update", do, times=2)
    assert crm.gateway().update("contacts", [Update("501", {"lead_score": "42"})]) == {}
    assert crm.state()["objects"]["contacts"]["501"]["properties"]["lead_score"] == "42"


@pytest.mark.parametrize("do", REFUSALS)
def test_a_search_survives_every_refusal_that_passes(crm: Crm, do: str) -> None:
    crm.fault("POST", SEARCH, do, times=2)
    assert crm.gateway().touched_since("contacts", NOW, "0").touched == []


@pytest.mark.parametrize("do", REFUSALS)
def test_making_a_list_is_tried_again_after_a_refusal_which_did_nothing(crm: Crm, do: str) -> None:
    crm.fault("POST", LISTS, do, times=2)
    crm.gateway().create_list("リサイクル")
    assert len(crm.state()["lists"]) == 1


def test_after_the_days_last_word_no_process_calls_again(crm: Crm) -> None:
    shared = memory()
    crm.fault("POST", SEARCH, "429_daily")
    with pytest.raises(CrmUnavailable, match="used up"):
        crm.gateway(engine=shared).touched_since("contacts", NOW, "0")
    with pytest.raises(CrmUnavailable, match="tried again in 10 minutes"):
        crm.gateway(engine=shared).owners()
    assert len(crm.requests()) == 1


def test_an_account_that_moves_for_hours_is_left_alone(crm: Crm) -> None:
    shared = memory()
    crm.fault("GET", "/crm/v3/owners", "477", retry_after=7200)
    for _ in range(2):
        with pytest.raises(CrmUnavailable, match="moved"):
            crm.gateway(engine=shared).owners()
    assert len(crm.requests()) == 1


def test_repeats_are_counted_as_calls(crm: Crm) -> None:
    gateway = crm.gateway()
    crm.fault("POST", SEARCH, "429", times=2)
    gateway.touched_since("contacts", NOW, "0")
    assert gateway.call_counts() == {"search": 3}


def test_a_server_that_stays_down_is_given_up_with_a_sentence(crm: Crm) -> None:
    crm.fault("GET", "/crm/v3/owners", "502_html", times=50)
    with pytest.raises(CrmUnavailable, match=r"reading owners \(status 502, 6 tries"):
        crm.gateway().owners()
    assert len(crm.requests()) == 6


def test_waiting_ends_at_the_limit_of_time(crm: Crm) -> None:
    waits: list[float] = []
    crm.fault("GET", "/crm/v3/owners", "429", times=50, retry_after=40)
    with pytest.raises(CrmUnavailable):
        crm.gateway(sleep=waits.append, max_wait_s=90).owners()
    # 40 + 40 seconds and a little; a third wait would pass 90. In between, everybody holds back for 10 at most.
    assert len([seconds for seconds in waits if seconds >= 40]) == 2


def test_a_page_of_html_in_place_of_answers_is_named(crm: Crm) -> None:
    crm.fault("GET", "/crm/v3/owners", "html_200", times=50)
    with pytest.raises(CrmAnswerBroken, match="HUBSPOT_BASE_URL"):
        crm.gateway().owners()


def test_the_daily_limit_is_not_waited_for(crm: Crm) -> None:
    crm.control("limits", limits="real", daily=0)
    with pytest.raises(CrmUnavailable, match="used up"):
        crm.gateway().owners()
    assert len(crm.requests()) == 1


def test_nobody_listening_is_no_crash() -> None:
    with running_crm(make_portal) as gone:
        gateway = gone.gateway(max_tries=2)
    with pytest.raises(CrmUnavailable, match="no connection"):
        gateway.owners()


def test_a_wrong_token_is_named_but_not_shown(crm: Crm) -> None:
    with pytest.raises(AccessRefused, match="HUBSPOT_ACCESS_TOKEN") as caught:
        crm.gateway(token="pat-invented-secret").owners()
    assert "pat-invented-secret" not in _chain(caught.value)


def test_a_missing_scope_is_named(crm: Crm) -> None:
    crm.control("tokens", token="narrow", missing_scopes=["crm.objects.owners.read"])
    with pytest.raises(AccessRefused, match=r"crm\.objects\.owners\.read"):
        crm.gateway(token="narrow").owners()


@pytest.mark.parametrize("per_record", [True, False])
def test_a_value_that_is_no_option_refuses_its_record_only_and_is_not_repeated_in_the_cause(
    crm: Crm, per_record: bool
) -> None:
    crm.control("switches", update_refuses_per_trace_id=per_record)
    updates = [Update(str(number), {"lead_rank": "HOT"}) for number in range(501, 511)]
    updates[3] = Update("504", {"lead_rank": REFUSED_VALUE})
    refused = crm.gateway().update("contacts", updates)
    assert list(refused) == ["504"]
    assert "lead_rank" in refused["504"].cause
    assert REFUSED_VALUE not in refused["504"].cause
    assert crm.state()["objects"]["contacts"]["505"]["properties"]["lead_rank"] == "HOT"


def test_no_printed_error_shows_a_refused_value(crm: Crm) -> None:
    crm.control("switches", update_refuses_per_trace_id=False)
    gateway: Any = crm.gateway()
    with pytest.raises(CrmRefused) as caught:
        gateway._send_updates("contacts", [Update("504", {"lead_rank": REFUSED_VALUE})])
    assert REFUSED_VALUE not in "".join(traceback.format_exception(caught.value))
    assert "is not one of the options of lead_rank" in str(caught.value)


@pytest.mark.parametrize("silent", [True, False])
def test_updates_of_records_that_are_gone_are_refused_as_gone(crm: Crm, silent: bool) -> None:
    crm.control("switches", omit_merged_in_batch_update=silent)
    crm.record("archive", "contacts", "502")
    crm.record("merge", "contacts", "503", merge_id="504")
    updates = [Update(one, {"lead_score": "5"}) for one in ("501", "502", "504", "99999")]
    refused = crm.gateway().update("contacts", updates)
    assert {one for one, why in refused.items() if why.gone} >= {"502", "99999"}
    assert "501" not in refused


def test_none_clears_a_value(crm: Crm) -> None:
    crm.gateway().update("contacts", [Update("501", {"lead_score": None})])
    assert not crm.state()["objects"]["contacts"]["501"]["properties"].get("lead_score")


def test_a_list_whose_creation_was_not_answered_exists_once(crm: Crm) -> None:
    crm.fault("POST", LISTS, "drop_after")
    made = crm.gateway().create_list("リサイクル: 採用サイト制作")
    assert [one["name"] for one in crm.state()["lists"].values()] == ["リサイクル: 採用サイト制作"]
    assert made.id in crm.state()["lists"]


def test_a_list_is_found_by_its_name_or_not_at_all(crm: Crm) -> None:
    gateway = crm.gateway()
    made = gateway.create_list("失注フォロー: 採用サイト制作/東")
    assert gateway.find_list("失注フォロー: 採用サイト制作/東") == made
    assert gateway.find_list("アップセル") is None


def test_members_change_and_unknown_ones_are_told(crm: Crm) -> None:
    gateway = crm.gateway()
    made = gateway.create_list("リサイクル")
    assert gateway.change_members(made.id, ["501", "502", "99999"], []) == ["99999"]
    gateway.change_members(made.id, ["503"], ["501"])
    assert gateway.list_members(made.id) == ["502", "503"]


def test_an_unknown_object_type_is_refused_with_its_place(crm: Crm) -> None:
    with pytest.raises(CrmRefused, match="reading the properties of butterflies"):
        crm.gateway().property_definitions("butterflies")


def test_real_limits_are_never_overstepped() -> None:
    with running_crm(lambda: make_portal(contacts=2), limits="real") as strict:
        strict.control("limits", ten_secondly=60)
        gateway = strict.gateway(calls_per_10_s=60, sleep=_no_sleep_beyond_a_search)
        for _ in range(3):
            for _ in range(4):
                gateway.touched_since("contacts", NOW, "0")
            gateway.owners()
        assert {one["status"] for one in strict.requests()} == {200}


def _no_sleep_beyond_a_search(seconds: float) -> None:
    assert seconds < 1.2
    time.sleep(seconds)


def _chain(error: BaseException | None) -> str:
    found: list[Any] = []
    while error is not None:
        found.append(f"{error!r} {error}")
        error = error.__cause__ or error.__context__
    return " ".join(found)
