"""The `views.*` methods: modals and the Home tab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError, invalid_arguments
from slack_app.sandbox.view_stack import accepted_body, change_view, open_modal, publish_home, push_modal, view_json

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.methods.call import Call, Handler
    from slack_app.sandbox.records import Trigger, View

_TRIGGER_LIFE_S = 3.0


def _view_argument(call: Call) -> object:
    try:
        return call.args.parsed("view")
    except ValueError as error:
        raise invalid_arguments("invalid `view`: not valid JSON [json-pointer:/view]") from error


def _take_trigger(call: Call) -> Trigger:
    """Uses the trigger up. A call with a bad view must not reach this: Slack lets the trigger be tried again."""
    call.args.require("trigger_id")
    trigger = call.workspace.triggers.get(call.args.text("trigger_id"))
    if trigger is None:
        raise ApiError("invalid_trigger_id")
    if trigger.used:
        raise ApiError("exchanged_trigger_id")
    if call.site.clock.elapsed() - trigger.born > _TRIGGER_LIFE_S:
        raise ApiError("expired_trigger_id")
    trigger.used = True
    return trigger


def _open(call: Call) -> Json:
    body = accepted_body(call.workspace, _view_argument(call), ("modal",))
    trigger = _take_trigger(call)
    return {"view": view_json(call.workspace, open_modal(call.workspace, trigger.user, body))}


def _push(call: Call) -> Json:
    body = accepted_body(call.workspace, _view_argument(call), ("modal",))
    trigger = _take_trigger(call)
    if not call.workspace.stacks.get(trigger.user):
        raise ApiError("not_found")
    return {"view": view_json(call.workspace, push_modal(call.workspace, trigger.user, body))}


def _update(call: Call) -> Json:
    view = _named_view(call)
    body = accepted_body(call.workspace, _view_argument(call), ("modal", "home"), except_for=view.id)
    _check_hash(call, view)
    change_view(call.workspace, view, body)
    return {"view": view_json(call.workspace, view)}


def _named_view(call: Call) -> View:
    view_id, external_id = call.args.text("view_id"), call.args.text("external_id")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id or external_id")
    for candidate in call.workspace.views.values():
        wanted = candidate.id == view_id if view_id else candidate.external_id == external_id
        if wanted and call.workspace.open_view(candidate.id):
            return candidate
    raise ApiError("not_found")


def _check_hash(call: Call, view: View | None) -> None:
    if "hash" in call.args and view is not None and call.args.text("hash") != view.hash:
        raise ApiError("hash_conflict")


def _publish(call: Call) -> Json:
    user = call.args.text("user_id")
    if user not in call.workspace.people:
        raise invalid_arguments("invalid `user_id`")
    existing = call.workspace.homes.get(user)
    body = accepted_body(call.workspace, _view_argument(call), ("home",), except_for=existing.id if existing else "")
    _check_hash(call, existing)
    return {"view": view_json(call.workspace, publish_home(call.workspace, user, body))}


HANDLERS: dict[str, Handler] = {
    "views.open": _open,
    "views.push": _push,
    "views.update": _update,
    "views.publish": _publish,
}
