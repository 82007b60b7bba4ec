"""What the requests to the app contain: commands, interactions, events."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from slack_app.sandbox.json_values import Json
from slack_app.sandbox.message_json import message_json, user_json
from slack_app.sandbox.view_stack import view_json

if TYPE_CHECKING:
    from slack_app.sandbox.people import Person
    from slack_app.sandbox.records import Conversation, Message, View
    from slack_app.sandbox.workspace import Workspace

# Slack still sends its old verification token; apps are to look at the signature instead.
_OLD_TOKEN = "verification-token-not-for-use"


def channel_name(conversation: Conversation) -> str:
    return {"im": "directmessage", "private": "privategroup"}.get(conversation.kind, conversation.name)


def command_fields(
    workspace: Workspace, person: Person, conversation: Conversation, words: tuple[str, str], response_url: str
) -> dict[str, str]:
    """`words` are the command and what follows it."""
    ids = workspace.identity
    return {
        "token": _OLD_TOKEN,
        "team_id": ids.team,
        "team_domain": ids.domain,
        "channel_id": conversation.id,
        "channel_name": channel_name(conversation),
        "user_id": person.id,
        "user_name": person.display_name,
        "command": words[0],
        "text": words[1],
        "api_app_id": ids.app,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": workspace.new_trigger(person.id),
    }


def _interaction(workspace: Workspace, kind: str, person: Person) -> Json:
    ids = workspace.identity
    name = person.display_name
    return {
        "type": kind,
        "team": {"id": ids.team, "domain": ids.domain},
        "user": {"id": person.id, "username": name, "name": name, "team_id": ids.team},
        "api_app_id": ids.app,
        "token": _OLD_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_action(
    workspace: Workspace, person: Person, message: Message, state: dict[str, Json], response_url: str
) -> Json:
    """A `block_actions` payload from a message; the actions themselves are added by the caller."""
    conversation = workspace.conversations[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.visible_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _interaction(workspace, "block_actions", person) | {
        "container": container,
        "trigger_id": workspace.new_trigger(person.id),
        "channel": {"id": conversation.id, "name": channel_name(conversation)},
        "state": {"values": state},
        "response_url": response_url,
    }
    # Slack leaves the message out when it was ephemeral.
    return payload if message.visible_to else payload | {"message": message_json(workspace, message)}


def view_action(workspace: Workspace, person: Person, view: View) -> Json:
    return _interaction(workspace, "block_actions", person) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.new_trigger(person.id, view.id),
        "view": view_json(workspace, view),
    }


def submission(workspace: Workspace, person: Person, view: View) -> Json:
    return _interaction(workspace, "view_submission", person) | {
        "trigger_id": workspace.new_trigger(person.id, view.id),
        "view": view_json(workspace, view),
        "response_urls": [],
    }


def closing(workspace: Workspace, person: Person, view: View, *, is_cleared: bool) -> Json:
    body = _interaction(workspace, "view_closed", person)
    return body | {"view": view_json(workspace, view), "is_cleared": is_cleared}


def suggestion(workspace: Workspace, person: Person, block_id: str, action_id: str, value: str) -> Json:
    return _interaction(workspace, "block_suggestion", person) | {
        "block_id": block_id,
        "action_id": action_id,
        "value": value,
    }


def event_envelope(workspace: Workspace, event: Json) -> Json:
    ids = workspace.identity
    authorization: Json = {"enterprise_id": None, "team_id": ids.team, "user_id": ids.bot_user, "is_bot": True}
    return {
        "token": _OLD_TOKEN,
        "team_id": ids.team,
        "api_app_id": ids.app,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(workspace.clock.now().timestamp()),
        "authorizations": [{**authorization, "is_enterprise_install": False}],
        "is_ext_shared_channel": False,
        "event": event,
    }


def home_opened(workspace: Workspace, person: Person, channel: str, tab: str) -> Json:
    event: Json = {"type": "app_home_opened", "user": person.id, "channel": channel, "tab": tab}
    event["event_ts"] = f"{workspace.clock.now().timestamp():.6f}"
    home = workspace.homes.get(person.id)
    if home is not None and tab == "home":
        event["view"] = view_json(workspace, home)
    return event_envelope(workspace, event)


def user_changed(workspace: Workspace, person: Person) -> Json:
    now = workspace.clock.now().timestamp()
    user = user_json(workspace, person, with_locale=True)
    return event_envelope(workspace, {"type": "user_change", "user": user, "event_ts": f"{now:.6f}"})
