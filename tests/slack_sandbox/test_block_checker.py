"""The block checker accepts what is documented as valid and refuses what is documented as invalid."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slack_app.sandbox.blockkit.limits import LIMITS
from slack_app.sandbox.blockkit.payload import check_message_blocks, check_view

# These two show a block_id twice in one message, which Slack refuses; they document the envelope around the blocks.
DUPLICATE_IDS = {"webhook_message_basic", "webhook_message_delete"}


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(**more: Any) -> dict[str, Any]:
    return {"text": plain("a"), "value": "a", **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def actions(*elements: Any) -> list[Any]:
    return [{"type": "actions", "elements": list(elements)}]


def section(**more: Any) -> list[Any]:
    return [{"type": "section", **more}]


def field(element: dict[str, Any], **more: Any) -> list[Any]:
    return [{"type": "input", "label": plain("L"), "element": element, **more}]


def confirm(**more: Any) -> list[Any]:
    question = {"title": plain("t"), "text": plain("x"), "confirm": plain("y"), "deny": plain("n"), **more}
    return actions(button(confirm=question))


def select(**more: Any) -> list[Any]:
    return actions({"type": "static_select", "action_id": "s", **more})


def choice(kind: str, count: int) -> list[Any]:
    return actions({"type": kind, "action_id": "c", "options": [option(value=str(n)) for n in range(count)]})


def table(rows: list[Any], **more: Any) -> list[Any]:
    return [{"type": "table", "rows": rows, **more}]


def video(**more: Any) -> list[Any]:
    body = {
        "alt_text": "a",
        "title": plain("t"),
        "video_url": "https://v.example/v",
        "thumbnail_url": "https://v.example/t",
    }
    return [{"type": "video", **body, **more}]


def card(**more: Any) -> list[Any]:
    return [{"type": "card", "title": {"type": "mrkdwn", "text": "t"}, **more}]


def container(**more: Any) -> list[Any]:
    return [{"type": "container", "child_blocks": [{"type": "divider"}], **more}]


def feedback(**more: Any) -> list[Any]:
    good = {"text": plain("g"), "value": "v", **more}
    bad = {"text": plain("b"), "value": "w"}
    return [
        {
            "type": "context_actions",
            "elements": [{"type": "feedback_buttons", "positive_button": good, "negative_button": bad}],
        }
    ]


def chart(kind: str, **more: Any) -> list[Any]:
    series = [{"name": "s", "data": [{"label": "l", "value": 1}]}]
    body = (
        {"segments": [{"label": "a", "value": 1}]}
        if kind == "pie"
        else {"series": series, "axis_config": {"categories": ["l"]}}
    )
    return [{"type": "data_visualization", "title": "t", "chart": {"type": kind, **body, **more}}]


def axis(**more: Any) -> list[Any]:
    return chart("bar", axis_config={"categories": ["l"], **more})


def series(**more: Any) -> list[Any]:
    return chart("bar", series=[{"name": "s", "data": [{"label": "l", "value": 1}], **more}])


def cells(rows: int, columns: int, text: str = "x") -> list[Any]:
    return [[{"type": "raw_text", "text": text} for _ in range(columns)] for _ in range(rows)]


def data_table(rows: list[Any], **more: Any) -> list[Any]:
    return [{"type": "data_table", "rows": rows, **more}]


def view(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain("T"), "blocks": [{"type": "divider"}], **more}


def image(**more: Any) -> list[Any]:
    return [{"type": "image", "image_url": "https://i.example/i.png", "alt_text": "a", **more}]


def mark(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text}


PLAIN_TEXT = {"type": "plain_text_input", "action_id": "x"}
LONG_URL = "https://x.example/" + "x" * 3000
DIVIDERS = [{"type": "divider"}] * 101

# One payload per construction that must be refused, by the name the list gives it. A dict is a view, a list blocks.
INVALID: dict[str, Any] = {
    "text-empty": section(text=mark("")),
    "text-too-long": [{"type": "context", "elements": [mark("x" * 3001)]}],
    "button-action-id-too-long": actions(button(action_id="x" * 256)),
    "button-text-too-long": actions(button(text=plain("x" * 76))),
    "button-url-too-long": actions(button(url=LONG_URL)),
    "button-value-too-long": actions(button(value="x" * 2001)),
    "confirmation-title-too-long": confirm(title=plain("x" * 101)),
    "confirmation-text-too-long": confirm(text=plain("x" * 301)),
    "confirmation-confirm-too-long": confirm(confirm=plain("x" * 31)),
    "confirmation-deny-too-long": confirm(deny=plain("x" * 31)),
    "option-text-too-long": select(options=[option(text=plain("x" * 76))]),
    "option-value-too-long": select(options=[option(value="x" * 151)]),
    "option-url-too-long": actions({"type": "overflow", "options": [option(url="https://x.example/" + "😀" * 2983)]}),
    "option-description-too-long": select(options=[option(description=plain("x" * 76))]),
    "option-group-label-too-long": select(option_groups=[{"label": plain("x" * 76), "options": [option()]}]),
    "option-group-empty": select(option_groups=[{"label": plain("l"), "options": []}]),
    "option-group-too-many-options": select(option_groups=[{"label": plain("l"), "options": [option()] * 101}]),
    "select-placeholder-too-long": select(options=[option()], placeholder=plain("x" * 151)),
    "select-too-many-options": select(options=[option()] * 101),
    "select-too-many-option-groups": select(option_groups=[{"label": plain("l"), "options": [option()]}] * 101),
    "overflow-empty": choice("overflow", 0),
    "overflow-too-many-options": choice("overflow", 6),
    "checkboxes-empty": choice("checkboxes", 0),
    "checkboxes-too-many-options": choice("checkboxes", 11),
    "radio-buttons-empty": choice("radio_buttons", 0),
    "radio-buttons-too-many-options": choice("radio_buttons", 11),
    "url-source-url-empty": [
        {"type": "task_card", "task_id": "t", "title": "t", "sources": [{"type": "url", "url": "", "text": "t"}]}
    ],
    "url-source-url-too-long": [
        {"type": "task_card", "task_id": "t", "title": "t", "sources": [{"type": "url", "url": LONG_URL, "text": "t"}]}
    ],
    "table-too-many-rows": table(cells(101, 2)),
    "table-ragged-rows": table([*cells(1, 2), *cells(1, 3)]),
    "table-column-settings-mismatch": table(cells(2, 2), column_settings=[{"align": "left"}]),
    "file-input-max-files-too-small": view(blocks=field({"type": "file_input", "max_files": 0}), submit=plain("s")),
    "file-input-max-files-too-large": view(blocks=field({"type": "file_input", "max_files": 11}), submit=plain("s")),
    "plain-text-input-max-length-too-large": field({**PLAIN_TEXT, "max_length": 3001}),
    "actions-too-many-elements": actions(*[button(action_id=str(n)) for n in range(26)]),
    "context-too-many-elements": [{"type": "context", "elements": [mark("x")] * 11}],
    "header-text-too-long": [{"type": "header", "text": plain("x" * 151)}],
    "image-url-too-long": image(image_url=LONG_URL),
    "image-alt-text-too-long": image(alt_text="x" * 2001),
    "input-label-too-long": field(PLAIN_TEXT, label=plain("x" * 2001)),
    "input-hint-too-long": field(PLAIN_TEXT, hint=plain("x" * 2001)),
    "markdown-empty": [{"type": "markdown", "text": ""}],
    "markdown-too-long": [{"type": "markdown", "text": "x" * 12001}],
    "section-text-too-long": section(text=mark("x" * 3001)),
    "section-too-many-fields": section(fields=[mark("x")] * 11),
    "section-field-too-long": section(fields=[mark("x" * 2001)]),
    "video-alt-text-empty": video(alt_text=""),
    "video-alt-text-too-long": video(alt_text="x" * 201),
    "video-title-too-long": video(title=plain("x" * 201)),
    "video-author-name-too-long": video(author_name="x" * 51),
    "video-description-too-long": video(description=plain("x" * 201)),
    "video-provider-name-too-long": video(provider_name="x" * 51),
    "view-empty": view(blocks=[]),
    "view-missing-blocks": {"type": "modal", "title": plain("T")},
    "view-too-many-blocks": view(blocks=DIVIDERS),
    "view-private-metadata-too-long": view(private_metadata="x" * 3001),
    "view-callback-id-too-long": view(callback_id="x" * 256),
    "view-title-too-long": view(title=plain("x" * 25)),
    "view-close-too-long": view(close=plain("x" * 25)),
    "view-submit-too-long": view(submit=plain("x" * 25)),
    "section-missing-content": section(),
    "static-select-options-and-groups": select(
        options=[option()], option_groups=[{"label": plain("l"), "options": [option()]}]
    ),
    "image-url-and-slack-file": image(slack_file={"id": "F1"}),
    "number-input-inverted-range": field(
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "5", "max_value": "1"}
    ),
    "context-invalid-element": [{"type": "context", "elements": [button()]}],
    "input-invalid-element": field(button()),
    "block-id-too-long": [{"type": "divider", "block_id": "x" * 256}],
    "button-accessibility-label-too-long": actions(button(accessibility_label="x" * 76)),
    "alert-text-too-long": [{"type": "alert", "text": mark("x" * 201)}],
    "card-title-too-long": card(title=mark("x" * 151)),
    "card-subtitle-too-long": card(subtitle=mark("x" * 151)),
    "card-body-too-long": card(body=mark("x" * 201)),
    "card-too-many-actions": card(actions=[button(action_id=str(n)) for n in range(4)]),
    "card-subtext-too-long": card(subtext=mark("x" * 201)),
    "carousel-empty": [{"type": "carousel", "elements": []}],
    "carousel-too-many-cards": [{"type": "carousel", "elements": card() * 11}],
    "container-title-too-long": container(title=plain("x" * 151)),
    "container-subtitle-too-long": container(subtitle=mark("x" * 151)),
    "container-too-many-child-blocks": container(child_blocks=DIVIDERS[:11]),
    "context-actions-too-many-elements": [{"type": "context_actions", "elements": feedback()[0]["elements"] * 6}],
    "feedback-button-text-too-long": feedback(text=plain("x" * 76)),
    "feedback-button-value-too-long": feedback(value="x" * 2001),
    "feedback-button-accessibility-label-too-long": feedback(accessibility_label="x" * 76),
    "icon-button-too-many-visible-users": [
        {
            "type": "context_actions",
            "elements": [
                {"type": "icon_button", "icon": "trash", "text": plain("t"), "visible_to_user_ids": ["U"] * 11}
            ],
        }
    ],
    "data-table-too-few-rows": data_table(cells(1, 2)),
    "data-table-too-many-rows": data_table(cells(202, 2)),
    "data-table-too-few-columns": data_table(cells(2, 0)),
    "data-table-too-many-columns": data_table(cells(2, 21)),
    "data-table-page-size-too-small": data_table(cells(2, 2), page_size=0),
    "data-table-page-size-too-large": data_table(cells(2, 2), page_size=101),
    "data-table-cell-text-empty": data_table(cells(2, 2, "")),
    "data-table-content-too-long": data_table(cells(2, 2, "x" * 5001)),
    "data-visualization-title-too-long": [{**chart("pie")[0], "title": "x" * 51}],
    "pie-chart-empty": chart("pie", segments=[]),
    "pie-chart-too-many-segments": chart("pie", segments=[{"label": "a", "value": 1}] * 13),
    "chart-segment-label-too-long": chart("pie", segments=[{"label": "x" * 21, "value": 1}]),
    "chart-segment-value-not-positive": chart("pie", segments=[{"label": "a", "value": 0}]),
    "chart-series-empty": chart("bar", series=[]),
    "chart-too-many-series": chart("bar", series=[{"name": "s", "data": [{"label": "l", "value": 1}]}] * 13),
    "data-series-name-too-long": series(name="x" * 21),
    "data-series-empty": series(data=[]),
    "data-series-too-many-points": series(data=[{"label": "l", "value": 1}] * 21),
    "data-point-label-too-long": series(data=[{"label": "x" * 21, "value": 1}]),
    "axis-categories-empty": axis(categories=[]),
    "axis-too-many-categories": axis(categories=["l"] * 21),
    "axis-category-label-too-long": axis(categories=["x" * 21]),
    "axis-label-too-long": axis(x_label="x" * 51),
    # What Slack's reference says in prose and the list of constructions leaves out.
    "fifty-one-blocks": DIVIDERS[:51],
    "block-id-twice": [{"type": "divider", "block_id": "a"}] * 2,
    "action-id-twice-in-a-block": actions(button(), button()),
    "unknown-block-type": [{"type": "paragraph"}],
    "unknown-property": [{"type": "divider", "colour": "red"}],
    "image-without-alt-text": [{"type": "image", "image_url": "https://i.example/i.png"}],
    "header-as-mrkdwn": [{"type": "header", "text": mark("x")}],
    "button-style-unknown": actions(button(style="warning")),
    "select-without-options": select(options=[]),
    "initial-option-not-offered": select(options=[option()], initial_option=option(value="b")),
    "modal-with-input-but-no-submit": view(blocks=field(PLAIN_TEXT)),
    "modal-without-title": {"type": "modal", "blocks": [{"type": "divider"}]},
    "home-with-submit": {"type": "home", "blocks": [{"type": "divider"}], "submit": plain("s")},
    "table-in-a-view": view(blocks=table(cells(2, 2))),
    "two-tables": table(cells(2, 2)) * 2,
    "bad-date": actions({"type": "datepicker", "initial_date": "2026-13-01"}),
    "script-link": actions(button(url="javascript:alert(1)")),
}


def problems(payload: Any) -> list[str]:
    if isinstance(payload, dict):
        return check_view(payload, ("modal", "home")).lines()
    return check_message_blocks(payload).lines()


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_construction_is_refused(name: str) -> None:
    assert problems(INVALID[name])


def test_every_documented_invalid_construction_has_a_case(load_spec: Callable[[str], Any]) -> None:
    documented = {case["id"] for case in load_spec("blockkit/fixtures/invalid/manifest.json")["cases"]}
    assert documented <= set(INVALID), sorted(documented - set(INVALID))


def test_the_limits_are_those_of_the_reference(load_spec: Callable[[str], Any]) -> None:
    def flat(value: Any, prefix: str) -> dict[str, int]:
        if not isinstance(value, dict):
            return {prefix: value}
        return {k: v for name, part in value.items() for k, v in flat(part, f"{prefix}.{name}".strip(".")).items()}

    assert flat(load_spec("blockkit/limits.json"), "") == LIMITS


def wrapped_workflow(trigger: Any) -> Any:
    return actions({"type": "workflow_button", "text": plain("w"), "workflow": {"trigger": trigger}})


IN_INPUT = {
    "email_input_basic",
    "file_input_basic",
    "number_input_basic",
    "plaintext_input_basic",
    "rich_text_input_basic",
}
OBJECTS: dict[str, Callable[[Any], Any]] = {
    "confirmation_dialogue_basic": lambda o: actions(button(confirm=o)),
    "conversation_filter_basic": lambda o: actions({"type": "conversations_select", "filter": o}),
    "dispatch_action_configuration_basic": lambda o: field({**PLAIN_TEXT, "dispatch_action_config": o}),
    "input_parameter_basic": lambda o: wrapped_workflow(
        {"url": "https://w.example", "customizable_input_parameters": [o]}
    ),
    "trigger_basic": wrapped_workflow,
    "workflow_basic": lambda o: wrapped_workflow(o["trigger"]),
    "option_basic": lambda o: select(options=[o]),
    "option_value_at_limit": lambda o: select(options=[o]),
    "option_group_basic": lambda o: select(option_groups=[o]),
}


def wrapped_element(name: str, value: Any) -> Any:
    if value["type"] == "image":
        return [{"type": "context", "elements": [value]}]
    if value["type"] == "url":
        return [{"type": "task_card", "task_id": "t", "title": "t", "sources": [value]}]
    if name in IN_INPUT or name == "url_input_basic":
        return view(blocks=field(value), submit=plain("s"))
    return actions(value)


def wrapped_rich_text(value: Any) -> Any:
    inside = value if value["type"].startswith("rich_text_") else {"type": "rich_text_section", "elements": [value]}
    return [{"type": "rich_text", "elements": [inside]}]


def wrapped(path: Path) -> Any:
    """A fixture as the payload it would arrive in."""
    value = json.loads(path.read_text(encoding="utf-8"))
    return {
        "attachments": lambda: value["blocks"],
        "blocks": lambda: [value],
        "elements": lambda: wrapped_element(path.stem, value),
        "messages": lambda: value["blocks"] if "blocks" in value else value["attachments"][0]["blocks"],
        "objects": lambda: OBJECTS.get(path.stem, lambda text: section(text=text))(value),
        "rich_text": lambda: wrapped_rich_text(value),
        "views": lambda: value,
    }[path.parent.name]()


def test_every_valid_fixture_is_accepted(specs: Path) -> None:
    fixtures = sorted((specs / "blockkit/fixtures/valid").rglob("*.json"))
    refused = {path.stem: problems(wrapped(path)) for path in fixtures if path.stem not in DUPLICATE_IDS}
    assert len(refused) > 70
    assert {name: why for name, why in refused.items() if why} == {}


def test_a_refusal_names_the_place_as_a_pointer() -> None:
    blocks = [{"type": "divider"}, *section(text=mark("x" * 3001))]
    assert problems(blocks) == ["must be less than 3001 characters [json-pointer:/blocks/1/text/text]"]
