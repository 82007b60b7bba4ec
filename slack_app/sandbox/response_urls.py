"""What an answer to a `response_url`, or a command's direct answer, does to the conversation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response

from slack_app.sandbox.api_error import ApiError
from slack_app.sandbox.arguments import Arguments
from slack_app.sandbox.content import read_content
from slack_app.sandbox.json_values import Json, object_or_empty
from slack_app.sandbox.posting import edit, post, remove
from slack_app.sandbox.wire import ENTRY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from slack_app.sandbox.records import Message, ResponseUrl
    from slack_app.sandbox.site import Site
    from slack_app.sandbox.workspace import Workspace

_USES = 5
_LIFE_S = 30 * 60.0


def respond_endpoint(site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        entry: Json = request.scope.get(ENTRY, {})
        permit = site.workspace.response_urls.get(request.path_params["key"])
        refusal = _refusal(site, permit)
        if permit is None or refusal:
            entry["error"] = refusal
            return JSONResponse({"ok": False, "error": refusal}, 404)
        permit.uses += 1
        try:
            body = object_or_empty(json.loads(await request.body()))
            entry["args"] = body
            deliver(site.workspace, permit, body)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        except ApiError as error:
            entry["error"] = error.code
            return JSONResponse(error.body(), 400)
        return PlainTextResponse("ok")

    return endpoint


def _refusal(site: Site, permit: ResponseUrl | None) -> str:
    if permit is None:
        return "invalid_url"
    if site.clock.elapsed() - permit.born > _LIFE_S:
        return "expired_url"
    return "used_url" if permit.uses >= _USES else ""


def deliver(workspace: Workspace, permit: ResponseUrl, body: Json) -> Message | None:
    """The message that now says what `body` says; None where it deleted one."""
    args = Arguments(body)
    original = _original(workspace, permit)
    if args.flag("delete_original"):
        if original is not None:
            remove(workspace, original)
        return None
    content = read_content(workspace, args)
    if original is not None and args.flag("replace_original"):
        edit(workspace, original, content)
        return original
    ephemeral = args.text("response_type") != "in_channel"
    thread_ts = args.text("thread_ts") or permit.thread_ts
    visible_to = permit.user if ephemeral else None
    message = post(workspace, permit.channel, content, thread_ts=thread_ts, visible_to=visible_to)
    if not permit.from_message:
        # A command has no message of its own: its first answer is what later answers replace.
        permit.message = permit.message or (message.channel, message.ts)
    return message


def _original(workspace: Workspace, permit: ResponseUrl) -> Message | None:
    if permit.message is None:
        return None
    return workspace.message(*permit.message) or workspace.ephemeral_message(*permit.message)
