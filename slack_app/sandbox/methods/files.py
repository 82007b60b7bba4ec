"""The three-step upload: ask for an address, send the bytes there, complete."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, Response

from slack_app.sandbox.api_error import ApiError, invalid_arguments
from slack_app.sandbox.identity import make_secret
from slack_app.sandbox.json_values import Json, as_text, objects
from slack_app.sandbox.message_json import file_json
from slack_app.sandbox.methods.chat import target_conversation, thread_root
from slack_app.sandbox.posting import Content, post
from slack_app.sandbox.records import File

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from slack_app.sandbox.methods.call import Call, Handler
    from slack_app.sandbox.site import Site
    from slack_app.sandbox.workspace import Workspace

_ALT_TEXT = 1000
# The message of an uploaded file appears after the call has answered, as in Slack.
_SHARE_DELAY_S = 0.05


def _get_upload_url(call: Call) -> Json:
    length = call.args.number("length", 0)
    if length < 1:
        raise invalid_arguments("length must be greater than 0 [json-pointer:/length]")
    if len(call.args.text("alt_txt")) > _ALT_TEXT:
        raise ApiError("alt_txt_too_large")
    file_id = call.workspace.mint.make_id("F")
    file = File(file_id, call.args.text("filename"), length, call.args.text("alt_txt"), make_secret())
    call.workspace.files[file_id] = file
    return {"upload_url": f"{call.site.base_url}/upload/v1/{file_id}/{file.key}", "file_id": file_id}


def upload_endpoint(site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        file = site.workspace.files.get(request.path_params["file"])
        if file is None or file.key != request.path_params["key"] or file.completed:
            return PlainTextResponse("not found", 404)
        kind = request.headers.get("content-type", "")
        # Raw bytes may be labelled as a form by the SDK; only a real multipart body has parts to look into.
        file.content = await _first_part(request) if kind.startswith("multipart/") else await request.body()
        return PlainTextResponse(f"OK - {len(file.content)}")

    return endpoint


async def _first_part(request: Request) -> bytes:
    form = await request.form()
    for value in form.values():
        if not isinstance(value, str):
            return await value.read()
    return b""


def file_endpoint(site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        file = site.workspace.files.get(request.path_params["file"])
        if file is None or file.key != request.path_params["key"] or file.content is None:
            return PlainTextResponse("not found", 404)
        return Response(file.content, media_type=as_text(file_json(site.workspace, file)["mimetype"]))

    return endpoint


def _complete(call: Call) -> Json:
    try:
        wanted = objects(call.args.parsed("files"))
    except ValueError as error:
        raise invalid_arguments("`files` is not valid JSON") from error
    done: list[File] = []
    for entry in wanted:
        file = call.workspace.files.get(as_text(entry.get("id")))
        if file is None or file.content is None:
            raise ApiError("file_not_found")
        file.title = as_text(entry.get("title"))
        done.append(file)
    if not done:
        raise invalid_arguments("missing required field: files")
    _share(call, done)
    for file in done:
        file.completed = True
    return {"files": [file_json(call.workspace, file) for file in done]}


def _share(call: Call, files: list[File]) -> None:
    channels = [c for c in [call.args.text("channel_id"), *call.args.words("channels")] if c]
    targets = [target_conversation(call, channel).id for channel in channels]
    roots = [thread_root(call, channel) for channel in targets]
    ids, content = tuple(file.id for file in files), Content(call.args.text("initial_comment"))
    loop, workspace = asyncio.get_running_loop(), call.workspace
    for channel, root in zip(targets, roots, strict=True):
        loop.call_later(_SHARE_DELAY_S, _appear, workspace, channel, content, root, ids)


def _appear(workspace: Workspace, channel: str, content: Content, root: str | None, files: tuple[str, ...]) -> None:
    post(workspace, channel, content, thread_ts=root, files=files)


HANDLERS: dict[str, Handler] = {
    "files.getUploadURLExternal": _get_upload_url,
    "files.completeUploadExternal": _complete,
}
