"""What happens on the wire around each call: it is noted, and a planned fault strikes before or after it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from slack_app.sandbox.faults import Fault
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.site import Site

API_PREFIX = "/api/"
_CALL_PREFIXES = (API_PREFIX, "/respond/", "/upload/")
ENTRY = "slack_sandbox.entry"


class Wire:
    """The outermost ASGI layer. The page and the control API pass through untouched."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        if scope["type"] != "http" or not path.startswith(_CALL_PREFIXES):
            await self.app(scope, receive, send)
            return
        api_method = path.removeprefix(API_PREFIX) if path.startswith(API_PREFIX) else ""
        entry: Json = {"at": self.site.clock.now().isoformat(), "method": scope["method"], "path": path}
        entry["api_method"] = api_method
        fault = self.site.faults.next_for(scope["method"], path, api_method)
        self.site.journal.note_request(entry)
        scope[ENTRY] = entry
        if fault is None:
            await self.app(scope, receive, _noting_status(send, entry))
        else:
            entry["fault"] = fault.do
            await self._strike(fault, scope, receive, send)

    async def _strike(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        noting = _noting_status(send, scope[ENTRY])
        if fault.do == "delay":
            # Who gives up meanwhile has sent all there was to send: it is done all the same, as by Slack.
            received, workspace = await _read_all(receive), self.site.workspace
            await asyncio.sleep(fault.retry_after)
            if self.site.workspace is workspace:
                await self.app(scope, _replaying(received, receive), noting)
            else:
                # Begun afresh meanwhile: the call belongs to a workspace that is no more.
                await _drop(receive)
        elif fault.do in _ANSWERS:
            status, kind, body = _ANSWERS[fault.do]
            await _answer(noting, status, kind, body, retry_after=fault.retry_after if status == 429 else None)
        elif fault.do == "error_before":
            await _answer(noting, 200, _JSON, _error_body(fault))
        elif fault.do == "drop_before":
            await _read_all(receive)
            await _drop(receive)
        else:
            await self._strike_afterwards(fault, scope, receive, send)

    async def _strike_afterwards(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        await self.app(scope, receive, _noting_status(keep, scope[ENTRY]))
        if fault.do == "error_after":
            await _answer(send, 200, _JSON, _error_body(fault))
        elif fault.do == "truncate":
            body: bytes = b"".join(m.get("body", b"") for m in answer if m["type"] == "http.response.body")
            await send(answer[0])
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await _drop(receive)
        else:
            await _drop(receive)


_JSON = b"application/json; charset=utf-8"
_ANSWERS = {
    "429": (429, _JSON, b'{"ok":false,"error":"ratelimited"}'),
    "500": (500, _JSON, b'{"ok":false,"error":"internal_error"}'),
    "502_html": (502, b"text/html", b"<html><body><h1>502 Bad Gateway</h1></body></html>"),
}


def _error_body(fault: Fault) -> bytes:
    return json.dumps({"ok": False, "error": fault.error}).encode()


async def _answer(send: Send, status: int, kind: bytes, body: bytes, *, retry_after: float | None = None) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    if retry_after is not None:
        headers.append((b"retry-after", f"{retry_after:g}".encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _noting_status(send: Send, entry: Json) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            entry["status"] = message["status"]
        await send(message)

    return noting


async def _read_all(receive: Receive) -> list[Message]:
    received = [await receive()]
    while received[-1].get("more_body"):
        received.append(await receive())
    return received


def _replaying(received: list[Message], receive: Receive) -> Receive:
    """Gives what was received before, and then what comes."""

    async def again() -> Message:
        return received.pop(0) if received else await receive()

    return again


async def _drop(receive: Receive) -> None:
    """Cuts the connection as a failing network does. ASGI has no word for it, so the server's transport is asked:
    `receive` is a method of the object that holds it, and Starlette hands it down unwrapped.
    """
    # Bytes already written leave first, so that a truncated answer is seen as truncated.
    await asyncio.sleep(0.01)
    transport = cast("Any", getattr(getattr(receive, "__self__", None), "transport", None))
    if transport is None:
        raise ConnectionAbortedError("a planned fault dropped this connection")
    transport.abort()
    await asyncio.sleep(0.01)
