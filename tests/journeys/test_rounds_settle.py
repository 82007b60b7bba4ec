"""A round that follows another one, and what a plan does to the CRM's lists."""

from __future__ import annotations

import pytest

from tests.journeys.stage import Stage

# What an idle round may cost. Per type of object: a search for what changed, a look at its links with contacts.
CALLS_PER_TYPE = 1 + 1
# Whatever is read: live owners, deactivated owners, deal stages, static lists; contacts have no links with themselves.
CALLS_BESIDE = 1 + 1 + 1 + 1 - 1

# The shipped rules need calls, emails and notes: 17 calls. With tasks, named in the settings, 19.
SHIPPED: tuple[str, ...] = ("companies", "contacts", "deals", "meetings", "calls", "emails", "notes")
IDLE_CALLS: dict[tuple[str, ...], int] = {
    types: CALLS_PER_TYPE * len(types) + CALLS_BESIDE for types in (SHIPPED, (*SHIPPED, "tasks"))
}


@pytest.mark.parametrize("types", IDLE_CALLS, ids=len)
def test_a_second_round_changes_writes_and_says_nothing(stage: Stage, types: tuple[str, ...]) -> None:
    stage.mirror_too(*(one for one in types if one not in SHIPPED))
    stage.make_round()
    before, writes, said = stage.crm_calls(), stage.crm_writes(), stage.messages()
    report = stage.make_round()
    assert all(one["changed"] == one["archived"] == 0 for one in report["sync"]["objects"].values())
    assert (report["findings"]["opened"], report["findings"]["closed"]) == (0, 0)
    assert report["messages"] == {"posted": 0, "updated": 0, "held": 0, "failed": 0}
    assert stage.messages() == said
    assert stage.crm_writes() == writes
    assert tuple(report["sync"]["objects"]) == types
    assert stage.crm_calls() - before <= IDLE_CALLS[types]


def test_a_type_that_the_settings_come_to_name_is_read_with_the_next_round(stage: Stage) -> None:
    before = stage.make_first_round()
    stage.mirror_too("tasks")
    report = stage.make_round()
    assert {kind for kind, one in report["sync"]["objects"].items() if one["read"]} == {"tasks"}
    assert report["findings"]["open"] == before["findings"]["open"]


def test_a_round_after_the_plan_is_applied_plans_nothing_more(stage: Stage) -> None:
    stage.make_first_round()
    stage.apply_plan()
    writes = stage.crm_writes()
    assert stage.make_round()["plan"] == {"lines": 0, "by_state": {}}
    assert stage.apply_plan()["lines"] == []
    assert stage.crm_writes() == writes


def test_rounds_alone_write_nothing_to_the_crm(stage: Stage) -> None:
    before = stage.crm.state()
    stage.make_round()
    after = stage.crm.state()
    assert {**after, "now": None} == {**before, "now": None}


def test_applying_the_plan_fills_each_list_with_the_true_members(stage: Stage) -> None:
    stage.make_first_round()
    stage.apply_plan()
    truth = stage.truth()["lists"]
    assert {name.split(":")[0] for name in truth} == {"リサイクル", "失注フォロー", "アップセル"}
    assert stage.crm_lists() == {name: set(ids) for name, ids in truth.items()}


def test_a_contact_that_goes_on_leaves_the_recycle_list(stage: Stage) -> None:
    stage.make_first_round()
    stage.apply_plan()
    name, members = next((n, ids) for n, ids in stage.crm_lists().items() if n.startswith("リサイクル"))
    revived = min(members, key=int)
    stage.person_sets(revived, hs_lead_status="IN_PROGRESS")
    stage.make_round()
    assert stage.crm_lists()[name] == members
    stage.apply_plan()
    assert stage.crm_lists()[name] == members - {revived}
    assert stage.crm_lists() == {name: set(ids) for name, ids in stage.truth()["lists"].items()}


def test_lists_that_exist_are_added_to(stage: Stage) -> None:
    stage.make_first_round()
    stage.apply_plan()
    before = stage.crm_lists()
    contacts = stage.crm.state(object="contacts")["objects"]["contacts"]
    live = [contact_id for contact_id, one in contacts.items() if not one["archived"]]
    stage.crm.control("bulk", ids=live[:40], property="hs_lead_status", value="BAD_TIMING")
    stage.make_round()
    stage.apply_plan()
    assert stage.crm_lists() == {name: set(ids) for name, ids in stage.truth()["lists"].items()}
    assert stage.crm_lists().keys() >= before.keys()
    assert stage.crm_lists() != before
