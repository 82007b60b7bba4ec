"""What Slack adds to blocks that left out their ids."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from slack_app.sandbox.identity import make_block_id
from slack_app.sandbox.json_values import as_object, objects

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json

_WITHOUT_ACTION = {"image", "mrkdwn", "plain_text"}


def fill_ids(blocks: list[Json]) -> list[Json]:
    """A copy in which every block has a `block_id` and every interactive element an `action_id`."""
    filled = copy.deepcopy(blocks)
    for block in filled:
        block.setdefault("block_id", make_block_id())
        for element in interactive_elements(block):
            element.setdefault("action_id", make_block_id())
    return filled


def interactive_elements(block: Json) -> list[Json]:
    """The elements of one block that a person can act on."""
    single = [as_object(block.get("accessory")), as_object(block.get("element"))]
    several = [*objects(block.get("elements")), *objects(block.get("actions"))]
    if block.get("type") not in {"actions", "context_actions", "card"}:
        several = []
    candidates = [element for element in [*single, *several] if element is not None]
    return [element for element in candidates if element.get("type") not in _WITHOUT_ACTION]
