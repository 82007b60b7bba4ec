"""A status changed through Slack: what must be said with it, who was faster, what the CRM refuses, and taking it back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from connector.records import CONTACTS
from connector.sandbox.people import demo_people
from jobs.database import writing
from jobs.ledger import known_properties
from rules.drift import Change, Misfit
from tests.journeys.stage import Stage, people_of, soon
from tests.journeys.test_people_act_in_slack import WHY, a_leak, digest, name_of, nothing_written

# Reads English.
EMMA = next(p.owner_id for p in demo_people() if p.team == "FS" and p.locale == "en-US")


def press(stage: Stage, owner: str, action: str) -> None:
    """A button beside the answer that the person was given last."""
    every = stage.whispers(owner)
    told = next(one for one in reversed(every) if action in str(one["blocks"]))
    stage.does(owner, "click", channel=told["channel"], ts=told["ts"], action_id=action)


def told(stage: Stage, owner: str, words: str) -> str:
    return soon(lambda: [one for one in stage.told_privately(owner) if words in one])[-1]


def test_a_typed_status_asks_for_its_reason_in_the_form_and_writes_nothing_before(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner = leak["owner"]
    with nothing_written(stage, leak["id"]):
        stage.types(owner, f"status {leak['id']} ＢＡＤ＿ＴＩＭＩＮＧ")
        assert "タイミング悪しの理由" in str(stage.window(owner))
        assert "フォームでお答えください" in stage.told_privately(owner)[0]
    stage.does(owner, "submit", values=WHY)
    soon(lambda: "変更しました" in str(stage.window(owner)))
    assert stage.contact(leak["id"])["bad_timing_reason"] == "budget"


def test_without_any_conversation_the_form_says_so_and_keeps_what_the_person_writes(open_stage: Stage) -> None:
    stage = open_stage
    fresh = next(one for one in stage.findings("H1") if one["owner"] in people_of("IS"))
    owner, contact = fresh["owner"], fresh["id"]
    stage.types(owner, f"status {contact} タイミング悪し")
    window = str(stage.window(owner))
    assert "話した記録" in window
    refused = stage.does(owner, "submit", values=WHY)
    assert refused["errors"], "the field for words is required"
    note = {"note:BAD_TIMING": {"write_note": "11/20 に立ち話。来期に再検討"}}
    stage.does(owner, "submit", values=WHY | note)
    soon(lambda: "変更しました" in str(stage.window(owner)))
    written = {one["property"]: one["reason"] for one in stage.audited(contact, "write.applied")}
    assert written["hs_lead_status"] == "11/20 に立ち話。来期に再検討"


def test_a_status_that_the_crm_calls_otherwise_now_is_not_written_by_hand_either(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner, renamed = leak["owner"], Misfit(Change.RENAMED, "BAD_TIMING", "Bad timing", "Do not call")
    with writing(stage.program.engine) as connection:
        known_properties.note(connection, (CONTACTS, "hs_lead_status"), [renamed])
    with nothing_written(stage, leak["id"]):
        stage.types(owner, f"status {leak['id']} IN_PROGRESS")
        assert "Do not call" in told(stage, owner, "いまは変更できません")


def test_reasons_are_read_in_the_persons_language(open_stage: Stage) -> None:
    stage = open_stage
    stage.types(EMMA, f"status {a_leak(stage)['id']} BAD_TIMING")
    window = str(stage.window(EMMA))
    assert "Why the timing is bad" in window
    assert all(word in window for word in ("Not a target client", "Budget"))
    assert "予算" not in window


def test_who_was_faster_is_shown_beside_and_the_person_decides(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner = leak["owner"]
    stage.person_sets(leak["id"], hs_lead_status="CONNECTED")
    with nothing_written(stage, leak["id"]):
        stage.presses(owner, digest(stage, leak), "change_status", f"{leak['id']} BAD_TIMING")
        stage.does(owner, "submit", values=WHY)
        soon(lambda: "今の CRM の値：接続済み" in str(stage.window(owner)))
        assert "あなたの値：タイミング悪し" in str(stage.window(owner))
        assert "bad_timing_reason" not in stage.contact(leak["id"])
    stage.does(owner, "click", action_id="write_anyway")
    soon(lambda: "変更しました" in str(stage.window(owner)))
    contact = stage.contact(leak["id"])
    assert (contact["hs_lead_status"], contact["bad_timing_reason"]) == ("BAD_TIMING", "budget")


def test_leaving_it_writes_nothing(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner = leak["owner"]
    stage.person_sets(leak["id"], hs_lead_status="CONNECTED")
    stage.types(owner, f"status {leak['id']} IN_PROGRESS")
    told(stage, owner, "今の CRM の値：接続済み")
    with nothing_written(stage, leak["id"]):
        press(stage, owner, "leave_it")
        told(stage, owner, "そのままにしました")


def test_writing_anyway_over_a_value_from_which_there_is_no_step_is_refused(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner = leak["owner"]
    stage.person_sets(leak["id"], hs_lead_status="UNQUALIFIED")
    stage.types(owner, f"status {leak['id']} IN_PROGRESS")
    told(stage, owner, "今の CRM の値：見込み無し")
    with nothing_written(stage, leak["id"]):
        press(stage, owner, "write_anyway")
        told(stage, owner, "「見込み無し」から「進行中」には変更できません")


def test_what_the_crm_refuses_is_told_in_its_words_and_can_be_tried_again(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner = leak["owner"]
    stage.crm.control("faults", match={"path": "*/batch/update"}, do="400", times=1)
    stage.types(owner, f"status {leak['id']} IN_PROGRESS")
    told(stage, owner, "status 400")
    assert stage.contact(leak["id"])["hs_lead_status"] == "OPEN_DEAL"
    press(stage, owner, "try_again")
    told(stage, owner, "変更しました")
    assert stage.contact(leak["id"])["hs_lead_status"] == "IN_PROGRESS"


@contextlib.contextmanager
def nothing_undone(stage: Stage, leak: dict[str, Any]) -> Iterator[None]:
    writes = stage.crm_writes()
    yield
    assert stage.crm_writes() == writes
    assert stage.audited(leak["id"], "undo.applied") == []


def changed(stage: Stage) -> dict[str, Any]:
    leak = a_leak(stage)
    stage.types(leak["owner"], f"status {leak['id']} IN_PROGRESS")
    told(stage, leak["owner"], "変更しました")
    return leak


def test_an_undo_brings_back_the_status_and_the_finding(open_stage: Stage) -> None:
    stage = open_stage
    leak = changed(stage)
    assert not digest(stage, leak).asks_about(leak["id"])
    press(stage, leak["owner"], "undo")
    told(stage, leak["owner"], "「オープン取引」に戻しました")
    assert stage.contact(leak["id"])["hs_lead_status"] == "OPEN_DEAL"
    (taken,) = stage.audited(leak["id"], "undo.applied")
    assert taken["actor"] == f"person {leak['owner']} {name_of(leak['owner'])}"


def test_undo_by_command_takes_the_reasons_along_and_works_once(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner = leak["owner"]
    stage.presses(owner, digest(stage, leak), "change_status", f"{leak['id']} BAD_TIMING")
    stage.does(owner, "submit", values=WHY)
    soon(lambda: "変更しました" in str(stage.window(owner)))
    stage.types(owner, "取り消し")
    told(stage, owner, "「オープン取引」に戻しました")
    contact = stage.contact(leak["id"])
    assert (contact["hs_lead_status"], contact.get("bad_timing_reason") or None) == ("OPEN_DEAL", None)
    stage.types(owner, "undo last")
    told(stage, owner, "元に戻せる変更はありません")


def test_what_was_changed_since_is_not_taken_back_and_it_is_said_who_did(open_stage: Stage) -> None:
    stage = open_stage
    leak = changed(stage)
    stage.person_sets(leak["id"], hs_lead_status="CONNECTED")
    with nothing_undone(stage, leak):
        press(stage, leak["owner"], "undo")
        told(stage, leak["owner"], "元に戻しませんでした。その後")
    assert stage.contact(leak["id"])["hs_lead_status"] == "CONNECTED"


def test_a_button_of_yesterday_does_not_outlive_the_role(open_stage: Stage) -> None:
    stage = open_stage
    leak = changed(stage)
    stage.program.settings.file.roles["FS"] = ()
    with nothing_undone(stage, leak):
        press(stage, leak["owner"], "undo")
        told(stage, leak["owner"], "今のあなたの権限では元に戻せません")


def test_what_somebody_else_changed_is_not_undone_by_its_number(open_stage: Stage) -> None:
    stage = open_stage
    leak = changed(stage)
    number = stage.audited(leak["id"], "write.applied")[0]["correlation"].removeprefix("line ")
    colleague = next(i for i in people_of("FS") if i != leak["owner"])
    with nothing_undone(stage, leak):
        stage.types(colleague, f"undo #{number}")
        told(stage, colleague, "変更した本人・マネージャー・管理者だけ")
    manager = people_of("Manager")[0]
    stage.types(manager, f"undo #{number}")
    soon(lambda: len(stage.audited(leak["id"], "undo.applied")) == 1)
    assert stage.contact(leak["id"])["hs_lead_status"] == "OPEN_DEAL"
    (taken,) = stage.audited(leak["id"], "undo.applied")
    assert taken["actor"] == f"person {manager} {name_of(manager)}"
