"""The blocks themselves: what each kind must and may hold, and where it may stand."""

from __future__ import annotations

from slack_app.sandbox.blockkit.elements import ACTIONS_ELEMENTS, INPUT_ELEMENTS, SECTION_ELEMENTS, elements_named
from slack_app.sandbox.blockkit.limits import LIMITS
from slack_app.sandbox.blockkit.newer_blocks import newer_blocks
from slack_app.sandbox.blockkit.objects import BLOCK_ID, IMAGE, SLACK_FILE, markup, plain
from slack_app.sandbox.blockkit.report import Report
from slack_app.sandbox.blockkit.rich_text import RICH_TEXT, TABLE
from slack_app.sandbox.blockkit.shape import (
    Check,
    Shape,
    at_least_one,
    chars,
    exactly_one,
    flag,
    items,
    one_of,
    typed,
    url,
)
from slack_app.sandbox.json_values import Json, objects

_ID: dict[str, Check] = {"block_id": BLOCK_ID}
_TEXT = LIMITS["text.max_length"]


def _unique_actions(value: Json, pointer: str, report: Report) -> None:
    seen: set[object] = set()
    for index, element in enumerate(objects(value.get("elements"))):
        action = element.get("action_id")
        if action is not None and action in seen:
            report.add(f"{pointer}/elements/{index}/action_id", f"action_id `{action}` already exists")
        seen.add(action)


_CONTEXT_TEXT = Shape({"text": chars(_TEXT, 1), "emoji": flag, "verbatim": flag}, ("text",))

_OLDER: dict[str, Check] = {
    "section": Shape(
        {
            **_ID,
            "text": markup(LIMITS["section.text.max_length"]),
            "fields": items(
                markup(LIMITS["section.fields.item_max_length"]), least=1, most=LIMITS["section.fields.max_items"]
            ),
            "accessory": typed(elements_named(SECTION_ELEMENTS)),
            "expand": flag,
        },
        (),
        (at_least_one("text", "fields"),),
    ),
    "header": Shape(
        {**_ID, "text": plain(LIMITS["header.text.max_length"]), "level": one_of("1", "2", "3", "4")}, ("text",)
    ),
    "divider": Shape(_ID),
    "context": Shape(
        {
            **_ID,
            "elements": items(
                typed({"mrkdwn": _CONTEXT_TEXT, "plain_text": _CONTEXT_TEXT, "image": IMAGE}),
                least=1,
                most=LIMITS["context.elements.max_items"],
            ),
        },
        ("elements",),
    ),
    "actions": Shape(
        {
            **_ID,
            "elements": items(
                typed(elements_named(ACTIONS_ELEMENTS)), least=1, most=LIMITS["actions.elements.max_items"]
            ),
        },
        ("elements",),
        (_unique_actions,),
    ),
    "image": Shape(
        {
            **_ID,
            "image_url": url(LIMITS["image.image_url.max_length"]),
            "slack_file": SLACK_FILE,
            "alt_text": chars(LIMITS["image.alt_text.max_length"], 1),
            "title": plain(2000),
        },
        ("alt_text",),
        (exactly_one("image_url", "slack_file"),),
    ),
    "input": Shape(
        {
            **_ID,
            "label": plain(LIMITS["input.label.max_length"]),
            "hint": plain(LIMITS["input.hint.max_length"]),
            "element": typed(elements_named(INPUT_ELEMENTS)),
            "optional": flag,
            "dispatch_action": flag,
        },
        ("label", "element"),
    ),
    "rich_text": RICH_TEXT,
    "table": TABLE,
    "markdown": Shape(
        {**_ID, "text": chars(LIMITS["markdown.text.max_length"], LIMITS["markdown.text.min_length"])}, ("text",)
    ),
    "file": Shape({**_ID, "external_id": chars(255, 1), "source": one_of("remote")}, ("external_id", "source")),
    "video": Shape(
        {
            **_ID,
            "alt_text": chars(LIMITS["video.alt_text.max_length"], LIMITS["video.alt_text.min_length"]),
            "title": plain(LIMITS["video.title.max_length"]),
            "title_url": url(),
            "video_url": url(),
            "thumbnail_url": url(),
            "description": plain(LIMITS["video.description.max_length"]),
            "author_name": chars(LIMITS["video.author_name.max_length"]),
            "provider_name": chars(LIMITS["video.provider_name.max_length"]),
            "provider_icon_url": url(),
        },
        ("alt_text", "title", "video_url", "thumbnail_url"),
    ),
}

BLOCKS: dict[str, Check] = {**_OLDER, **newer_blocks(typed(_OLDER))}

MESSAGE_ONLY = frozenset({"table", "markdown", "file", "context_actions", "task_card", "plan", "data_table"})

_CHECK_BLOCK = typed(BLOCKS)


def check_block(value: object, pointer: str, report: Report) -> None:
    _CHECK_BLOCK(value, pointer, report)
