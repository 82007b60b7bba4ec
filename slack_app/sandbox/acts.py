"""What a person does: the one door through which the page and the control API act."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError
from slack_app.sandbox.json_values import Json, as_text
from slack_app.sandbox.message_acts import click_in_message, suggest_options
from slack_app.sandbox.message_json import message_json
from slack_app.sandbox.outcome import ActRefusedError, Outcome, outcome_of
from slack_app.sandbox.outgoing import Answer, send_command, send_event
from slack_app.sandbox.payloads import command_fields, home_opened
from slack_app.sandbox.posting import Content, post
from slack_app.sandbox.records import ResponseUrl
from slack_app.sandbox.response_urls import deliver
from slack_app.sandbox.view_acts import click_in_view, close_view, submit_view
from slack_app.sandbox.view_stack import view_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_app.sandbox.people import Person
    from slack_app.sandbox.records import Conversation
    from slack_app.sandbox.site import Site
    from slack_app.sandbox.workspace import Workspace


async def perform(site: Site, act: Json) -> Json:
    """Does the act and tells what came of it, with what the person sees now. ActRefusedError where it is impossible."""
    person = find_person(site, as_text(act.get("user")))
    does = _ACTS.get(as_text(act.get("kind")))
    if does is None:
        raise ActRefusedError(f"kind must be one of {', '.join(_ACTS)}")
    before = len(site.workspace.ephemeral)
    outcome = await does(site, person, act)
    fresh = site.workspace.ephemeral[before:]
    body: Json = {"ok": outcome.ok, "http_status": outcome.http_status, "response": outcome.response}
    body |= {"error": outcome.error, "errors": outcome.errors or {}}
    if outcome.options is not None:
        body["options"] = outcome.options
    body["ephemeral"] = [message_json(site.workspace, m) for m in fresh if m.visible_to == person.id and not m.deleted]
    return body | {"views": open_views(site.workspace, person.id)}


def find_person(site: Site, reference: str) -> Person:
    person = site.workspace.person(reference)
    if person is None:
        raise ActRefusedError(f"nobody here is called {reference!r}; give a user id, mail or name")
    if person.deleted:
        raise ActRefusedError(f"{person.real_name} is deactivated and cannot act")
    return person


def open_views(workspace: Workspace, user: str) -> list[Json]:
    """The person's open modals, the topmost last."""
    return [view_json(workspace, workspace.views[view_id]) for view_id in workspace.stacks.get(user, [])]


async def _click(site: Site, person: Person, act: Json) -> Outcome:
    return await (click_in_message if act.get("ts") else click_in_view)(site, person, act)


async def _command(site: Site, person: Person, act: Json) -> Outcome:
    workspace = site.workspace
    conversation = _where(site, person, act)
    command, text = as_text(act.get("command")), as_text(act.get("text")).strip()
    if command not in site.options.commands:
        words = f"`{command}` is not a valid command. / `{command}` は有効なコマンドではありません。"
        post(workspace, conversation.id, Content(words), visible_to=person.id)
        return Outcome(ok=False, error="unknown_command")
    permit = ResponseUrl(conversation.id, person.id, site.clock.elapsed(), from_message=False)
    url = workspace.new_response_url(permit, site.base_url)
    words = (command, escape_mentions(workspace, text))
    answer = await send_command(site, command_fields(workspace, person, conversation, words, url))
    if answer.failure:
        failed = f"{command} failed with the error `{answer.failure}`"
        post(workspace, conversation.id, Content(failed), visible_to=person.id)
        return outcome_of(answer)
    return _show_answer(site, person, permit, answer, f"{command} {text}".strip())


def _show_answer(site: Site, person: Person, permit: ResponseUrl, answer: Answer, typed: str) -> Outcome:
    """The direct answer to a command: nothing, plain text, or a message as JSON."""
    outcome = outcome_of(answer)
    if not answer.text:
        return outcome
    body = answer.parsed() or {"text": answer.text}
    if body.get("response_type") == "in_channel":
        post(site.workspace, permit.channel, Content(typed), user=person.id)
    if not (body.get("text") or body.get("blocks") or body.get("attachments")):
        return outcome
    try:
        deliver(site.workspace, permit, body)
    except ApiError as error:
        failed = f"{typed.split(maxsplit=1)[0]} failed with the error `invalid_command_response`"
        post(site.workspace, permit.channel, Content(failed), visible_to=person.id)
        return Outcome(ok=False, http_status=answer.status, response=error.body(), error="invalid_command_response")
    return outcome


def _where(site: Site, person: Person, act: Json) -> Conversation:
    """The conversation the act names, else the person's direct messages with the app."""
    reference = as_text(act.get("channel"))
    if not reference:
        return site.workspace.direct_with([person.id])[0]
    conversation = site.workspace.conversation(reference)
    if conversation is None or person.id not in conversation.members:
        raise ActRefusedError(f"{person.display_name} is not in a conversation {reference!r}")
    return conversation


def escape_mentions(workspace: Workspace, text: str) -> str:
    """`@sato` and `#general` as Slack sends them when the command asks for escaped mentions."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    marks = {f"@{word}": f"<@{p.id}|{p.display_name}>" for p in workspace.people.values() for word in _names(p)}
    marks |= {f"#{c.name}": f"<#{c.id}|{c.name}>" for c in workspace.conversations.values() if c.name}
    # Longest first: a name may begin with another one, and may contain a space.
    words = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True))
    return re.sub(rf"(?<!\S)({words})(?!\w)", lambda match: marks[match[1]], text)


def _names(person: Person) -> tuple[str, str]:
    return person.display_name, person.real_name


async def _say(site: Site, person: Person, act: Json) -> Outcome:
    conversation = _where(site, person, act)
    text = as_text(act.get("text"))
    if conversation.archived or not text:
        raise ActRefusedError("an archived channel takes no messages" if text else "a message needs a text")
    thread = as_text(act.get("thread_ts")) or None
    post(site.workspace, conversation.id, Content(text), user=person.id, thread_ts=thread)
    return Outcome(ok=True)


async def _open_home(site: Site, person: Person, act: Json) -> Outcome:
    conversation, _ = site.workspace.direct_with([person.id])
    tab = as_text(act.get("tab")) or "home"
    return outcome_of(await send_event(site, home_opened(site.workspace, person, conversation.id, tab)))


_ACTS: dict[str, Callable[[Site, Person, Json], Awaitable[Outcome]]] = {
    "click": _click,
    "select": _click,
    "command": _command,
    "submit": submit_view,
    "close": close_view,
    "open_home": _open_home,
    "suggest": suggest_options,
    "say": _say,
}
