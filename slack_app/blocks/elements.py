"""The pieces of Block Kit that we use, as plain dicts: the SDK's models miss half of Slack's limits and newer blocks."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, time
from typing import Any

from slack_app.cutting import cut, cut_mrkdwn
from slack_app.limits import MESSAGE_BUDGET
from slack_app.mrkdwn import Mrkdwn
from slack_app.views import Choice

Block = dict[str, Any]


def plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def label(text: str) -> Block:
    """For our own words on what repeats with every finding: a message has room for little."""
    return {"type": "plain_text", "text": cut(text, 75)}


def mrkdwn(text: Mrkdwn) -> Block:
    # `verbatim`: Slack must not make links of what merely looks like an address or a channel name.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain_text(cut(text, 150))}


def section(text: Mrkdwn, block_id: str | None = None, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(Mrkdwn(cut_mrkdwn(text, 3000)))}
    if block_id:
        block["block_id"] = block_id
    if accessory:
        block["accessory"] = accessory
    return block


def context(text: Mrkdwn, block_id: str | None = None) -> Block:
    block: Block = {"type": "context", "elements": [mrkdwn(Mrkdwn(cut_mrkdwn(text, 2000)))]}
    if block_id:
        block["block_id"] = block_id
    return block


def divider() -> Block:
    return {"type": "divider"}


def actions(block_id: str, elements: Sequence[Block]) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(action_id: str, text: str, value: str) -> Block:
    """Never in colour: ten green buttons in one list cry ten times."""
    return {"type": "button", "action_id": action_id, "text": label(text), "value": value}


def url_button(action_id: str, text: str, url: str) -> Block:
    return {"type": "button", "action_id": action_id, "text": label(text), "url": url}


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def option(label: str, value: str, url: str | None = None) -> Block:
    block: Block = {"text": plain_text(cut(label, 75)), "value": value}
    if url:
        block["url"] = url
    return block


def menu(action_id: str, placeholder: str, choices: Sequence[Choice]) -> Block:
    """A few choices of ours, as small as can be."""
    options = [{"text": label(choice.label), "value": choice.value} for choice in choices]
    return {"type": "static_select", "action_id": action_id, "placeholder": label(placeholder), "options": options}


def select(action_id: str, placeholder: str, choices: Sequence[Choice], chosen: str | None = None) -> Block:
    """A menu of up to 100 choices; `chosen` is preselected if it is among them."""
    options = [option(choice.label, choice.value) for choice in choices[:100]]
    block: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain_text(cut(placeholder, 150)),
        "options": options,
    }
    initial = [each for each in options if each["value"] == chosen]
    if initial:
        block["initial_option"] = initial[0]
    return block


def day_picker(action_id: str, chosen: date | None = None) -> Block:
    block: Block = {"type": "datepicker", "action_id": action_id}
    if chosen:
        block["initial_date"] = chosen.isoformat()
    return block


def time_picker(action_id: str, chosen: time | None) -> Block:
    block: Block = {"type": "timepicker", "action_id": action_id}
    if chosen:
        block["initial_time"] = f"{chosen:%H:%M}"
    return block


def user_select(action_id: str, placeholder: str) -> Block:
    return {"type": "users_select", "action_id": action_id, "placeholder": plain_text(cut(placeholder, 150))}


def text_field(action_id: str, placeholder: str, longest: int = 500) -> Block:
    """Several lines of a person's own words."""
    return {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": True,
        "max_length": longest,
        "placeholder": plain_text(cut(placeholder, 150)),
    }


def checkboxes(action_id: str, options: Sequence[Block], ticked: Collection[str]) -> Block:
    """Up to ten boxes; `ticked` are values."""
    block: Block = {"type": "checkboxes", "action_id": action_id, "options": list(options)}
    initial = [each for each in options if each["value"] in ticked]
    if initial:
        block["initial_options"] = initial
    return block


def described(label: str, description: str, value: str) -> Block:
    """An option in two lines."""
    return {**option(label, value), "description": plain_text(cut(description, 75))}


def text_area(action_id: str) -> Block:
    return {"type": "plain_text_input", "action_id": action_id, "multiline": True, "max_length": 500}


def question(block_id: str, label: str, element: Block, *, dispatch: bool = False, optional: bool = False) -> Block:
    block: Block = {"type": "input", "block_id": block_id, "label": plain_text(cut(label, 2000)), "element": element}
    if dispatch:
        block["dispatch_action"] = True
    if optional:
        block["optional"] = True
    return block


def as_many_as_fit(build: Callable[[int], list[Block]], most: int) -> list[Block]:
    """What `build` makes of so many entries that Slack takes it. Long names and addresses may make `most` too many."""
    shown = most
    blocks = build(shown)
    while weight(blocks) > MESSAGE_BUDGET and shown > 1:
        shown -= 1
        blocks = build(shown)
    return blocks


def weight(blocks: Sequence[Mapping[str, Any]]) -> int:
    """The characters of all blocks together, which Slack limits, too."""
    return len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
