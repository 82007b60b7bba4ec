"""`conversations.history` and `conversations.replies`: which messages are where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError, invalid_arguments
from slack_app.sandbox.identity import micros_of
from slack_app.sandbox.message_json import message_json
from slack_app.sandbox.methods.conversations import visible_conversation
from slack_app.sandbox.methods.paging import page

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.methods.call import Call, Handler
    from slack_app.sandbox.records import Message


def _history(call: Call) -> Json:
    conversation = visible_conversation(call, "history")
    if not conversation.bot_is_member:
        raise ApiError("not_in_channel")
    messages = call.workspace.messages.get(conversation.id, [])
    shown = [m for m in messages if not m.deleted and (m.thread_ts is None or m.broadcast)]
    return _page(call, list(reversed(_between(call, shown))))


def _replies(call: Call) -> Json:
    conversation = visible_conversation(call, "history")
    if not conversation.bot_is_member:
        # This method has no not_in_channel among its codes.
        raise ApiError("channel_not_found")
    message = call.workspace.message(conversation.id, call.args.text("ts"))
    if message is None:
        raise ApiError("thread_not_found")
    thread = call.workspace.thread(conversation.id, message.thread_ts or message.ts)
    # The root comes with every thread, whatever the time window.
    return _page(call, [*thread[:1], *_between(call, thread[1:])])


def _page(call: Call, messages: list[Message]) -> Json:
    some, cursor = page(messages, call.args, bad_limit="invalid_arguments")
    with_payload = call.args.flag("include_all_metadata")
    return {
        "messages": [message_json(call.workspace, m, with_payload=with_payload) for m in some],
        "has_more": bool(cursor),
        "response_metadata": {"next_cursor": cursor},
    }


def _between(call: Call, messages: list[Message]) -> list[Message]:
    oldest, latest = _bound(call, "oldest"), _bound(call, "latest")
    inclusive = call.args.flag("inclusive")

    def inside(message: Message) -> bool:
        at = micros_of(message.ts) or 0
        after = oldest is None or at > oldest or (inclusive and at == oldest)
        before = latest is None or at < latest or (inclusive and at == latest)
        return after and before

    return [message for message in messages if inside(message)]


def _bound(call: Call, name: str) -> int | None:
    if name not in call.args:
        return None
    text = call.args.text(name)
    found = micros_of(text)
    if found is None:
        raise ApiError(f"invalid_ts_{name}", invalid_arguments(f"not a timestamp: {text}").beside)
    return found


HANDLERS: dict[str, Handler] = {"conversations.history": _history, "conversations.replies": _replies}
