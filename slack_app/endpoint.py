"""The one address that Slack calls: POST /slack/events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from slack_app.listeners.after_ack import start_work
from slack_app.manifest import PATH

_log = structlog.stdlib.get_logger(__name__)

_LARGEST_BODY = 1_000_000
# Of the threads of one process one computes at a time, and whoever writes hands over to the others after each statement:
# each more makes every click dearer. One or two would all be taken while clicks wait for a round's transaction, or for
# Slack to open a form.
_AT_ONCE = 4
# By then Slack has the answer, which the event loop sends when it comes round again.
_ANSWERED_S = 0.02


def slack_routes(app: App, refused: Callable[[str], None] = lambda _reason: None) -> list[Route]:
    """Bolt's own adapter would run listeners on the event loop, where one slow listener holds up everybody.

    `refused` hears why a request was not let in, from a thread.
    """
    threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="slack")

    async def refuse(reason: str, status: int) -> Response:
        """Said in the log without a word of the request: whoever sent it may have written anything into it."""
        _log.warning("request refused", reason=reason, status=status)
        await run_in_threadpool(refused, reason)
        return PlainTextResponse(reason, status)

    async def begin_work(request: BoltRequest) -> None:
        await asyncio.sleep(_ANSWERED_S)
        start_work(request, app.listener_runner.listener_executor)

    async def events(request: Request) -> Response:
        if request.method != "POST":
            return PlainTextResponse("Not found", 404)
        body = await _body(request)
        if body is None:
            return await refuse("Body too large", 413)
        if not request.headers.get("x-slack-request-timestamp", "").isdecimal():
            return await refuse("Not signed", 401)
        try:
            bolt_request = to_bolt_request(request, body)
        except ValueError:
            # Not UTF-8, or not the JSON that it says it is. Slack sends neither.
            return await refuse("Not understood", 400)
        response = to_starlette_response(
            await asyncio.get_running_loop().run_in_executor(threads, app.dispatch, bolt_request)
        )
        if response.status_code == 401:
            return await refuse("Signature wrong or older than five minutes", 401)
        # Work that a listener left for later begins when Slack has its answer: what it shows cannot come too early.
        response.background = BackgroundTask(begin_work, bolt_request)
        return response

    return [Route(PATH, events, methods=["GET", "POST"])]


async def _body(request: Request) -> bytes | None:
    """The body; None as soon as it is larger than anything Slack sends."""
    received = bytearray()
    async for part in request.stream():
        received += part
        if len(received) > _LARGEST_BODY:
            return None
    return bytes(received)
