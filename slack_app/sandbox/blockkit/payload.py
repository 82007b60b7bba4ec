"""Would Slack take this message or view? The checks over a whole payload, on top of those of its blocks."""

from __future__ import annotations

import json
from typing import Any

from slack_app.sandbox.blockkit.blocks import MESSAGE_ONLY, check_block
from slack_app.sandbox.blockkit.limits import LIMITS, MARKDOWN_CHARACTERS, MESSAGE_BLOCKS, VIEW_BYTES
from slack_app.sandbox.blockkit.objects import plain
from slack_app.sandbox.blockkit.report import Report
from slack_app.sandbox.blockkit.shape import Check, Shape, anything, chars, flag, one_of
from slack_app.sandbox.json_values import Json, as_list, as_object, as_text, objects

_VIEW_TEXTS = {name: plain(LIMITS[f"view.{name}.max_length"]) for name in ("title", "submit", "close")}
_SHARED: dict[str, Check] = {
    "blocks": anything,
    "private_metadata": chars(LIMITS["view.private_metadata.max_length"]),
    "callback_id": chars(LIMITS["view.callback_id.max_length"]),
    "external_id": chars(255),
}
_MODAL_FLAGS: dict[str, Check] = dict.fromkeys(("clear_on_close", "notify_on_close", "submit_disabled"), flag)
_MODAL = Shape({**_SHARED, **_VIEW_TEXTS, **_MODAL_FLAGS}, ("title", "blocks"))
_HOME = Shape(_SHARED, ("blocks",))


def check_message_blocks(blocks: object, pointer: str = "/blocks") -> Report:
    """All blocks of one message."""
    report = Report("message")
    found = _check_blocks(blocks, pointer, report, MESSAGE_BLOCKS)
    for kind in ("table", "data_table"):
        if sum(block.get("type") == kind for block in found) > 1:
            report.add(pointer, f"only one {kind} is allowed")
    markdown = sum(len(as_text(b.get("text"))) for b in found if b.get("type") == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        report.add(pointer, f"must be less than {MARKDOWN_CHARACTERS + 1} characters of markdown")
    return report


def check_view(view: object, kinds: tuple[str, ...], pointer: str = "/view") -> Report:
    """One view; `kinds` are the types the method takes (modal or home)."""
    found = as_object(view)
    report = Report(as_text(found.get("type")) if found else "")
    if found is None:
        report.add(pointer, "must be an object")
        return report
    one_of(*kinds)(found.get("type"), f"{pointer}/type", report)
    (_HOME if found.get("type") == "home" else _MODAL)(found, pointer, report)
    blocks = _check_blocks(found.get("blocks"), f"{pointer}/blocks", report, LIMITS["view.blocks.max_items"])
    if found.get("blocks") == []:
        report.add(f"{pointer}/blocks", "no fewer than 1 items required")
    has_input = any(block.get("type") == "input" for block in blocks)
    if found.get("type") == "modal" and has_input and not found.get("submit"):
        report.add(pointer, "missing required field: submit (the view has an input block)")
    return report


def is_view_too_large(view: object) -> bool:
    return len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES


def count_characters(blocks: object) -> int:
    """All words in the blocks together, which Slack limits beside the limits of each block."""
    found = as_object(blocks)
    if found is not None:
        own = sum(len(value) for key, value in found.items() if key == "text" and isinstance(value, str))
        return own + sum(count_characters(value) for value in found.values())
    return sum(count_characters(item) for item in as_list(blocks) or [])


def _check_blocks(blocks: object, pointer: str, report: Report, most: int) -> list[Json]:
    found: list[Any] | None = as_list(blocks)
    if found is None:
        if blocks is not None:
            report.add(pointer, "must provide a list")
        return []
    if len(found) > most:
        report.add(pointer, f"no more than {most} items allowed")
    for index, block in enumerate(found):
        here = f"{pointer}/{index}"
        check_block(block, here, report)
        _check_place(as_object(block) or {}, here, report)
    return objects(found)


def _check_place(block: Json, pointer: str, report: Report) -> None:
    block_id, kind = block.get("block_id"), block.get("type")
    if isinstance(block_id, str):
        if block_id in report.block_ids:
            report.add(f"{pointer}/block_id", f"block_id `{block_id}` already exists")
        report.block_ids.add(block_id)
    if report.surface != "message" and kind in MESSAGE_ONLY:
        report.add(f"{pointer}/type", f"unsupported type: {kind} (in a view)")
    element = as_object(block.get("element")) or {}
    if report.surface != "modal" and element.get("type") == "file_input":
        report.add(f"{pointer}/element/type", "unsupported type: file_input (outside a modal)")
