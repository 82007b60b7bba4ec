"""The `chat.*` methods: post, change, delete, whisper, link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError, RateLimitedError
from slack_app.sandbox.content import TEXT_KEPT, read_content
from slack_app.sandbox.message_json import message_json
from slack_app.sandbox.posting import edit, post, remove

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.methods.call import Call, Handler
    from slack_app.sandbox.records import Conversation, Message

_UPDATE_TEXT = 4_000


def target_conversation(call: Call, reference: str) -> Conversation:
    """Where the app may post: by id, by name, or the direct messages of a person."""
    workspace = call.workspace
    if reference in {workspace.identity.bot_user, workspace.identity.bot}:
        raise ApiError("cannot_dm_bot")
    person = workspace.people.get(reference)
    if person is not None:
        # A deactivated person's id opens no conversation; the codes of this method know no user_disabled.
        if person.deleted or person.is_bot:
            raise ApiError("cannot_dm_bot" if person.is_bot else "channel_not_found")
        conversation, _ = workspace.direct_with([person.id])
    else:
        found = workspace.conversation(reference)
        if found is None:
            raise ApiError("channel_not_found")
        conversation = found
    check_may_post(call, conversation)
    return conversation


def check_may_post(call: Call, conversation: Conversation) -> None:
    workspace = call.workspace
    if conversation.kind == "private" and not conversation.bot_is_member:
        raise ApiError("channel_not_found")
    if conversation.archived:
        raise ApiError("is_archived")
    if not conversation.bot_is_member and "chat:write.public" not in call.site.credentials.scopes:
        raise ApiError("not_in_channel")
    if conversation.kind == "im":
        if not workspace.messages_tab:
            raise ApiError("messages_tab_disabled")
        person = workspace.people.get(conversation.members[0])
        if person is None or person.deleted:
            raise ApiError("channel_not_found")


def thread_root(call: Call, channel: str) -> str | None:
    """The ts of the thread that `thread_ts` belongs to; a reply's ts leads to its root."""
    if "thread_ts" not in call.args:
        return None
    parent = call.workspace.message(channel, call.args.text("thread_ts"))
    if parent is None:
        raise ApiError("cannot_reply_to_message")
    return parent.thread_ts or parent.ts


def _post_message(call: Call) -> Json:
    conversation = target_conversation(call, call.args.text("channel"))
    root = thread_root(call, conversation.id)
    content = read_content(call.workspace, call.args, too_long="msg_blocks_too_long")
    wait = call.site.limiter.wait_for_channel(conversation.id, call.site.clock.elapsed())
    if wait:
        raise RateLimitedError(wait)
    broadcast = root is not None and call.args.flag("reply_broadcast")
    message = post(call.workspace, conversation.id, content, thread_ts=root, broadcast=broadcast)
    return {"channel": conversation.id, "ts": message.ts, "message": message_json(call.workspace, message)}


def _own_message(call: Call, refusal: str) -> Message:
    channel = call.args.text("channel")
    conversation = call.workspace.conversations.get(channel)
    if conversation is None:
        raise ApiError("channel_not_found")
    message = call.workspace.message(channel, call.args.text("ts"))
    if message is None:
        raise ApiError("message_not_found")
    if not message.from_app:
        raise ApiError(refusal)
    return message


def _update(call: Call) -> Json:
    message = _own_message(call, "cant_update_message")
    if call.workspace.conversations[message.channel].archived:
        raise ApiError("is_inactive")
    edit(call.workspace, message, read_content(call.workspace, call.args, longest_text=_UPDATE_TEXT))
    body = message_json(call.workspace, message)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": body}


def _delete(call: Call) -> Json:
    message = _own_message(call, "cant_delete_message")
    remove(call.workspace, message)
    return {"channel": message.channel, "ts": message.ts}


def _post_ephemeral(call: Call) -> Json:
    conversation = call.workspace.conversation(call.args.text("channel"))
    if conversation is None:
        raise ApiError("channel_not_found")
    check_may_post(call, conversation)
    user = call.args.text("user")
    if user not in conversation.members:
        raise ApiError("user_not_in_channel")
    content = read_content(call.workspace, call.args, longest_text=TEXT_KEPT)
    root = thread_root(call, conversation.id)
    message = post(call.workspace, conversation.id, content, thread_ts=root, visible_to=user)
    return {"message_ts": message.ts}


def _get_permalink(call: Call) -> Json:
    channel, ts = call.args.text("channel"), call.args.text("message_ts")
    if channel not in call.workspace.conversations:
        raise ApiError("channel_not_found")
    if call.workspace.message(channel, ts) is None:
        raise ApiError("message_not_found")
    return {"channel": channel, "permalink": f"{call.site.base_url}/archives/{channel}/p{ts.replace('.', '')}"}


HANDLERS: dict[str, Handler] = {
    "chat.postMessage": _post_message,
    "chat.update": _update,
    "chat.delete": _delete,
    "chat.postEphemeral": _post_ephemeral,
    "chat.getPermalink": _get_permalink,
}
