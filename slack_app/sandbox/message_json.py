"""How a message, a person, a conversation and a file look in Slack's JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from slack_app.sandbox.workspace import BOT_NAME

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.people import Group, Person
    from slack_app.sandbox.records import Conversation, File, Message
    from slack_app.sandbox.workspace import Workspace

# What Slack itself puts into `text` when a message has blocks only.
NO_TEXT = "This content can't be displayed."


def message_json(workspace: Workspace, message: Message, *, with_payload: bool = True) -> Json:
    """`with_payload` False leaves the metadata's payload out, as history does unless it is asked for."""
    body: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    ids = workspace.identity
    body["team"] = ids.team
    if message.from_app:
        body |= {"bot_id": ids.bot, "app_id": ids.app, "bot_profile": bot_profile(workspace)}
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.files:
        body |= {"subtype": "file_share", "files": [file_json(workspace, workspace.files[f]) for f in message.files]}
    if message.thread_ts:
        body["thread_ts"] = message.thread_ts
    if message.broadcast:
        body["subtype"] = "thread_broadcast"
    if message.edited_ts:
        body["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.reactions:
        body["reactions"] = [{"name": n, "users": u, "count": len(u)} for n, u in message.reactions.items()]
    if message.metadata:
        keys = ("event_type", "event_payload") if with_payload else ("event_type",)
        body["metadata"] = {key: message.metadata[key] for key in keys if key in message.metadata}
    return body | _thread_summary(workspace, message)


def _thread_summary(workspace: Workspace, message: Message) -> Json:
    if message.thread_ts:
        return {}
    replies = [m for m in workspace.thread(message.channel, message.ts) if m.ts != message.ts]
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1].ts,
    }


def bot_profile(workspace: Workspace) -> Json:
    ids = workspace.identity
    return {"id": ids.bot, "app_id": ids.app, "name": BOT_NAME, "team_id": ids.team, "deleted": False, "icons": {}}


def user_json(workspace: Workspace, person: Person, *, with_locale: bool = False) -> Json:
    offset = datetime.now(ZoneInfo(person.tz)).utcoffset()
    body: Json = {
        "id": person.id,
        "team_id": workspace.identity.team,
        "name": person.display_name,
        "deleted": person.deleted,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": int(workspace.clock.now().timestamp()),
        "profile": {
            "real_name": person.real_name,
            "display_name": person.display_name,
            "email": person.email,
            "status_text": person.status_text,
            "status_emoji": person.status_emoji,
            "status_expiration": person.status_expiration,
            "image_48": "",
            "team": workspace.identity.team,
        },
    }
    if person.deleted:
        # Slack leaves the zone and the roles out for deactivated people.
        return body
    body |= {"real_name": person.real_name, "tz": person.tz, "tz_label": person.tz}
    body |= {"tz_offset": int(offset.total_seconds()) if offset else 0}
    body |= {"is_admin": False, "is_owner": False, "is_restricted": person.is_restricted, "is_ultra_restricted": False}
    return body | ({"locale": person.locale} if with_locale else {})


def bot_user_json(workspace: Workspace) -> Json:
    ids = workspace.identity
    profile: Json = {"real_name": BOT_NAME, "display_name": BOT_NAME, "api_app_id": ids.app, "bot_id": ids.bot}
    return {
        "id": ids.bot_user,
        "team_id": ids.team,
        "name": BOT_NAME,
        "real_name": BOT_NAME,
        "deleted": False,
        "is_bot": True,
        "is_app_user": False,
        "is_restricted": False,
        "tz": "Asia/Tokyo",
        "tz_offset": 32400,
        "profile": {**profile, "image_48": "", "team": ids.team},
    }


def group_json(workspace: Workspace, group: Group) -> Json:
    now = int(workspace.clock.now().timestamp())
    return {
        "id": group.id,
        "team_id": workspace.identity.team,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": now if group.disabled else 0,
        "auto_type": None,
        "created_by": workspace.identity.bot_user,
        "updated_by": workspace.identity.bot_user,
        "deleted_by": workspace.identity.bot_user if group.disabled else None,
        "prefs": {"channels": [], "groups": []},
        "user_count": str(len(group.members)),
    }


def conversation_json(workspace: Workspace, conversation: Conversation) -> Json:
    body: Json = {
        "id": conversation.id,
        "created": conversation.created,
        "is_archived": conversation.archived,
        "is_im": conversation.kind == "im",
        "is_mpim": conversation.kind == "mpim",
        "is_org_shared": False,
        "context_team_id": workspace.identity.team,
    }
    if conversation.kind == "im":
        person = workspace.people.get(conversation.members[0])
        return body | {"user": conversation.members[0], "is_user_deleted": bool(person and person.deleted)}
    body |= {
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": conversation.kind == "public",
        "is_group": conversation.kind == "private",
        "is_private": conversation.kind != "public",
        "is_member": conversation.bot_is_member,
        "is_general": conversation.name == "general",
        "is_shared": False,
        "is_ext_shared": False,
        "creator": workspace.identity.bot_user,
    }
    about: Json = {"value": "", "creator": "", "last_set": 0}
    return body | {"topic": about, "purpose": about, "num_members": len(conversation.members)}


def file_json(workspace: Workspace, file: File) -> Json:
    extension = file.name.rpartition(".")[2].lower()
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "filetype": extension,
        "mimetype": f"image/{extension}" if extension in {"png", "jpg", "jpeg", "gif"} else "application/octet-stream",
        "size": len(file.content or b""),
        "user": workspace.identity.bot_user,
        "alt_txt": file.alt_text,
        "url_private": f"/files/{file.id}/{file.key}",
        "permalink": f"/files/{file.id}/{file.key}",
        "mode": "hosted",
        "created": int(workspace.clock.now().timestamp()),
    }
