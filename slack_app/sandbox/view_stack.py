"""How views are opened, stacked, changed and closed, whether by a method or by the answer to a submission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError
from slack_app.sandbox.blockkit.fill import fill_ids
from slack_app.sandbox.blockkit.limits import VIEW_STACK
from slack_app.sandbox.blockkit.payload import check_view, is_view_too_large
from slack_app.sandbox.content import check_slack_files
from slack_app.sandbox.identity import make_hash
from slack_app.sandbox.input_values import initial_state
from slack_app.sandbox.json_values import Json, as_object, objects
from slack_app.sandbox.records import View

if TYPE_CHECKING:
    from slack_app.sandbox.workspace import Workspace


def accepted_body(workspace: Workspace, view: object, kinds: tuple[str, ...], *, except_for: str = "") -> Json:
    """The view as it will be stored, or Slack's refusal. `except_for` is the view that may keep its external id."""
    if is_view_too_large(view):
        raise ApiError("view_too_large")
    report = check_view(view, kinds)
    check_slack_files(workspace, view, "/view", report)
    if report.problems:
        raise ApiError("invalid_arguments", report.beside())
    body = dict(as_object(view) or {})
    external = body.get("external_id")
    others = (v for v in workspace.views.values() if v.id != except_for and workspace.open_view(v.id))
    if external and any(other.external_id == external for other in others):
        raise ApiError("duplicate_external_id")
    body["blocks"] = fill_ids(objects(body.get("blocks")))
    return body


def open_modal(workspace: Workspace, user: str, body: Json) -> View:
    """A new modal for the person; it takes the place of whatever was open."""
    workspace.stacks[user] = []
    return push_modal(workspace, user, body)


def push_modal(workspace: Workspace, user: str, body: Json) -> View:
    stack = workspace.stacks.setdefault(user, [])
    if len(stack) >= VIEW_STACK:
        raise ApiError("push_limit_reached")
    view_id = workspace.mint.make_id("V")
    root, previous = (stack[0], stack[-1]) if stack else (view_id, None)
    now = workspace.clock.now()
    view = View(view_id, user, body, make_hash(now), root, previous, initial_state(body["blocks"], {}))
    workspace.views[view_id] = view
    stack.append(view_id)
    workspace.touch()
    return view


def change_view(workspace: Workspace, view: View, body: Json) -> None:
    """What the person had typed stays where block and action keep their ids."""
    view.body = body
    view.hash = make_hash(workspace.clock.now())
    view.state = initial_state(body["blocks"], view.state)
    workspace.touch()


def publish_home(workspace: Workspace, user: str, body: Json) -> View:
    view = workspace.homes.get(user)
    if view is None:
        view_id = workspace.mint.make_id("V")
        view = View(view_id, user, body, "", view_id)
        workspace.homes[user] = workspace.views[view_id] = view
    change_view(workspace, view, body)
    return view


def close_modal(workspace: Workspace, user: str) -> None:
    """Takes the topmost view away; the one below shows again."""
    stack = workspace.stacks.get(user, [])
    if stack:
        stack.pop()
    workspace.touch()


def close_all(workspace: Workspace, user: str) -> None:
    workspace.stacks[user] = []
    workspace.touch()


def view_json(workspace: Workspace, view: View) -> Json:
    ids, body = workspace.identity, view.body
    return {
        "id": view.id,
        "team_id": ids.team,
        "type": body.get("type"),
        "blocks": body["blocks"],
        "private_metadata": body.get("private_metadata") or "",
        "callback_id": body.get("callback_id") or "",
        "external_id": view.external_id,
        "state": {"values": view.state},
        "hash": view.hash,
        "title": body.get("title"),
        "submit": body.get("submit"),
        "close": body.get("close"),
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "submit_disabled": bool(body.get("submit_disabled")),
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": ids.app,
        "app_installed_team_id": ids.team,
        "bot_id": ids.bot,
    }
