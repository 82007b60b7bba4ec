"""What one person sees: the conversations, messages, Home tab and modals that the page draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.acts import open_views
from slack_app.sandbox.json_values import Json
from slack_app.sandbox.message_json import message_json
from slack_app.sandbox.view_stack import view_json
from slack_app.sandbox.workspace import BOT_NAME

if TYPE_CHECKING:
    from slack_app.sandbox.people import Person
    from slack_app.sandbox.records import Conversation, Message
    from slack_app.sandbox.site import Site

# A channel's older messages are left out of the page, not out of the workspace.
_SHOWN_PER_CONVERSATION = 200


def people_json(site: Site) -> list[Json]:
    return [
        {
            "id": p.id,
            "name": p.display_name,
            "real_name": p.real_name,
            "locale": p.locale,
            "tz": p.tz,
            "deleted": p.deleted,
        }
        for p in site.workspace.people.values()
        if not p.is_bot
    ]


def page_state(site: Site, person: Person) -> Json:
    workspace = site.workspace
    direct, _ = workspace.direct_with([person.id])
    mine = [c for c in workspace.conversations.values() if person.id in c.members and (not c.is_direct or c is direct)]
    shown = {c.id: _messages(site, c) for c in mine}
    home = workspace.homes.get(person.id)
    whispers = [m for m in workspace.ephemeral if m.visible_to == person.id and not m.deleted]
    return {
        "version": workspace.version,
        "now": workspace.clock.now().isoformat(),
        "team": workspace.team_name,
        "app": {"name": BOT_NAME, "user": workspace.identity.bot_user, "connected": bool(site.app_url)},
        "crm": bool(site.crm_url),
        "me": person.id,
        "people": people_json(site),
        "conversations": [_conversation(site, c) for c in mine],
        "direct": direct.id,
        "messages": shown,
        "ephemeral": [{"channel": m.channel, "ephemeral": True, **message_json(workspace, m)} for m in whispers],
        "home": view_json(workspace, home) if home else None,
        "views": open_views(workspace, person.id),
        "commands": list(site.options.commands),
    }


def _conversation(_site: Site, conversation: Conversation) -> Json:
    return {
        "id": conversation.id,
        "name": conversation.name,
        "kind": conversation.kind,
        "archived": conversation.archived,
        "members": len(conversation.members),
    }


def _messages(site: Site, conversation: Conversation) -> list[Json]:
    messages = [m for m in site.workspace.messages.get(conversation.id, []) if not m.deleted]
    return [_message(site, m) for m in messages[-_SHOWN_PER_CONVERSATION:]]


def _message(site: Site, message: Message) -> Json:
    body = message_json(site.workspace, message, with_payload=False)
    body["from_app"] = message.from_app
    if message.edits:
        body["former"] = [{"text": e.text, "blocks": e.blocks, "at": e.at} for e in message.edits]
    return body
