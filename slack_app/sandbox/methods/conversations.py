"""The `conversations.*` methods that tell about conversations and open them, and `users.conversations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError
from slack_app.sandbox.message_json import conversation_json
from slack_app.sandbox.methods.paging import page
from slack_app.sandbox.scopes import check_conversation_scope, check_kind_scope

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.methods.call import Call, Handler
    from slack_app.sandbox.records import Conversation

_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
_MOST_USERS = 8


def visible_conversation(call: Call, access: str) -> Conversation:
    """The conversation named by `channel`, if the app can see it and holds the scope for its kind."""
    conversation = call.workspace.conversations.get(call.args.text("channel"))
    if conversation is None or (conversation.kind != "public" and not conversation.bot_is_member):
        raise ApiError("channel_not_found")
    check_conversation_scope(call.site.credentials, conversation, access)
    return conversation


def _listed(call: Call, *, only_member_of: str | None) -> Json:
    kinds: list[str] = []
    for name in call.args.words("types") or ["public_channel"]:
        if name not in _TYPES:
            raise ApiError("invalid_types")
        check_kind_scope(call.site.credentials, _TYPES[name], "read")
        kinds.append(_TYPES[name])
    found = [c for c in call.workspace.conversations.values() if c.kind in kinds]
    found = [c for c in found if c.kind == "public" or c.bot_is_member]
    if only_member_of == call.workspace.identity.bot_user:
        found = [c for c in found if c.bot_is_member]
    elif only_member_of:
        found = [c for c in found if only_member_of in c.members]
    if call.args.flag("exclude_archived"):
        found = [c for c in found if not c.archived]
    some, cursor = page(found, call.args, bad_limit="invalid_limit")
    channels = [conversation_json(call.workspace, c) for c in some]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


def _list(call: Call) -> Json:
    return _listed(call, only_member_of=None)


def _of_user(call: Call) -> Json:
    return _listed(call, only_member_of=call.args.text("user") or call.workspace.identity.bot_user)


def _info(call: Call) -> Json:
    conversation = visible_conversation(call, "read")
    body = conversation_json(call.workspace, conversation)
    if not call.args.flag("include_num_members"):
        body.pop("num_members", None)
    return {"channel": body}


def _members(call: Call) -> Json:
    conversation = visible_conversation(call, "read")
    everyone = [*conversation.members]
    if conversation.bot_is_member:
        everyone.append(call.workspace.identity.bot_user)
    some, cursor = page(everyone, call.args, bad_limit="invalid_limit")
    return {"members": list(some), "response_metadata": {"next_cursor": cursor}}


def _open(call: Call) -> Json:
    workspace = call.workspace
    if "users" not in call.args and "channel" in call.args:
        conversation = visible_conversation(call, "write")
        if not conversation.is_direct:
            raise ApiError("method_not_supported_for_channel_type")
        return _opened(call, conversation, is_new=False)
    users = call.args.words("users")
    if not users:
        raise ApiError("users_list_not_supplied")
    if len(users) > _MOST_USERS:
        raise ApiError("too_many_users")
    check_kind_scope(call.site.credentials, "im" if len(users) == 1 else "mpim", "write")
    for user in users:
        _check_may_talk_to(call, user)
    conversation, is_new = workspace.direct_with(users)
    return _opened(call, conversation, is_new=is_new)


def _check_may_talk_to(call: Call, user: str) -> None:
    if user == call.workspace.identity.bot_user:
        raise ApiError("cannot_dm_bot")
    person = call.workspace.people.get(user)
    if person is None:
        raise ApiError("user_not_found")
    if person.deleted:
        raise ApiError("user_disabled")
    if person.is_bot:
        raise ApiError("cannot_dm_bot")


def _opened(call: Call, conversation: Conversation, *, is_new: bool) -> Json:
    full = call.args.flag("return_im")
    body = conversation_json(call.workspace, conversation) if full else {"id": conversation.id}
    return {"channel": body} | ({} if is_new else {"already_open": True, "no_op": True})


HANDLERS: dict[str, Handler] = {
    "conversations.list": _list,
    "conversations.info": _info,
    "conversations.members": _members,
    "conversations.open": _open,
    "users.conversations": _of_user,
}
