"""The list of findings for one person."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest

from slack_app.blocks.message import message
from slack_app.limits import MESSAGE_BLOCKS, MESSAGE_LIMIT, problems
from slack_app.views import MessageKind
from tests.slack_app.builders import make_line, make_view

JST = timezone(timedelta(hours=9))
LONGEST: dict[str, Any] = {
    "contact_name": "寿限無&<" * 60,
    "company": "一般財団法人<&>" * 40,
    "title": "長い題名" * 60,
    "reason": "長い理由&" * 200,
    "status_label": "長い状態" * 50,
    "owner_name": "長い担当" * 50,
    "url": "https://crm.example/" + "x" * 300,
    "suggested": ("OPEN_DEAL",),
}


def buttons(block: Any) -> list[str]:
    return [element["action_id"] for element in block["elements"]]


@pytest.mark.parametrize("kind", list(MessageKind))
@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("count", [1, 10, 11, 70])
def test_every_message_is_within_slacks_limits_even_with_the_longest_values(
    kind: MessageKind, language: str, count: int
) -> None:
    waiting = [make_line(number, **LONGEST) for number in range(count)]
    settled = [make_line(1_000 + number, **LONGEST, closed_reason="closed.fixed") for number in range(count)]
    sent = message(make_view(*waiting, *settled, kind=kind, language=language, addressee="長い宛先" * 90))
    assert problems(sent.blocks, MESSAGE_BLOCKS) == []
    assert len(json.dumps(sent.blocks, ensure_ascii=False)) < MESSAGE_LIMIT
    assert 0 < len(sent.text) < 4_000


def test_a_finding_has_its_buttons_and_a_block_id_that_names_the_contact() -> None:
    blocks = message(make_view(make_line(17, contact_id="501", suggested=("BAD_TIMING",)))).blocks
    assert blocks[3]["block_id"] == "contacts:501:finding:17"
    assert buttons(blocks[4]) == ["acknowledge", "snooze", "change_status", "open_crm"]
    assert [element.get("value") for element in blocks[4]["elements"]] == ["17", None, "501 BAD_TIMING", None]


def test_whoever_may_give_the_contact_to_another_owner_has_a_button_for_it() -> None:
    actions = message(make_view(make_line(17, contact_id="501", reassigns=True))).blocks[4]
    assert buttons(actions) == ["acknowledge", "snooze", "reassign", "change_status", "open_crm"]
    assert actions["elements"][2]["value"] == "501"


def test_the_name_leads_to_the_crm() -> None:
    text = message(make_view(make_line(17))).blocks[3]["text"]["text"]
    assert "<https://crm.example/contacts/1/record/0-1/501|山田 太郎>" in text


def test_the_first_ten_are_shown_and_the_rest_is_counted_by_rule() -> None:
    lines = [make_line(number, title="止まっています" if number % 2 else "未入力") for number in range(25)]
    blocks = message(make_view(*lines)).blocks
    shown = [block for block in blocks if block["type"] == "actions"]
    rest = blocks[-1]["text"]["text"]
    assert len(shown) == 10
    assert "ほかに 15 件" in rest
    assert "未入力　8 件" in rest


def test_an_acknowledged_finding_says_by_whom_and_until_when_and_asks_no_more() -> None:
    until = datetime(2026, 11, 25, 9, 30, tzinfo=JST)
    line = make_line(acknowledged_by="佐藤 美咲", acknowledged_until=until)
    section, actions = message(make_view(line)).blocks[3:5]
    assert (
        "佐藤 美咲さんが確認済み（<!date^1795566600^{date_short_pretty} {time}|11/25 9:30>" in section["text"]["text"]
    )
    assert buttons(actions) == ["snooze", "change_status", "open_crm"]


def test_a_snoozed_finding_says_by_whom_and_until_when_and_can_be_woken() -> None:
    until = datetime(2026, 11, 27, 9, 0, tzinfo=JST)
    line = make_line(17, snoozed_by="佐藤 美咲", snoozed_until=until, revision=3)
    section, actions = message(make_view(line)).blocks[3:5]
    assert "佐藤 美咲さんがスヌーズ中" in section["text"]["text"]
    assert "|11/27 9:00>" in section["text"]["text"]
    assert buttons(actions) == ["unsnooze", "change_status", "open_crm"]
    assert actions["elements"][0]["value"] == "17.3"


@pytest.mark.parametrize(("reason", "words"), [("closed.fixed", "解消しました"), ("closed.novel", "終了しました")])
def test_a_closed_finding_is_struck_out_and_says_how_it_ended(reason: str, words: str) -> None:
    blocks = message(make_view(make_line(17), make_line(18, closed_reason=reason))).blocks
    text = blocks[-1]["elements"][0]["text"]
    assert text.startswith("~<https://")
    assert text.endswith(f"~　→ {words}")


@pytest.mark.parametrize(
    ("ping", "words", "label"),
    [
        ("still_on_it", "引き続きご対応中ですか", "対応中です"),
        ("snooze_over", "スヌーズが終わりました", "確認しました"),
        ("again", "まだ動きがないため", "確認しました"),
        ("nudged", "マネージャーから", "確認しました"),
    ],
)
def test_a_finding_whose_owner_is_called_again_says_why(ping: str, words: str, label: str) -> None:
    section, actions = message(make_view(make_line(ping=ping, told=3))).blocks[3:5]
    assert words in section["text"]["text"]
    assert "お知らせ 3 回目" in section["text"]["text"]
    assert actions["elements"][0]["text"]["text"] == label


def test_an_owner_sees_who_else_was_told() -> None:
    texts = [message(make_view(make_line(level=level))).blocks[3]["text"]["text"] for level in (1, 2, 3)]
    assert ["共有しました" in text for text in texts] == [False, True, True]
    assert "マネージャー" in texts[2]


@pytest.mark.parametrize(
    ("level", "words"), [(2, "12月1日（火）にチームのチャンネルへ"), (3, "12月1日（火）にマネージャーへ")]
)
def test_an_owner_sees_who_is_told_next_and_when(level: int, words: str) -> None:
    line = make_line(told=2, next_level=level, next_day=date(2026, 12, 1))
    text = message(make_view(line)).blocks[3]["text"]["text"]
    assert f"お知らせ 2 回目、このままの場合、{words}" in text
    assert "このままの場合" not in message(make_view(make_line(told=2))).blocks[3]["text"]["text"]


def test_when_everything_is_settled_the_list_says_so() -> None:
    sent = message(make_view(make_line(closed_reason="closed.fixed")))
    assert "すべて対応済みです" in sent.text
    assert all(block["type"] != "actions" for block in sent.blocks)


def test_a_superseded_list_shrinks_to_one_line() -> None:
    sent = message(make_view(make_line(), superseded=True))
    assert len(sent.blocks) == 1
    assert "新しい一覧" in sent.text


def test_a_list_for_somebody_without_slack_says_whose_it_is_and_why_it_is_here() -> None:
    sent = message(make_view(make_line(), kind=MessageKind.FALLBACK, addressee="井上 拓也"))
    assert "井上 拓也さんあて" in sent.blocks[0]["text"]["text"]
    assert "Slack に見つからない" in sent.blocks[1]["text"]["text"]


@pytest.mark.parametrize("kind", [MessageKind.DIGEST, MessageKind.LEAK_CHECK, MessageKind.FALLBACK])
def test_nobody_is_called_by_a_name(kind: MessageKind) -> None:
    line = make_line(contact_name="<!channel>", company="<@U0TSUMUGI01>", reason="<!here>", owner_name="<!everyone>")
    sent = message(make_view(line, kind=kind, addressee="<!channel>"))
    marked = [sent.text, *(block["text"]["text"] for block in sent.blocks if block["type"] == "section")]
    assert not any(sign in text for text in marked for sign in ("<!", "<@"))


def test_english_readers_get_english() -> None:
    sent = message(make_view(make_line(), language="en"))
    assert sent.blocks[0]["text"]["text"] == "Tue, Nov 24: 1 item needs you"
