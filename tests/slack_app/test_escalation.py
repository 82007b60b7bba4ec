"""Calling an owner again, telling the team, telling a manager."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from slack_app.blocks.message import message
from slack_app.views import MessageKind
from tests.slack_app.builders import make_line, make_view

SNOOZED: dict[str, Any] = {"snoozed_by": "佐藤 美咲", "snoozed_until": datetime(2026, 11, 27, tzinfo=UTC)}


def actions(sent: Any) -> list[list[str]]:
    return [[one["action_id"] for one in block["elements"]] for block in sent.blocks if block["type"] == "actions"]


def test_a_call_names_its_person_and_asks_about_each_finding_with_a_menu() -> None:
    view = make_view(make_line(17, ping="still_on_it"), kind=MessageKind.NUDGE, addressee_slack_id="U0TSUMUGI04")
    sent = message(view)
    assert sent.text == "<@U0TSUMUGI04> さん、次の 1 件のご確認をお願いします。"
    assert "引き続きご対応中ですか" in str(sent.blocks[1])
    menu = [option["text"]["text"] for option in sent.blocks[2]["accessory"]["options"]]
    assert menu == ["対応中です", "スヌーズ", "ステータスを変更", "CRM で開く", "問題なし（誤検知）…"]


def test_a_call_is_no_second_message_about_the_finding() -> None:
    sent = message(
        make_view(make_line(17, ping="again"), make_line(18, closed_reason="closed.fixed"), kind=MessageKind.NUDGE)
    )
    assert [block["block_id"] for block in sent.blocks if "block_id" in block] == ["nudge:17", "nudge:18"]


def test_a_call_that_was_answered_asks_nothing_more() -> None:
    sent = message(make_view(make_line(17, closed_reason="closed.fixed"), kind=MessageKind.NUDGE))
    assert "ありがとうございました" in sent.text
    assert "accessory" not in str(sent.blocks)


def test_a_manager_can_reassign_call_and_snooze() -> None:
    sent = message(make_view(make_line(17, level=3), kind=MessageKind.MANAGER))
    assert actions(sent) == [["reassign", "nudge", "snooze", "open_crm"]]
    assert "髙橋 健一" in sent.blocks[3]["text"]["text"]


def test_a_manager_sees_what_the_owner_has_done_meanwhile() -> None:
    view = make_view(make_line(17, **SNOOZED), make_line(18, closed_reason="closed.fixed"), kind=MessageKind.MANAGER)
    sent = message(view)
    assert actions(sent) == [["reassign", "unsnooze", "open_crm"]]
    assert "佐藤 美咲さんがスヌーズ中" in str(sent.blocks)
    assert "解消しました" in str(sent.blocks)
    assert (
        "すべて動きました" in message(make_view(make_line(closed_reason="closed.fixed"), kind=MessageKind.MANAGER)).text
    )


def test_nobody_is_blamed_whom_slack_could_not_tell() -> None:
    line = make_line(17, unreached=True)
    assert "届いていません" in str(message(make_view(line, kind=MessageKind.MANAGER)).blocks)
    assert "届いていません" in str(message(make_view(line, kind=MessageKind.TEAM)).blocks)


def test_a_team_reads_one_line_each_without_buttons() -> None:
    sent = message(make_view(make_line(17), make_line(18, **SNOOZED), kind=MessageKind.TEAM))
    assert actions(sent) == []
    assert "動きのないリード 2 件" in sent.blocks[0]["text"]["text"]
    assert sent.blocks[2]["text"]["text"].count("✓") == 1
