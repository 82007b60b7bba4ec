"""What happens when a person uses a modal or the Home tab: presses, submits, closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError
from slack_app.sandbox.input_values import NotOfferedError, input_errors, with_values
from slack_app.sandbox.json_values import Json, as_text, object_or_empty
from slack_app.sandbox.message_acts import action_entry, find_element
from slack_app.sandbox.outcome import ActRefusedError, Outcome, outcome_of
from slack_app.sandbox.outgoing import Answer, send_interaction
from slack_app.sandbox.payloads import closing, submission, view_action
from slack_app.sandbox.view_stack import accepted_body, change_view, close_all, close_modal, push_modal

if TYPE_CHECKING:
    from slack_app.sandbox.people import Person
    from slack_app.sandbox.records import View
    from slack_app.sandbox.site import Site

_BAD_ANSWER = "invalid_response"


def top_view(site: Site, person: Person, act: Json) -> View:
    """The view the act names, else the topmost modal, else the Home tab if the act asks for it."""
    view_id = as_text(act.get("view_id"))
    stack = site.workspace.stacks.get(person.id, [])
    if not view_id and stack and not act.get("home"):
        view_id = stack[-1]
    home = site.workspace.homes.get(person.id)
    view = site.workspace.open_view(view_id) if view_id else home
    if view is None or view.user != person.id:
        raise ActRefusedError(f"{person.display_name} has no such view open")
    return view


def _fill(site: Site, view: View, values: Json) -> None:
    blocks: list[Json] = view.body["blocks"]
    try:
        view.state = with_values(blocks, view.state, values, site.workspace)
    except NotOfferedError as error:
        raise ActRefusedError(str(error)) from error


async def click_in_view(site: Site, person: Person, act: Json) -> Outcome:
    view = top_view(site, person, act)
    block, element = find_element(view.body["blocks"], act)
    chosen: object = act.get("selected", act.get("value"))
    _fill(site, view, object_or_empty(act.get("state")))
    if chosen is not None and element.get("type") != "button":
        _fill(site, view, {as_text(block.get("block_id")): {as_text(element.get("action_id")): chosen}})
    payload = view_action(site.workspace, person, view)
    payload["actions"] = [action_entry(site, block, element, act)]
    return outcome_of(await send_interaction(site, payload))


async def submit_view(site: Site, person: Person, act: Json) -> Outcome:
    """Checks what the client checks, sends, and does what the answer says. A failed submission leaves the modal open."""
    view = top_view(site, person, act)
    if view.body.get("type") != "modal" or not view.body.get("submit"):
        raise ActRefusedError("this view has no submit button")
    _fill(site, view, object_or_empty(act.get("values")))
    refused = input_errors(view.body["blocks"], view.state)
    if refused:
        return Outcome(ok=False, error="invalid_input", errors=refused)
    answer = await send_interaction(site, submission(site.workspace, person, view))
    if answer.failure:
        return outcome_of(answer)
    try:
        return _follow(site, person, view, answer)
    except ApiError as error:
        # Slack shows "We had some trouble connecting" and keeps the modal; the reason helps whoever reads this.
        return Outcome(ok=False, http_status=answer.status, response=error.body(), error=_BAD_ANSWER)


def _follow(site: Site, person: Person, view: View, answer: Answer) -> Outcome:
    body = answer.parsed() or {}
    action, workspace = as_text(body.get("response_action")), site.workspace
    if action == "errors":
        errors = {block: as_text(words) for block, words in object_or_empty(body.get("errors")).items()}
        inputs = {as_text(b.get("block_id")) for b in view.body["blocks"] if b.get("type") == "input"}
        if not errors or not set(errors) <= inputs:
            raise ApiError("invalid_arguments", {"errors": ["errors must name block_ids of input blocks"]})
        return Outcome(ok=False, http_status=answer.status, response=body, errors=errors)
    if action == "update":
        change_view(workspace, view, accepted_body(workspace, body.get("view"), ("modal",), except_for=view.id))
    elif action == "push":
        push_modal(workspace, person.id, accepted_body(workspace, body.get("view"), ("modal",)))
    elif action == "clear":
        close_all(workspace, person.id)
    elif action:
        raise ApiError("invalid_arguments", {"errors": [f"unknown response_action: {action}"]})
    elif workspace.open_view(view.id):
        close_modal(workspace, person.id)
    return Outcome(ok=True, http_status=answer.status, response=body)


async def close_view(site: Site, person: Person, act: Json) -> Outcome:
    """`all` in the act closes the whole stack, as the cross in the corner does when `clear_on_close` is set."""
    view = top_view(site, person, act)
    everything = bool(act.get("all")) or bool(view.body.get("clear_on_close"))
    payload = closing(site.workspace, person, view, is_cleared=everything)
    (close_all if everything else close_modal)(site.workspace, person.id)
    if not view.body.get("notify_on_close"):
        return Outcome(ok=True)
    return outcome_of(await send_interaction(site, payload))
