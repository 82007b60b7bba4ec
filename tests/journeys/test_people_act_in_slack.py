"""What people do in Slack: who may, what is written, who is told, and in whose name it is kept."""

from __future__ import annotations

import contextlib
import json
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from connector.sandbox.people import demo_people
from tests.journeys.program import Program
from tests.journeys.stage import Heard, Stage, people_of, soon

WHY = {"reason:BAD_TIMING:bad_timing_reason": {"choose_reason": "budget"}}


def a_leak(stage: Stage) -> dict[str, Any]:
    """An L1 whose owner reads Slack."""
    return next(one for one in stage.findings("L1") if one["owner"] in people_of("FS"))


def digest(stage: Stage, leak: dict[str, Any]) -> Heard:
    (found,) = stage.messages(leak["owner"])
    return found


def name_of(owner_id: str) -> str:
    return next(p.name for p in demo_people() if p.owner_id == owner_id)


@contextlib.contextmanager
def nothing_written(stage: Stage, contact_id: str) -> Iterator[None]:
    before, writes = stage.contact(contact_id), stage.crm_writes()
    yield
    assert stage.contact(contact_id) == before
    assert stage.crm_writes() == writes
    assert stage.audited(contact_id, "write.applied") == []


def kept_in_the_name_of(owner: str, entries: list[dict[str, Any]]) -> dict[str, str]:
    """What was written, property by property, all of it by this person from Slack."""
    assert {(one["actor"], one["channel"]) for one in entries} == {(f"person {owner} {name_of(owner)}", "slack")}
    return {one["property"]: one["after"] for one in entries}


def test_after_a_cancelled_meeting_the_owner_takes_the_lead_back_by_command(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner, before = leak["owner"], digest(open_stage, leak)
    stage.types(owner, f"status {leak['id']} IN_PROGRESS")
    words = soon(lambda: [w for w in stage.told_privately(owner) if "変更しました" in w])[0]
    assert "オープン取引" in words
    assert "進行中" in words
    assert stage.contact(leak["id"])["hs_lead_status"] == "IN_PROGRESS"
    written = stage.audited(leak["id"], "write.applied")
    assert kept_in_the_name_of(owner, written) == {"hs_lead_status": "IN_PROGRESS"}
    after = soon(lambda: [one for one in [digest(stage, leak)] if one.edits])[0]
    assert (after.ts, after.edits) == (before.ts, 1)
    assert not after.asks_about(leak["id"])


def test_the_form_behind_the_button_asks_for_the_reason_as_well(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner = leak["owner"]
    stage.presses(owner, digest(stage, leak), "change_status", f"{leak['id']} BAD_TIMING")
    stage.does(owner, "submit", values=WHY)
    soon(lambda: "変更しました" in str(stage.window(owner)))
    assert stage.contact(leak["id"])["hs_lead_status"] == "BAD_TIMING"
    assert stage.contact(leak["id"])["bad_timing_reason"] == "budget"
    written = kept_in_the_name_of(owner, stage.audited(leak["id"], "write.applied"))
    assert written == {"hs_lead_status": "BAD_TIMING", "bad_timing_reason": "budget"}
    assert not digest(stage, leak).asks_about(leak["id"])


def test_a_round_after_an_act_has_nothing_left_to_say(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    stage.types(leak["owner"], f"status {leak['id']} IN_PROGRESS")
    soon(lambda: stage.contact(leak["id"])["hs_lead_status"] == "IN_PROGRESS")
    soon(lambda: any("進行中" in words for words in stage.told_privately(leak["owner"])))
    said = stage.messages(leak["owner"])
    report = stage.make_round()
    assert stage.messages(leak["owner"]) == said
    assert report["messages"]["posted"] == 0
    assert not digest(stage, leak).asks_about(leak["id"])


def test_a_marketer_is_refused_with_the_reason(open_stage: Stage) -> None:
    stage, leak, marketer = open_stage, a_leak(open_stage), people_of("Marketing")[0]
    with nothing_written(stage, leak["id"]):
        stage.types(marketer, f"status {leak['id']} BAD_TIMING")
        words = soon(lambda: [w for w in stage.told_privately(marketer) if "FS" in w])[-1]
        assert "オープン取引" in words
        assert "タイミング悪し" in words
    (refused,) = stage.audited(leak["id"], "status.refused")
    assert (refused["actor"], refused["reason"]) == (f"person {marketer} {name_of(marketer)}", "role_refused")


def test_a_step_outside_the_table_is_refused_to_the_owner_as_well(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    with nothing_written(stage, leak["id"]):
        stage.types(leak["owner"], f"status {leak['id']} NEW")
        soon(lambda: [w for w in stage.told_privately(leak["owner"]) if "オープン取引" in w and "新規" in w])
    (refused,) = stage.audited(leak["id"], "status.refused")
    assert refused["reason"] == "step_refused"


def test_a_status_that_there_is_not_is_answered_with_those_there_are(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    with nothing_written(stage, leak["id"]):
        stage.types(leak["owner"], f"status {leak['id']} LUKEWARM")
        (words,) = stage.told_privately(leak["owner"])
    assert "LUKEWARM" in words
    assert "タイミング悪し" in words


def test_a_change_made_meanwhile_in_the_crm_is_not_overwritten(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    stage.person_sets(leak["id"], hs_lead_status="CONNECTED")
    with nothing_written(stage, leak["id"]):
        stage.types(leak["owner"], f"status {leak['id']} IN_PROGRESS")
        soon(lambda: [w for w in stage.told_privately(leak["owner"]) if "接続済み" in w])
    (conflict,) = stage.audited(leak["id"], "write.conflict")
    assert conflict["actor"] == f"person {leak['owner']} {name_of(leak['owner'])}"


def test_the_owner_acknowledges_by_the_button(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    before = digest(stage, leak)
    stage.presses(leak["owner"], before, "acknowledge", str(leak["id_of_finding"]))
    after = digest(stage, leak)
    assert (after.ts, after.edits) == (before.ts, before.edits + 1)
    assert name_of(leak["owner"]) in str(after.blocks)
    (kept,) = stage.audited(leak["id"], "finding.acknowledged")
    assert (kept["actor"], kept["channel"]) == (f"person {leak['owner']} {name_of(leak['owner'])}", "slack")
    assert [one["id"] for one in stage.findings(state="acknowledged")] == [leak["id"]]
    assert stage.make_round()["messages"]["posted"] == 0


def test_a_click_that_arrives_twice_acts_once(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    stage.presses(leak["owner"], digest(stage, leak), "acknowledge", str(leak["id_of_finding"]))
    (first,) = soon(lambda: stage.told_privately(leak["owner"]))
    stage.slack_sends_again()
    again = soon(lambda: stage.told_privately(leak["owner"])[1:])
    assert again == [first]
    assert digest(stage, leak).edits == 1
    assert len(stage.audited(leak["id"], "finding.acknowledged")) == 1


@pytest.mark.parametrize("open_stage", [pytest.param(False, id="web")], indirect=True)
def test_a_request_that_somebody_recorded_and_sends_again_acts_once(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    send_again = stage.recorded_command(leak["owner"], f"ack #{leak['id_of_finding']}")
    assert [send_again() for _ in range(3)] == [200, 200, 200]
    assert digest(stage, leak).edits == 1
    assert len(stage.audited(leak["id"], "finding.acknowledged")) == 1


def test_a_second_press_of_the_old_button_says_who_was_first(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    for _ in range(2):
        stage.presses(leak["owner"], digest(stage, leak), "acknowledge", str(leak["id_of_finding"]), version=0)
    words = soon(lambda: stage.told_privately(leak["owner"])[1:])[0]
    assert name_of(leak["owner"]) in words
    assert len(stage.audited(leak["id"], "finding.acknowledged")) == 1


def test_somebody_elses_finding_cannot_be_acknowledged(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    colleague = next(i for i in people_of("FS") if i != leak["owner"])
    stage.types(colleague, f"ack #{leak['id_of_finding']}")
    (words,) = stage.told_privately(colleague)
    assert "担当者" in words
    assert stage.findings(state="acknowledged") == []
    assert stage.audited(leak["id"], "finding.acknowledged") == []
    assert digest(stage, leak).edits == 0


def test_a_slack_user_whom_the_crm_does_not_know_is_told_so(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    stranger = next(p.owner_id for p in demo_people() if p.slack_mail not in {None, p.mail})
    with nothing_written(stage, leak["id"]):
        for words in (f"status {leak['id']} IN_PROGRESS", f"ack {leak['id']}", "list"):
            stage.types(stranger, words)
    told = stage.told_privately(stranger)
    assert len(told) == 3
    assert all("管理者" in words for words in told)
    assert stage.findings(state="acknowledged") == []


def test_the_commands_list_ack_and_help(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    stage.types(leak["owner"], "list")
    stage.types(leak["owner"], f"ack {leak['id']}")
    stage.types(leak["owner"], "help")
    mine = [one for one in stage.findings() if one["owner"] == leak["owner"]]
    listed, acknowledged, helped = stage.told_privately(leak["owner"])
    assert f" {len(mine)} 件" in listed
    assert "確認" in acknowledged
    assert {one["id"] for one in stage.findings(state="acknowledged")} == {leak["id"]}
    assert all(f"/lead {verb}" in helped for verb in ("list", "status", "ack"))


def test_an_acknowledgement_rests_the_finding_for_a_day(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    for one in stage.findings():
        if one["owner"] == leak["owner"]:
            stage.types(leak["owner"], f"ack #{one['id_of_finding']}")
    stage.it_is("11-25 09:29")
    stage.make_round()
    assert leak["id"] in {one["id"] for one in stage.findings(state="acknowledged")}
    stage.it_is("11-25 09:45")
    stage.make_round()
    assert stage.findings(state="acknowledged") == []
    assert stage.messages(leak["owner"])[-1].asks_about(leak["id"])


@pytest.mark.parametrize("socket_mode", [pytest.param(False, id="web"), pytest.param(True, id="socket")])
def test_the_running_service_makes_its_round_and_writes_what_people_ask_for(
    stage: Stage, runs: str, socket_mode: bool
) -> None:
    program = Program(runs, stage.folder, stage.environment(stage.database_url, socket_mode=socket_mode))
    with contextlib.closing(program.start("serve", "--port", "0", "--json")) as run:
        ready = json.loads(soon(lambda: run.out))
        if not socket_mode:
            stage.connect(ready["url"])
        soon(stage.messages)
        told = soon(lambda: [one for one in stage.findings("L1", state="reminded") if one["owner"] in people_of("FS")])
        owner = told[0]["owner"]
        stage.types(owner, f"status {told[0]['id']} IN_PROGRESS")
        soon(lambda: [words for words in stage.told_privately(owner) if "変更しました" in words])
        assert stage.contact(told[0]["id"])["hs_lead_status"] == "IN_PROGRESS"
        run.send(signal.SIGTERM)
        assert run.wait().exit_code == 0
