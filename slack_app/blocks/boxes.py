"""Boxes to tick, as many in an element as Slack takes, and what a form says of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from slack_app.blocks.elements import Block, checkboxes, question

IN_ONE = 10
_ACTION = "tick"


def boxes(block_id: str, label: str, options: Sequence[Block], ticked: Collection[str]) -> Block:
    """No more than IN_ONE. All of them may be unticked."""
    return question(block_id, label, checkboxes(_ACTION, options, ticked), optional=True)


def read_boxes(view: Mapping[str, Any]) -> tuple[list[str], set[str]]:
    """The values on the screen, and those of them that are ticked."""
    elements = [block["element"] for block in view["blocks"] if block.get("element", {}).get("type") == "checkboxes"]
    shown = [option["value"] for element in elements for option in element["options"]]
    answers: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    chosen = [answer.get(_ACTION, {}).get("selected_options") or () for answer in answers.values()]
    return shown, {option["value"] for options in chosen for option in options}


def first_box(view: Mapping[str, Any]) -> str:
    """Where a refusal is shown."""
    return next(block["block_id"] for block in view["blocks"] if block["type"] == "input")
