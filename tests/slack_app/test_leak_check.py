"""Everybody's FS leaks in their channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from slack_app.blocks import leak_check as drawn
from slack_app.blocks.message import message
from slack_app.courier import Message
from slack_app.limits import MESSAGE_BLOCKS, problems
from slack_app.views import FindingLine, MessageKind
from tests.slack_app.builders import make_line, make_view


def leak_check(*lines: FindingLine) -> Message:
    return message(make_view(*lines, kind=MessageKind.LEAK_CHECK))


def groups(sent: Message) -> list[str]:
    return [block["text"]["text"] for block in sent.blocks if block.get("block_id", "").startswith("owner:")]


def owned(owner: str | None, numbers: Sequence[int], **changes: Any) -> list[FindingLine]:
    return [make_line(number, owner_name=owner, **changes) for number in numbers]


def test_leaks_stand_under_their_owner_in_the_order_of_urgency() -> None:
    sent = leak_check(*owned("渡邊 直樹", [1]), *owned(None, [2]), *owned("髙橋 健一", [3]), *owned("渡邊 直樹", [4]))
    assert [text.splitlines()[0] for text in groups(sent)] == [
        "*渡邊 直樹*　2 件",
        "*担当者未設定*　1 件",
        "*髙橋 健一*　1 件",
    ]


def test_a_line_has_a_link_the_code_and_the_reason() -> None:
    line = groups(leak_check(make_line()))[0].splitlines()[1]
    assert line.startswith("• <https://crm.example/contacts/1/record/0-1/501|山田 太郎>（株式会社みなと精工）　L1 ")
    assert "取引も次のステータスもありません" in line


def test_sixty_leaks_are_all_there() -> None:
    sent = leak_check(
        *(line for owner in range(6) for line in owned(f"担当 {owner}", range(owner * 10, owner * 10 + 10)))
    )
    assert sum(text.count("<https://") for text in groups(sent)) == 60


def test_what_does_not_fit_is_counted() -> None:
    sent = leak_check(*owned("髙橋 健一", range(200), contact_name="長い名前" * 20))
    shown = groups(sent)[0].count("<https://")
    assert 0 < shown < 200
    assert groups(sent)[0].endswith(f"　ほか {200 - shown} 件")


def test_thousands_are_fitted_in_a_few_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is redrawn after every click on one of them: to try each length took seconds."""
    looks = 0
    fit = drawn._groups

    def counted(*args: Any, **named: Any) -> Any:
        nonlocal looks
        looks += 1
        return fit(*args, **named)

    monkeypatch.setattr(drawn, "_groups", counted)
    sent = leak_check(*(line for owner in range(6) for line in owned(f"担当 {owner}", range(500))))
    assert [len(text) > 1000 for text in groups(sent)] == [True] * 6
    assert problems(sent.blocks, MESSAGE_BLOCKS) == []
    assert looks < 20


def test_owners_beyond_the_blocks_of_a_message_are_counted() -> None:
    sent = leak_check(*(make_line(number, owner_name=f"担当 {number}") for number in range(45)))
    assert len(groups(sent)) == 36
    assert "9 件は省略" in sent.blocks[-2]["elements"][0]["text"]


def test_settled_leaks_are_struck_out() -> None:
    sent = leak_check(make_line(1), make_line(2, closed_reason="closed.fixed"))
    assert "~　→ 解消しました" in sent.blocks[-2]["elements"][0]["text"]


def test_the_channel_has_no_wall_of_buttons() -> None:
    assert all(block["type"] != "actions" for block in leak_check(*owned("髙橋 健一", range(30))).blocks)


def test_no_leaks_is_one_cheerful_line() -> None:
    sent = message(make_view(kind=MessageKind.LEAK_FREE))
    assert len(sent.blocks) == 1
    assert "ゼロ" in sent.text


def test_when_the_last_leak_is_settled_the_list_says_so() -> None:
    assert "すべて解消しました" in leak_check(make_line(closed_reason="closed.fixed")).text


def test_a_superseded_list_shrinks_to_one_line() -> None:
    sent = message(make_view(make_line(), kind=MessageKind.LEAK_CHECK, superseded=True))
    assert len(sent.blocks) == 1


def test_many_owners_with_long_names_are_counted_where_they_do_not_fit() -> None:
    url = f"https://crm.example/contacts/1/record/0-1/{'1' * 40}"
    lines = [make_line(n, owner_name=f"{n}{'名' * 60}", contact_name="氏" * 60, url=url) for n in range(60)]
    sent = leak_check(*lines)
    assert problems(sent.blocks, MESSAGE_BLOCKS) == []
    assert sum("crm.example" in str(block) for block in sent.blocks) > 10
    assert "省略しました" in str(sent.blocks)
