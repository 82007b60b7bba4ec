"""Our own check of Slack's limits."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from slack_app.blocks.elements import actions, button, context, header, overflow, section, select, url_button
from slack_app.courier import Message
from slack_app.limits import MESSAGE_BLOCKS, VIEW_BLOCKS, fitted_message, fitted_view, problems
from slack_app.mrkdwn import Mrkdwn
from slack_app.views import Choice

WORDS = Mrkdwn("山" * 20_000)


def raw_section(length: int, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": "山" * length}, **more}


def raw_button(**changes: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "開く"}, "value": "1"} | changes


BAD_BLOCKS: dict[str, list[dict[str, Any]]] = {
    "section over 3,000": [raw_section(3_001)],
    "empty section": [raw_section(0)],
    "header over 150": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}],
    "button over 75": [actions("b", [raw_button(text={"type": "plain_text", "text": "x" * 76})])],
    "button value over 2,000": [actions("b", [raw_button(value="x" * 2_001)])],
    "address over 3,000": [actions("b", [raw_button(url="https://crm.example/" + "x" * 3_000)])],
    "action_id over 255": [actions("b", [raw_button(action_id="x" * 256)])],
    "block_id over 255": [raw_section(1, block_id="x" * 256)],
    "block_id twice": [raw_section(1, block_id="x"), raw_section(2, block_id="x")],
    "no buttons": [actions("b", [])],
    "26 buttons": [actions("b", [raw_button()] * 26)],
    "11 in a context": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 11}],
    "6 in an overflow": [raw_section(1, accessory={"type": "overflow", "options": [{"value": "x"}] * 6})],
    "51 blocks": [raw_section(1)] * 51,
    "13,000 together": [raw_section(2_900)] * 5,
}


@pytest.mark.parametrize("case", BAD_BLOCKS)
def test_what_slack_refuses_is_found_before_it_is_sent(case: str) -> None:
    assert problems(BAD_BLOCKS[case], MESSAGE_BLOCKS)


@pytest.mark.parametrize("case", BAD_BLOCKS)
def test_whatever_is_wrong_with_the_blocks_something_sendable_remains(case: str) -> None:
    fitted, found = fitted_message(Message("対応待ちが 3 件あります", BAD_BLOCKS[case]))
    assert found
    assert fitted.text == "対応待ちが 3 件あります"
    assert problems(fitted.blocks, MESSAGE_BLOCKS) == []


def test_too_long_a_text_is_shortened_and_the_rest_stays() -> None:
    fitted, _ = fitted_message(Message("x", [raw_section(3_001), raw_section(5)]))
    assert [len(block["text"]["text"]) for block in fitted.blocks] == [3_000, 5]


def test_a_message_within_the_limits_is_sent_as_it_is() -> None:
    sound = Message("x", [raw_section(3_000)])
    assert fitted_message(sound) == (sound, [])


def test_what_is_wrong_is_told_without_the_words() -> None:
    _, found = fitted_message(Message("x", [raw_section(3_001)]))
    assert found == ["/blocks/0/text: 3001 characters, 1 to 3000 allowed"]


def test_a_form_with_too_many_blocks_loses_the_last() -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "x" * 30}, "blocks": [raw_section(3_001)] * 101}
    fitted, found = fitted_view(view)
    assert len(found) == 103
    assert len(fitted["blocks"]) == VIEW_BLOCKS
    assert len(fitted["title"]["text"]) == 24


def test_our_elements_keep_the_limits_by_themselves() -> None:
    options = [Choice(str(number), WORDS) for number in range(120)]
    blocks = [
        header(WORDS),
        context(WORDS),
        section(Mrkdwn("x"), "s", select("a", WORDS, options)),
        actions("b", [button("a", WORDS, "1"), url_button("c", WORDS, "https://crm.example/")]),
        section(Mrkdwn("y"), "o", overflow("a", [{"text": {"type": "plain_text", "text": "x"}, "value": "1"}])),
    ]
    assert problems(blocks, VIEW_BLOCKS) == []


def test_our_numbers_are_those_of_the_published_limits() -> None:
    specs = os.environ.get("MIMAWARI_SPECS")
    if specs is None:
        pytest.skip("MIMAWARI_SPECS does not say where the shared API descriptions are")
    limits = json.loads((Path(specs) / "slack/blockkit/limits.json").read_text())
    assert limits["text"]["max_length"] == limits["section"]["text"]["max_length"] == 3_000
    assert limits["header"]["text"]["max_length"] == 150
    assert limits["actions"]["elements"]["max_items"] == 25
    assert (limits["button"]["text"]["max_length"], limits["option"]["value"]["max_length"]) == (75, 150)
    assert (limits["view"]["title"]["max_length"], limits["view"]["blocks"]["max_items"]) == (24, VIEW_BLOCKS)
