"""How a request to an API path becomes an answer: faults, token, limits, latency, handler, headers."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import time
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import parse_qs, unquote
from zoneinfo import ZoneInfo

import orjson

from connector.sandbox.call import Call
from connector.sandbox.errors import ApiError, correlation_id, envelope, missing_scope, not_found, unauthenticated
from connector.sandbox.faults import page
from connector.sandbox.moments import iso
from connector.sandbox.oauth_api import TOKEN_PATH, expired
from connector.sandbox.paths import normalise
from connector.sandbox.routes import RouteTable, scope_needed

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from connector.sandbox.call import Answer, Route
    from connector.sandbox.faults import Fault
    from connector.sandbox.sandbox import Sandbox

_LONGEST_URL = 8192
_WORTH_ZIPPING = 1000
_JSON = "application/json;charset=utf-8"
_METHODS_WITH_BODY = ("POST", "PUT", "PATCH")


@dataclasses.dataclass(frozen=True, slots=True)
class _Request:
    method: str
    sent_path: str
    path: str
    version: str
    query: str
    headers: dict[str, str]
    body: bytes
    origin: str

    @property
    def token(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclasses.dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes
    headers: dict[str, str]


class _Connection(Protocol):
    """The part of the server's per-request object that a planted drop needs."""

    transport: asyncio.Transport


class Door:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._routes = RouteTable()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await _request(scope, receive)
        fault = self._sandbox.faults.take(request.method, (request.sent_path, request.path))
        route, params, known = self._routes.find(request.method, request.path)
        reply = self._planted(fault) or self._refused(request, route, params, known)
        if reply is None:
            await self._wait(fault)
            reply = self._handled(request, route, params)
        if fault is not None and fault.do == "524_after":
            reply = self._planted_page(fault) or reply
        self._note(request, route, 0 if fault and fault.do.startswith("drop") else reply.status)
        await _deliver(reply, fault, receive, send)

    def _planted(self, fault: Fault | None) -> _Reply | None:
        """The answer of a fault that keeps the call from happening."""
        if fault is None or fault.lets_the_call_happen:
            return None
        if fault.do == "drop_before":
            return _Reply(0, b"", {})
        error = self._sandbox.faults.error(fault)
        return self._planted_page(fault) if error is None else _error_reply(error, {})

    def _planted_page(self, fault: Fault) -> _Reply | None:
        found = page(fault)
        return None if found is None else _Reply(found[0], found[1], {"content-type": "text/html"})

    def _refused(self, request: _Request, route: Route | None, params: dict[str, str], known: bool) -> _Reply | None:
        """What is checked on arrival, before any time passes."""
        if len(request.sent_path) + len(request.query) > _LONGEST_URL:
            return _error_reply(ApiError(414, envelope("URI Too Long")), {})
        account = self._sandbox.account
        if request.path != TOKEN_PATH:
            refusal = unauthenticated() if request.token not in account.tokens else expired(account, request.token)
            if refusal is not None:
                return _error_reply(refusal, {})
        is_search = route is not None and route.kind == "search"
        today = account.now().astimezone(ZoneInfo(account.portal.time_zone)).date()
        over = account.limits.admit(request.token, is_search, today)
        try:
            error = over or self._unfit(request, route, params, known)
        except ApiError as unknown_type:
            error = unknown_type
        headers = {} if is_search else account.limits.headers(request.token)
        return None if error is None else _error_reply(error, headers)

    def _unfit(self, request: _Request, route: Route | None, params: dict[str, str], known: bool) -> ApiError | None:
        """Refusals that a call within the limits can still meet before its handler."""
        if route is None:
            return ApiError(405, envelope("HTTP 405 Method Not Allowed")) if known else not_found()
        if request.version in self._sandbox.account.switches.refused_versions:
            return not_found(f"version {request.version} is not supported any more")
        scope = scope_needed(route, params)
        if scope is not None and scope in self._sandbox.account.tokens[request.token]:
            return missing_scope(scope)
        kind = "x-www-form-urlencoded" if request.path == TOKEN_PATH else "json"
        is_fit = kind in request.headers.get("content-type", "")
        if request.method in _METHODS_WITH_BODY and request.body and not is_fit:
            return ApiError(415, envelope("HTTP 415 Unsupported Media Type"))
        return None

    async def _wait(self, fault: Fault | None) -> None:
        seconds = self._sandbox.latency_ms / 1000
        if fault is not None and fault.do == "delay":
            seconds += fault.seconds
        if seconds > 0:
            await asyncio.sleep(seconds)

    def _handled(self, request: _Request, route: Route | None, params: dict[str, str]) -> _Reply:
        """The state is read and changed here, in one go: nothing else runs meanwhile."""
        account = self._sandbox.account
        if route is None:
            return _error_reply(not_found(), {})
        headers = {} if route.kind == "search" else account.limits.headers(request.token)
        query = parse_qs(request.query, keep_blank_values=True)
        call = Call(request.method, request.sent_path, query, request.body, request.origin, params)
        try:
            answer = route.handler(account, call)
        except ApiError as error:
            return _error_reply(error, headers)
        return _reply(answer, headers, "gzip" in request.headers.get("accept-encoding", ""))

    def _note(self, request: _Request, route: Route | None, status: int) -> None:
        entry: dict[str, object] = {
            "method": request.method,
            "path": request.sent_path,
            "query": request.query,
            "version": request.version,
            "status": status,
            "at": iso(self._sandbox.account.now()),
            "monotonic": round(time.monotonic(), 4),
            "kind": route.kind if route else "unknown",
        }
        self._sandbox.log.note(entry, route.template if route else request.path, str(entry["kind"]))


async def _request(scope: Scope, receive: Receive) -> _Request:
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message["type"] == "http.request" and bool(message.get("more_body", False))
    raw_path = cast("bytes", scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    path, version = normalise(raw_path)
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    host, port = scope["server"]
    query = cast("bytes", scope["query_string"]).decode("latin-1")
    origin = f"http://{host}:{port}"
    return _Request(scope["method"], unquote(raw_path), path, version, query, headers, b"".join(parts), origin)


def _reply(answer: Answer, headers: dict[str, str], zipped: bool) -> _Reply:
    headers = headers | answer.headers | {"x-hubspot-correlation-id": correlation_id()}
    if answer.payload is None:
        return _Reply(answer.status, b"", headers)
    body = orjson.dumps(answer.payload)
    headers["content-type"] = _JSON
    if zipped and len(body) > _WORTH_ZIPPING:
        body = gzip.compress(body, compresslevel=1)
        headers["content-encoding"] = "gzip"
        headers["vary"] = "Accept-Encoding"
    return _Reply(answer.status, body, headers)


def _error_reply(error: ApiError, headers: dict[str, str]) -> _Reply:
    correlation = correlation_id()
    body = orjson.dumps(error.payload | {"correlationId": correlation})
    own = {"content-type": _JSON, "x-hubspot-correlation-id": correlation}
    return _Reply(error.status, body, headers | error.headers | own)


async def _deliver(reply: _Reply, fault: Fault | None, receive: Receive, send: Send) -> None:
    if fault is not None and fault.do.startswith("drop"):
        await _drop(receive)
        return
    headers = {"content-length": str(len(reply.body))} if reply.status != 204 else {}
    headers |= reply.headers
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    if fault is not None and fault.do in ("truncate", "slow_body") and reply.body:
        half = len(reply.body) // 2
        await send({"type": "http.response.body", "body": reply.body[:half], "more_body": True})
        if fault.do == "truncate":
            await _drop(receive, after_sending=True)
            return
        await asyncio.sleep(fault.seconds)
        await send({"type": "http.response.body", "body": reply.body[half:]})
        return
    await send({"type": "http.response.body", "body": reply.body})


async def _drop(receive: Receive, after_sending: bool = False) -> None:
    """Close the socket without (the rest of) an answer. ASGI has no word for it, so the server's object is asked."""
    connection = cast("_Connection | None", getattr(receive, "__self__", None))
    if connection is None:
        message = "A planted drop needs a server whose `receive` is a method of its connection, as uvicorn's is."
        raise RuntimeError(message)
    if after_sending:
        connection.transport.close()
    else:
        connection.transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
