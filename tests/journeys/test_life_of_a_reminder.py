"""One reminder from its first message to its end: put to rest, called again, passed on, settled."""

from __future__ import annotations

from typing import Any

from jobs.service import Service
from tests.journeys.stage import FALLBACK_CHANNEL, Heard, Stage, people_of, slack_id, soon


def a_leak(stage: Stage) -> dict[str, Any]:
    """An L1 whose owner reads Slack."""
    return next(one for one in stage.findings("L1") if one["owner"] in people_of("FS"))


def digest(stage: Stage, leak: dict[str, Any]) -> Heard:
    return [one for one in stage.messages(leak["owner"]) if one.shows(leak["id"])][-1]


def state(stage: Stage, leak: dict[str, Any]) -> str:
    return next(one["state"] for one in stage.findings("L1") if one["id"] == leak["id"])


def test_a_snooze_rests_the_finding_until_its_morning(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    stage.presses(leak["owner"], digest(stage, leak), "snooze", f"3d {leak['id_of_finding']}.0")
    assert soon(lambda: stage.told_privately(leak["owner"])) == [
        "スヌーズしました（1 件）。11/27 9:00 にあらためてお知らせします。"
    ]
    assert (state(stage, leak), digest(stage, leak).edits) == ("snoozed", 1)
    assert "スヌーズ中" in str(digest(stage, leak).blocks)
    (kept,) = stage.audited(leak["id"], "finding.snoozed")
    assert kept["actor"].startswith(f"person {leak['owner']} ")
    stage.it_is("11-27 08:59")
    stage.make_round()
    assert state(stage, leak) == "snoozed"
    stage.it_is("11-27 09:30")
    stage.make_round()
    assert digest(stage, leak).asks_about(leak["id"])
    assert "スヌーズ中" not in str(digest(stage, leak).blocks)


def test_a_snooze_is_ended_by_hand_and_an_older_button_ends_no_newer_one(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    owner, number = leak["owner"], leak["id_of_finding"]
    stage.types(owner, f"snooze #{number} 明日")
    stage.presses(owner, digest(stage, leak), "unsnooze", f"{number}.1")
    assert state(stage, leak) == "reminded"
    stage.types(owner, f"snooze #{number} ３日")
    stage.presses(owner, digest(stage, leak), "unsnooze", f"{number}.1", version=1)
    assert state(stage, leak) == "snoozed"
    words = soon(lambda: stage.told_privately(owner)[3:])[0]
    assert "すでに" in words
    assert "11/27 9:00 まで" in words


def test_a_snooze_has_an_end_and_words_that_name_one(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    for words in ("2026-12-24", "2026-11-01"):
        stage.types(leak["owner"], f"snooze #{leak['id_of_finding']} {words}")
    too_long, past = stage.told_privately(leak["owner"])
    assert "10 営業日先（12月8日（火））まで" in too_long
    assert "過ぎた日時" in past
    assert state(stage, leak) == "reminded"


def test_a_false_alarm_is_struck_out_and_told_no_more_until_it_turns_out_to_be_none(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    (listed,) = stage.types(leak["owner"], "list")["ephemeral"]
    menu = f"dismiss {leak['id_of_finding']}.0"
    place = {"channel": digest(stage, leak).channel, "ts": listed["ts"]}
    stage.does(leak["owner"], "click", **place, action_id="finding_menu", selected=menu)
    stage.does(leak["owner"], "submit", values={"reason": {"reason": "取引先の担当者です"}})
    assert state(stage, leak) == "suppressed"
    assert (digest(stage, leak).asks_about(leak["id"]), "問題なし" in str(digest(stage, leak).blocks)) == (False, True)
    assert len(stage.audited(leak["id"], "finding.dismissed")) == 1
    assert stage.make_round()["messages"]["posted"] == 0
    owner, number = leak["owner"], leak["id_of_finding"]
    stage.types(owner, f"why #{number}")
    shown = stage.whispers(owner)[-1]
    place = {"channel": shown["channel"], "ts": shown["ts"]}
    stage.does(owner, "click", **place, action_id="undismiss", value=f"{number}.1")
    soon(lambda: "取り消しました" in stage.told_privately(owner)[-1])
    assert (state(stage, leak), digest(stage, leak).asks_about(leak["id"])) == ("reminded", True)
    assert len(stage.audited(leak["id"], "finding.undismissed")) == 1


def test_who_said_to_be_on_it_is_asked_once_in_the_thread(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    stage.it_is("11-24 10:00")
    stage.presses(leak["owner"], digest(stage, leak), "acknowledge", str(leak["id_of_finding"]))
    # Another finding of the same owner, so that there is a list in the morning.
    stage.it_is("11-25 09:30")
    stage.make_round()
    listed = digest(stage, leak)
    stage.it_is("11-25 10:01")
    stage.make_round()
    asked = stage.messages(leak["owner"])[-1]
    assert (asked.thread, asked.shows(leak["id"])) == (listed.ts, False)
    assert asked.text.startswith(f"<@{slack_id(leak['owner'])}> さん")
    assert "引き続きご対応中ですか" in str(asked.blocks)
    assert "引き続きご対応中ですか" in str(digest(stage, leak).blocks)
    assert stage.make_round()["messages"] == {"posted": 0, "updated": 0, "held": 0, "failed": 0}
    stage.presses(leak["owner"], asked, "finding_menu", f"acknowledge {leak['id_of_finding']}")
    assert state(stage, leak) == "acknowledged"


def test_the_owner_reads_a_business_day_before_that_the_team_is_told_unless_it_rests(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    notice = "このままの場合、11月30日（月）にチームのチャンネルへ共有します"
    said = list[bool]()
    for day in ("11-25", "11-26", "11-27"):
        stage.it_is(f"{day} 09:30")
        stage.make_round()
        stage.make_round()
        said.append(notice in words_about(digest(stage, leak), leak))
    assert said == [False, False, True]
    stage.types(leak["owner"], f"why {leak['id']}")
    assert notice in str(stage.whispers(leak["owner"])[-1]["blocks"])
    stage.presses(leak["owner"], digest(stage, leak), "acknowledge", str(leak["id_of_finding"]))
    soon(lambda: notice not in words_about(digest(stage, leak), leak))


def words_about(message: Heard, leak: dict[str, Any]) -> str:
    block_id = f"contacts:{leak['id']}:finding:{leak['id_of_finding']}"
    return next(str(block) for block in message.blocks if block.get("block_id") == block_id)


def test_what_its_owner_lets_lie_goes_to_the_team_and_then_to_a_manager_who_finds_another(open_stage: Stage) -> None:
    stage, manager = open_stage, people_of("Manager")[0]
    for day in ("11-25", "11-26", "11-27", "11-30", "12-01", "12-02"):
        stage.it_is(f"{day} 09:30")
        stage.make_round()
    assert [one for one in stage.messages(FALLBACK_CHANNEL) if "動きのないリード" in one.text]
    # The manager reads English.
    (stuck,) = [one for one in stage.messages(manager) if "leads are stuck" in one.text]
    contact_id = next(
        one["value"]
        for block in stuck.blocks
        for one in block.get("elements", ())
        if one.get("action_id") == "reassign"
    )
    former = stage.contact(contact_id)["hubspot_owner_id"]
    stage.presses(manager, stuck, "reassign", contact_id)
    options = next(b["element"]["options"] for b in stage.window(manager)["blocks"] if b["type"] == "input")
    new = options[0]["value"]
    stage.does(manager, "submit", values={"owner": {"owner": new}})
    soon(lambda: "the owner is now" in str(stage.window(manager)))
    assert stage.contact(contact_id)["hubspot_owner_id"] == new != former
    (written,) = stage.audited(contact_id, "write.applied")
    assert (written["property"], written["after"]) == ("hubspot_owner_id", new)
    assert written["actor"].startswith(f"person {manager} ")
    (now,) = [one for one in stage.messages(manager) if one.ts == stuck.ts]
    assert not now.asks_about(contact_id)
    assert stage.make_round()["messages"]["failed"] == 0


def test_a_manager_gives_a_contact_whose_owner_is_wrong_to_another_from_the_morning_list(open_stage: Stage) -> None:
    stage, manager = open_stage, people_of("Manager")[0]
    listed = next(one for one in stage.messages(manager) if "'reassign'" in str(one.blocks))
    contact_id = next(
        one["value"]
        for block in listed.blocks
        for one in block.get("elements", ())
        if one.get("action_id") == "reassign"
    )
    assert {one["code"] for one in stage.findings() if one["id"] == contact_id} & {"H10", "L7"}
    stage.presses(manager, listed, "reassign", contact_id)
    options = next(b["element"]["options"] for b in stage.window(manager)["blocks"] if b["type"] == "input")
    new = next(one["value"] for one in options if one["value"] in people_of("FS"))
    stage.does(manager, "submit", values={"owner": {"owner": new}})
    soon(lambda: stage.contact(contact_id)["hubspot_owner_id"] == new)
    soon(lambda: not next(one for one in stage.messages(manager) if one.ts == listed.ts).asks_about(contact_id))
    others = [one for one in stage.messages() if one.to != manager]
    assert not any("'reassign'" in str(one.blocks) for one in others)


def test_a_manager_whom_somebody_was_faster_than_sees_both_owners(open_stage: Stage) -> None:
    stage, manager = open_stage, people_of("Manager")[0]
    service = Service(stage.program)
    visitor = service.visitor(slack_id(manager))
    leak = stage.findings("L1")[0]
    mine, faster = service.owner_choices(visitor, leak["id"])[:2]
    stage.person_sets(leak["id"], hubspot_owner_id=faster.value)
    answer = service.reassign(visitor, leak["id"], mine.value, "click 1")
    assert (answer.ok, answer.text) == (False, "answer.conflict")
    assert (answer.values["after"], answer.values["seen"]) == (mine.label, faster.label)
    assert answer.values["contact"]
    assert stage.contact(leak["id"])["hubspot_owner_id"] == faster.value


def test_an_owner_is_called_again_once_a_day_however_often_the_click_arrives(open_stage: Stage) -> None:
    stage, leak = open_stage, a_leak(open_stage)
    service = Service(stage.program)
    one, other = (service.visitor(slack_id(manager)) for manager in people_of("Manager") + people_of("Ops"))
    number = [leak["id_of_finding"]]
    first = service.nudge(one, number, "click 1")
    assert (first.ok, first.text) == (True, "answer.nudged")
    assert service.nudge(one, number, "click 1") == first
    assert service.nudge(other, number, "click 2").text == "answer.already_nudged"
    assert len(stage.audited(leak["id"], "finding.nudged")) == 1
    stage.it_is("11-25 09:30")
    assert service.nudge(other, number, "click 3").ok
    assert service.nudge(service.visitor(slack_id(leak["owner"])), number, "click 4").text == "answer.only_managers"
