"""Slack's limits, checked before anything is sent: what is too long is shortened, what cannot be mended becomes text.

The limits are those of docs.slack.dev/reference/block-kit; the one on a message's blocks together is seen, not documented.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from slack_app.courier import Message
from slack_app.cutting import cut, cut_mrkdwn

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
TEXT_LIMIT = 4_000
# Slack refuses from about 13,200 characters on.
MESSAGE_LIMIT = 13_000
# What builders aim at, with room for block ids that Slack fills in.
MESSAGE_BUDGET = 12_500

_LENGTHS: Mapping[tuple[str, str], int] = {
    ("header", "text"): 150,
    ("section", "text"): 3_000,
    ("context", "elements"): 3_000,
    ("button", "text"): 75,
    ("input", "label"): 2_000,
    ("option", "text"): 75,
    ("static_select", "placeholder"): 150,
    ("plain_text_input", "placeholder"): 150,
    ("modal", "title"): 24,
    ("modal", "submit"): 24,
    ("modal", "close"): 24,
}
_VALUE_LENGTHS: Mapping[str, int] = {"button": 2_000, "option": 150}
_COUNTS: Mapping[tuple[str, str], tuple[int, int]] = {
    ("actions", "elements"): (1, 25),
    ("context", "elements"): (1, 10),
    ("overflow", "options"): (1, 5),
    ("static_select", "options"): (1, 100),
    ("checkboxes", "options"): (1, 10),
}


def fitted_message(message: Message) -> tuple[Message, list[str]]:
    """The message as Slack will take it, and what was wrong with it: places and numbers, none of the words."""
    found = problems(message.blocks, MESSAGE_BLOCKS)
    text = cut_mrkdwn(message.text, TEXT_LIMIT)
    if not found:
        return Message(text, message.blocks), found
    shortened = cast("list[dict[str, Any]]", copy.deepcopy(list(message.blocks)))
    for each in shortened:
        _shorten(each)
    if problems(shortened, MESSAGE_BLOCKS):
        return Message(text, []), found
    return Message(text, shortened), found


def fitted_view(view: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """As `fitted_message`, for a modal or a Home; blocks beyond the limit are left off at the end."""
    fitted = copy.deepcopy(dict(view))
    found = problems(cast("list[dict[str, Any]]", fitted["blocks"]), VIEW_BLOCKS)
    found += list(_of_object(fitted, str(fitted["type"]), "/view", nested=False))
    if found:
        _shorten(fitted)
        for each in cast("list[dict[str, Any]]", fitted["blocks"]):
            _shorten(each)
        fitted["blocks"] = fitted["blocks"][:VIEW_BLOCKS]
    return fitted, found


def problems(blocks: Sequence[Mapping[str, Any]], most: int) -> list[str]:
    """What Slack would refuse, each with its place."""
    found = [f"/blocks: {len(blocks)} blocks, {most} allowed"] if len(blocks) > most else []
    total = len(json.dumps(blocks, ensure_ascii=False, separators=(",", ":")))
    if most == MESSAGE_BLOCKS and total > MESSAGE_LIMIT:
        found.append(f"/blocks: {total} characters together, {MESSAGE_LIMIT} allowed")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) < len(ids):
        found.append("/blocks: a block_id is used twice")
    for index, block in enumerate(blocks):
        found += _of_object(block, str(block.get("type")), f"/blocks/{index}")
    return found


def _of_object(thing: Mapping[str, Any], kind: str, place: str, *, nested: bool = True) -> Iterator[str]:
    yield from _of_values(thing, kind, place)
    yield from _of_texts(thing, kind, place)
    for (owner, name), (least, most) in _COUNTS.items():
        if owner == kind and not least <= len(thing.get(name, ())) <= most:
            yield f"{place}/{name}: {len(thing.get(name, ()))} items, {least} to {most} allowed"
    if nested:
        for name, child_kind, child in _children(thing):
            yield from _of_object(child, child_kind, f"{place}/{name}")


def _of_values(thing: Mapping[str, Any], kind: str, place: str) -> Iterator[str]:
    limits = {"block_id": 255, "action_id": 255, "callback_id": 255, "private_metadata": 3_000, "url": 3_000}
    limits["value"] = _VALUE_LENGTHS.get(kind, 2_000)
    for name, limit in limits.items():
        if len(thing.get(name, "")) > limit:
            yield f"{place}/{name}: {len(thing[name])} characters, {limit} allowed"


def _of_texts(thing: Mapping[str, Any], kind: str, place: str) -> Iterator[str]:
    for (owner, name), limit in _LENGTHS.items():
        if owner == kind:
            for each in _texts(thing.get(name)):
                if not 0 < len(each["text"]) <= limit:
                    yield f"{place}/{name}: {len(each['text'])} characters, 1 to {limit} allowed"


def _shorten(thing: dict[str, Any]) -> None:
    """Cut every text in a block or view to its limit, in place."""
    kind = str(thing.get("type") or "option")
    for (owner, name), limit in _LENGTHS.items():
        if owner == kind:
            for each in _texts(thing.get(name)):
                shorten = cut_mrkdwn if each["type"] == "mrkdwn" else cut
                each["text"] = shorten(each["text"], limit)
    for _, _, child in _children(thing):
        _shorten(child)


def _texts(value: Any) -> list[dict[str, Any]]:
    """The text objects in a place that holds one or several."""
    candidates = cast("list[Any]", value if isinstance(value, list) else [value])
    return [
        cast("dict[str, Any]", each)
        for each in candidates
        if isinstance(each, dict) and each.get("type") in {"plain_text", "mrkdwn"}  # pyright: ignore[reportUnknownMemberType] # JSON
    ]


def _children(thing: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Elements and options inside a block or an element, with the kind that their limits go by."""
    for name in ("accessory", "element"):
        if name in thing:
            yield name, str(thing[name]["type"]), thing[name]
    for index, child in enumerate(thing.get("elements", ())):
        if child["type"] not in {"plain_text", "mrkdwn"}:
            yield f"elements/{index}", str(child["type"]), child
    for index, child in enumerate(thing.get("options", ())):
        yield f"options/{index}", "option", child
