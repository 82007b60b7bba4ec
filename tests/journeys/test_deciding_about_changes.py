"""What rules want to write, decided in Slack: a plan reviewed line by line, proposals approved, put off and rejected."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import rules
from jobs.service import Service
from tests.journeys.conftest import answering
from tests.journeys.stage import Heard, Stage, people_of, slack_id, soon
from tests.journeys.test_changing_a_status import press, told

RULE = """
format: 1
rules:
  cool-down:
    title: {{ja: ランクを下げる, en: Cool down}}
    for_each: contact
    when: [{{lead_status: ATTEMPTED_TO_CONTACT}}]
    mode: {mode}
    limit: {limit}
    then: [{{set: {{lead_rank: COOL}}}}]
"""
OPS = people_of("Ops")[0]


def begin(stage: Stage, mode: str, limit: int = 500) -> None:
    library = stage.folder / "rules" / "library"
    if not library.exists():
        shutil.copytree(Path(rules.__file__).parent / "library", library)
    (library / "cool-down.yaml").write_text(RULE.format(mode=mode, limit=limit), encoding="utf-8")
    stage.starts_anew()
    stage.make_first_round()


@pytest.fixture
def planned(stage: Stage) -> Iterator[Stage]:
    begin(stage, "plan")
    with answering(stage):
        yield stage


@pytest.fixture
def suggested(stage: Stage) -> Iterator[Stage]:
    begin(stage, "suggest")
    with answering(stage):
        yield stage


def waiting(stage: Stage, state: str, rule: str = "cool-down") -> list[dict[str, Any]]:
    document = stage.plan()
    return [one for one in (*document["lines"], *document["held_back"]) if (one["state"], one["rule"]) == (state, rule)]


def rank(stage: Stage, contact_id: str) -> str | None:
    return stage.contact(contact_id).get("lead_rank")


def test_the_admin_unticks_two_lines_and_applies_the_rest(planned: Stage) -> None:
    stage = planned
    lines = waiting(stage, "proposed")
    assert len(lines) > 2
    before = {one["id"]: rank(stage, one["id"]) for one in lines}
    stage.types(OPS, "plan")
    off = {str(one["line"]) for one in lines[:2]}
    while (view := stage.window(OPS)).get("submit"):
        stage.does(OPS, "submit", values=ticked(view, off))
    soon(lambda: "却下 2 件" in str(stage.window(OPS)))
    assert all(rank(stage, one["id"]) == "COOL" for one in lines[2:])
    assert all(rank(stage, one["id"]) == before[one["id"]] for one in lines[:2])
    (kept,) = stage.audited(lines[0]["id"], "line.rejected")
    assert kept["actor"].startswith(f"person {OPS} ")
    stage.make_round()
    assert waiting(stage, "proposed") == []
    held = waiting(stage, "held_back")
    assert {one["id"] for one in held} == {one["id"] for one in lines[:2]}
    assert "Rejected by" in held[0]["cause"]


def ticked(view: dict[str, Any], off: set[str]) -> dict[str, Any]:
    boxes = {b["block_id"]: b["element"]["options"] for b in view["blocks"] if b["type"] == "input"}
    return {block: {"tick": [o["value"] for o in some if o["value"] not in off]} for block, some in boxes.items()}


def saying(stage: Stage, button: str, to: str = OPS) -> list[Heard]:
    """The messages to somebody with this button."""
    return [one for one in stage.messages(to) if f"'{button}'" in str(one.blocks)]


def test_the_admin_hears_each_morning_in_one_message_that_a_plan_waits(planned: Stage) -> None:
    stage = planned
    (listed,) = saying(stage, "open_plan")
    assert f"変更案 {len(of_mode_plan(stage))} 件" in str(listed.blocks)
    rest_until_tomorrow_morning_at_ten(stage)
    for moment in ("11-25 09:00", "11-25 09:05"):
        stage.it_is(moment)
        stage.make_round()
    (told,) = saying(stage, "open_plan")
    assert (told.ts != listed.ts, len(told.blocks)) == (True, 1)
    stage.presses(OPS, told, "open_plan", "open_plan")
    assert stage.window(OPS)["callback_id"] == "review_plan"
    stage.it_is("11-25 10:05")
    stage.make_round()
    (again,) = saying(stage, "open_plan")
    assert (again.ts != told.ts, len(again.blocks) > 1) == (True, True)
    assert [one.text for one in stage.messages(OPS) if one.ts == told.ts] == [
        "11月25日（水）のお知らせは、下の新しいお知らせに引き継ぎました。"
    ]


def test_when_the_plan_is_settled_the_message_says_so(planned: Stage) -> None:
    stage = planned
    rest_until_tomorrow_morning_at_ten(stage)
    stage.it_is("11-25 09:00")
    stage.make_round()
    stage.types(OPS, "plan")
    while (view := stage.window(OPS)).get("submit"):
        stage.does(OPS, "submit", values=ticked(view, set()))
    soon(lambda: saying(stage, "open_plan") == [])
    assert "片付きました" in stage.messages(OPS)[-1].text


def test_an_owner_hears_in_the_morning_how_many_proposals_wait_and_decides(suggested: Stage) -> None:
    stage = suggested
    contacts = stage.crm.state(object="contacts")["objects"]["contacts"]
    lines = waiting(stage, "suggested")
    owners = [contacts[one["id"]]["properties"].get("hubspot_owner_id") for one in lines]
    owner = next(one for one in people_of("IS") if one in owners)
    (said,) = saying(stage, "open_proposals", owner)
    assert any(f"提案 {owners.count(owner)} 件" in str(block) for block in said.blocks)
    stage.presses(owner, said, "open_proposals", "open_proposals")
    soon(lambda: any(f"ルールからの提案 {owners.count(owner)} 件" in one for one in stage.told_privately(owner)))
    shown = stage.whispers(owner)[-1]
    stage.does(owner, "click", channel=shown["channel"], ts=shown["ts"], action_id="approve_all")
    told(stage, owner, "書き込み")
    soon(lambda: f"提案 {owners.count(owner)} 件" not in str(saying(stage, "open_proposals", owner)))


def of_mode_plan(stage: Stage) -> list[dict[str, Any]]:
    return [one for one in stage.plan()["lines"] if one["state"] == "proposed"]


def rest_until_tomorrow_morning_at_ten(stage: Stage) -> None:
    """What the admin was told of, so that there is no list of findings before."""
    stage.it_is("11-24 10:00")
    service = Service(stage.program)
    visitor = service.visitor(slack_id(OPS))
    found = [one.finding_id for one in service.my_findings(visitor, "mine")]
    assert service.acknowledge(visitor, found, "all of them").ok


def test_nobody_but_the_admin_opens_a_plan(planned: Stage) -> None:
    manager = people_of("FS")[0]
    planned.types(manager, "plan")
    assert "管理者（Ops）だけ" in planned.told_privately(manager)[-1]
    assert planned.window(manager) is None


def test_all_proposals_are_approved_with_one_click_and_taken_back_with_another(suggested: Stage) -> None:
    stage = suggested
    lines = waiting(stage, "suggested")[:50]
    stage.types(OPS, "proposals")
    press(stage, OPS, "approve_all")
    told(stage, OPS, f"書き込み {len(lines)} 件")
    assert sum(rank(stage, one["id"]) == "COOL" for one in lines) == len(lines)
    press(stage, OPS, "undo")
    told(stage, OPS, f"{len(lines)} 件の変更を元に戻しました")
    assert sum(rank(stage, one["id"]) == "COOL" for one in lines) == 0


def test_a_rejected_proposal_comes_back_once_the_record_has_changed(suggested: Stage) -> None:
    stage = suggested
    line = waiting(stage, "suggested")[0]
    decide(stage, line, "reject")
    stage.does(OPS, "submit", values={"reason": {"why": "来期の案件のため"}})
    soon(lambda: "却下しました" in str(stage.window(OPS)))
    stage.make_round()
    assert line["id"] in {one["id"] for one in waiting(stage, "held_back")}
    (kept,) = stage.audited(line["id"], "line.rejected")
    assert kept["reason"] == "来期の案件のため"
    stage.person_sets(line["id"], hs_lead_status="NEW")
    stage.make_round()
    stage.person_sets(line["id"], hs_lead_status="ATTEMPTED_TO_CONTACT")
    stage.make_round()
    assert line["id"] in {one["id"] for one in waiting(stage, "suggested")}


def test_what_is_put_off_comes_again_after_three_business_days(suggested: Stage) -> None:
    stage = suggested
    line = waiting(stage, "suggested")[0]
    decide(stage, line, "not_now")
    told(stage, OPS, "11月27日（金） まで見送りました")
    stage.it_is("11-26 18:00")
    assert not offered(stage, line)
    stage.it_is("11-27 09:00")
    assert offered(stage, line)


def test_a_colleague_cannot_decide_with_a_button_of_their_own_past(suggested: Stage) -> None:
    stage = suggested
    line = waiting(stage, "suggested")[0]
    stage.types(OPS, "proposals")
    stage.program.settings.file.roles["Ops"] = ()
    press(stage, OPS, "approve_all")
    told(stage, OPS, "担当者")
    assert stage.audited(line["id"], "write.applied") == []


def decide(stage: Stage, line: dict[str, Any], decision: str) -> None:
    stage.types(OPS, "proposals")
    shown = stage.whispers(OPS)[-1]
    place = {"channel": shown["channel"], "ts": shown["ts"], "block_id": f"contacts:{line['id']}:line:{line['line']}"}
    stage.does(OPS, "click", **place, action_id="proposal_menu", selected=f"{decision} {line['line']}")


def offered(stage: Stage, line: dict[str, Any]) -> bool:
    stage.types(OPS, "proposals")
    return any(str(b.get("block_id")).endswith(f":line:{line['line']}") for b in stage.whispers(OPS)[-1]["blocks"])
