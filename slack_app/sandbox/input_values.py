"""What did a person choose or type in an element? Turns plain values into Slack's typed ones, and checks inputs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slack_app.sandbox.blockkit.fill import interactive_elements
from slack_app.sandbox.json_values import Json, as_list, as_object, as_text, objects

if TYPE_CHECKING:
    from slack_app.sandbox.workspace import Workspace

# The key under which each element carries its one value.
_SINGLE = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "rich_text_input": "rich_text_value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "file_input": "files",
}
_INITIAL = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
}
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class NotOfferedError(Exception):
    """The value is not among what the element offers, so no person could have chosen it."""


def typed_value(element: Json, raw: object, workspace: Workspace | None = None) -> Json:
    """`raw` is an option's value, a date, a text, a user reference …; lists for elements that take several."""
    kind = as_text(element.get("type"))
    if kind not in _SINGLE:
        return {"type": kind}
    key = _SINGLE[kind]
    if key in {"selected_option", "selected_options"}:
        return {"type": kind, key: _chosen(element, raw)}
    if key == "selected_user" and workspace is not None:
        person = workspace.person(as_text(raw))
        return {"type": kind, key: person.id if person else None}
    if key == "selected_date_time":
        return {"type": kind, key: int(as_text(raw)) if as_text(raw) else None}
    return {"type": kind, key: None if raw in ("", None) else raw}


def _chosen(element: Json, raw: object) -> object:
    several = as_list(raw)
    if several is not None:
        return [_option(element, item) for item in several]
    if raw in ("", None):
        return [] if _SINGLE[as_text(element.get("type"))].endswith("s") else None
    chosen = _option(element, raw)
    return [chosen] if _SINGLE[as_text(element.get("type"))].endswith("s") else chosen


def _option(element: Json, raw: object) -> Json:
    given = as_object(raw)
    wanted = as_text(given.get("value")) if given else as_text(raw)
    for option in offered(element):
        if option.get("value") == wanted:
            return option
    if given and "external" in as_text(element.get("type")):
        return given
    raise NotOfferedError(f"no option has the value {wanted!r}")


def offered(element: Json) -> list[Json]:
    groups = [option for group in objects(element.get("option_groups")) for option in objects(group.get("options"))]
    return [*objects(element.get("options")), *groups]


def initial_state(blocks: list[Json], kept: dict[str, Json]) -> dict[str, Json]:
    """The state of a view's inputs: what was `kept` from before, else what the elements start with."""
    state: dict[str, Json] = {}
    for block in blocks:
        for element in interactive_elements(block):
            kind = as_text(element.get("type"))
            if kind not in _SINGLE or kind == "overflow":
                continue
            block_id, action_id = as_text(block.get("block_id")), as_text(element.get("action_id"))
            before = as_object(kept.get(block_id, {}).get(action_id))
            same = before is not None and before.get("type") == kind
            state.setdefault(block_id, {})[action_id] = before if same else _initial(element)
    return state


def _initial(element: Json) -> Json:
    kind = as_text(element.get("type"))
    key = _SINGLE[kind]
    start = element.get(_INITIAL.get(key, key.replace("selected_", "initial_")))
    return {"type": kind, key: [] if start is None and key.endswith("s") else start}


def with_values(blocks: list[Json], state: dict[str, Json], values: Json, workspace: Workspace) -> dict[str, Json]:
    """The state after a person filled in `values`, given as {block_id: {action_id: plain value}}."""
    after = {block_id: dict(actions) for block_id, actions in state.items()}
    for block in blocks:
        block_id = as_text(block.get("block_id"))
        given = as_object(values.get(block_id)) or {}
        for element in interactive_elements(block):
            action_id = as_text(element.get("action_id"))
            if action_id in given:
                after.setdefault(block_id, {})[action_id] = typed_value(element, given[action_id], workspace)
    return after


def input_errors(blocks: list[Json], state: dict[str, Json]) -> dict[str, str]:
    """What the client itself refuses before anything is sent: {block_id: reason}."""
    errors: dict[str, str] = {}
    for block in blocks:
        element = as_object(block.get("element"))
        if block.get("type") != "input" or element is None:
            continue
        block_id = as_text(block.get("block_id"))
        entry = as_object(state.get(block_id, {}).get(as_text(element.get("action_id")))) or {}
        value = next((v for k, v in entry.items() if k != "type"), None)
        reason = _reason(element, value, optional=bool(block.get("optional")))
        if reason:
            errors[block_id] = reason
    return errors


def _reason(element: Json, value: object, *, optional: bool) -> str | None:
    if value in (None, "", []):
        return None if optional else "required"
    text, kind = as_text(value), element.get("type")
    if kind == "plain_text_input" and not (
        int(element.get("min_length") or 0) <= len(text) <= int(element.get("max_length") or 3000)
    ):
        return "length"
    if kind == "email_text_input" and not _MAIL.fullmatch(text):
        return "email"
    if kind == "url_text_input" and not re.match(r"https?://\S+", text):
        return "url"
    if kind == "number_input":
        return _number_reason(element, text)
    return None


def _number_reason(element: Json, text: str) -> str | None:
    try:
        number = float(text)
    except ValueError:
        return "number"
    if not element.get("is_decimal_allowed") and not number.is_integer():
        return "number"
    low, high = float(element.get("min_value") or "-inf"), float(element.get("max_value") or "inf")
    return None if low <= number <= high else "range"
