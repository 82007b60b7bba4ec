"""The interactive elements: buttons, menus, pickers, inputs, and which block may hold which of them."""

from __future__ import annotations

from slack_app.sandbox.blockkit.limits import LIMITS
from slack_app.sandbox.blockkit.objects import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    IMAGE,
    MARKUP_OPTION,
    OPTION,
    OPTION_GROUP,
    PLACEHOLDER,
    STYLE,
    WORKFLOW,
    markup,
    plain,
)
from slack_app.sandbox.blockkit.report import Report
from slack_app.sandbox.blockkit.shape import (
    Check,
    Rule,
    Shape,
    anything,
    chars,
    exactly_one,
    flag,
    items,
    matching,
    number,
    one_of,
    url,
)
from slack_app.sandbox.json_values import Json, objects

_COMMON: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": flag}
_MENU: dict[str, Check] = {**_COMMON, "placeholder": PLACEHOLDER}
_MANY: dict[str, Check] = {**_MENU, "max_selected_items": number(1)}
_INPUT: dict[str, Check] = {
    "action_id": ACTION_ID,
    "focus_on_load": flag,
    "placeholder": PLACEHOLDER,
    "dispatch_action_config": DISPATCH,
}
_DATE = matching(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "a date as YYYY-MM-DD")
_TIME = matching(r"([01]\d|2[0-3]):[0-5]\d", "a time as HH:mm")
_SELECT_OPTIONS = items(OPTION, least=1, most=LIMITS["select.options.max_items"])
_SELECT_GROUPS = items(OPTION_GROUP, least=1, most=LIMITS["select.option_groups.max_items"])


def _choices(kind: str, option: Shape) -> Check:
    return items(option, least=LIMITS[f"{kind}.options.min_items"], most=LIMITS[f"{kind}.options.max_items"])


def initial_among_options(value: Json, pointer: str, report: Report) -> None:
    """A preselected option must be one of those offered, word for word."""
    offered = [*objects(value.get("options"))]
    for group in objects(value.get("option_groups")):
        offered += objects(group.get("options"))
    initial = [*objects(value.get("initial_options")), *objects([value.get("initial_option")])]
    if any(option not in offered for option in initial):
        report.add(pointer, "initial option is not found in provided options")


def _range_in_order(low: str, high: str) -> Rule:
    def rule(value: Json, pointer: str, report: Report) -> None:
        try:
            least, most = float(value.get(low) or "-inf"), float(value.get(high) or "inf")
        except (TypeError, ValueError):
            report.add(pointer, f"{low} and {high} must be numbers")
            return
        if least > most:
            report.add(pointer, f"{low} must not be greater than {high}")

    return rule


_ONE_SOURCE = exactly_one("options", "option_groups")
_STATIC: dict[str, Check] = {"options": _SELECT_OPTIONS, "option_groups": _SELECT_GROUPS}
_CONVERSATIONS: dict[str, Check] = {"default_to_current_conversation": flag, "filter": CONVERSATION_FILTER}
_RESPONDS: dict[str, Check] = {"response_url_enabled": flag}
_ID = chars(255, 1)
_IDS = items(_ID)

_BUTTON: dict[str, Check] = {
    "text": plain(LIMITS["button.text.max_length"]),
    "action_id": ACTION_ID,
    "url": url(LIMITS["button.url.max_length"]),
    "value": chars(LIMITS["button.value.max_length"], 1),
    "style": STYLE,
    "confirm": CONFIRM,
    "accessibility_label": chars(LIMITS["button.accessibility_label.max_length"]),
}

_FEEDBACK = Shape(
    {
        "text": plain(LIMITS["feedback_button.text.max_length"]),
        "value": chars(LIMITS["feedback_button.value.max_length"], 1),
        "accessibility_label": chars(LIMITS["feedback_button.accessibility_label.max_length"]),
    },
    ("text", "value"),
)

_CHECKBOX_FIELDS: dict[str, Check] = {**_COMMON, "options": _choices("checkboxes", MARKUP_OPTION)}
_RADIO_FIELDS: dict[str, Check] = {**_COMMON, "options": _choices("radio_buttons", MARKUP_OPTION)}

BUTTON = Shape(_BUTTON, ("text",))

ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "workflow_button": Shape(
        {**{k: _BUTTON[k] for k in ("text", "action_id", "style", "accessibility_label")}, "workflow": WORKFLOW},
        ("text", "workflow"),
    ),
    "overflow": Shape(
        {"action_id": ACTION_ID, "confirm": CONFIRM, "options": _choices("overflow", OPTION)}, ("options",)
    ),
    "static_select": Shape({**_MENU, **_STATIC, "initial_option": OPTION}, (), (_ONE_SOURCE, initial_among_options)),
    "multi_static_select": Shape(
        {**_MANY, **_STATIC, "initial_options": items(OPTION, least=1)}, (), (_ONE_SOURCE, initial_among_options)
    ),
    "external_select": Shape({**_MENU, "initial_option": OPTION, "min_query_length": number(0)}),
    "multi_external_select": Shape({**_MANY, "initial_options": items(OPTION), "min_query_length": number(0)}),
    "users_select": Shape({**_MENU, "initial_user": _ID}),
    "multi_users_select": Shape({**_MANY, "initial_users": _IDS}),
    "channels_select": Shape({**_MENU, **_RESPONDS, "initial_channel": _ID}),
    "multi_channels_select": Shape({**_MANY, "initial_channels": _IDS}),
    "conversations_select": Shape({**_MENU, **_RESPONDS, **_CONVERSATIONS, "initial_conversation": _ID}),
    "multi_conversations_select": Shape({**_MANY, **_CONVERSATIONS, "initial_conversations": _IDS}),
    "datepicker": Shape({**_MENU, "initial_date": _DATE}),
    "timepicker": Shape({**_MENU, "initial_time": _TIME, "timezone": chars(255, 1)}),
    "datetimepicker": Shape({**_COMMON, "initial_date_time": number(0, 9_999_999_999)}),
    "checkboxes": Shape(
        {**_CHECKBOX_FIELDS, "initial_options": items(MARKUP_OPTION, least=1)}, ("options",), (initial_among_options,)
    ),
    "radio_buttons": Shape({**_RADIO_FIELDS, "initial_option": MARKUP_OPTION}, ("options",), (initial_among_options,)),
    "plain_text_input": Shape(
        {
            **_INPUT,
            "initial_value": chars(LIMITS["plain_text_input.max_length.max"]),
            "multiline": flag,
            "min_length": number(0, LIMITS["plain_text_input.max_length.max"]),
            "max_length": number(1, LIMITS["plain_text_input.max_length.max"]),
        },
        (),
        (_range_in_order("min_length", "max_length"),),
    ),
    "number_input": Shape(
        {**_INPUT, "is_decimal_allowed": flag, "initial_value": _ID, "min_value": _ID, "max_value": _ID},
        ("is_decimal_allowed",),
        (_range_in_order("min_value", "max_value"),),
    ),
    "email_text_input": Shape({**_INPUT, "initial_value": chars(3000)}),
    "url_text_input": Shape({**_INPUT, "initial_value": chars(3000)}),
    "rich_text_input": Shape({**_INPUT, "initial_value": anything}),
    "file_input": Shape(
        {
            "action_id": ACTION_ID,
            "filetypes": items(_ID, least=1),
            "max_files": number(LIMITS["file_input.max_files.min"], LIMITS["file_input.max_files.max"]),
        }
    ),
    "image": IMAGE,
    "feedback_buttons": Shape(
        {"action_id": ACTION_ID, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        ("positive_button", "negative_button"),
    ),
    "icon_button": Shape(
        {
            "action_id": ACTION_ID,
            "icon": one_of("trash"),
            "text": markup(LIMITS["button.text.max_length"]),
            "value": chars(LIMITS["button.value.max_length"], 1),
            "confirm": CONFIRM,
            "accessibility_label": chars(LIMITS["button.accessibility_label.max_length"]),
            "visible_to_user_ids": items(_ID, most=LIMITS["icon_button.visible_to_user_ids.max_items"]),
        },
        ("icon", "text"),
    ),
}

_SELECTS = ("static_select", "external_select", "users_select", "channels_select", "conversations_select")
_MULTI = tuple(f"multi_{name}" for name in _SELECTS)
_PICKERS = ("datepicker", "timepicker", "checkboxes", "radio_buttons")
_CLICKS = ("button", "workflow_button", "overflow")

SECTION_ELEMENTS = (*_SELECTS, *_MULTI, *_PICKERS, *_CLICKS, "image")
ACTIONS_ELEMENTS = (*_SELECTS, *_MULTI, *_PICKERS, *_CLICKS, "datetimepicker")
INPUT_ELEMENTS = (
    *_SELECTS,
    *_MULTI,
    *_PICKERS,
    "datetimepicker",
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
)


def elements_named(names: tuple[str, ...]) -> dict[str, Check]:
    return {name: ELEMENTS[name] for name in names}
