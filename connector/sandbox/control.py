r"""The control paths: what tests and the demo use to look into the stand-in and to steer it.

| Path under /_control | Does |
|---|---|
| GET requests?since=N | `{"requests":[{"index","method","path","query","version","status","at",…}],"counts","by_kind","by_status","total"}` |
| DELETE or POST requests | forgets them |
| GET clock, POST clock | `{"now"}`; set by `{"now":ISO}` or moved by `{"advance_s":n}` |
| POST faults | plants `{"match":{"method","path"},"do","times","retry_after","seconds","every"}`; `do` as in `faults.py`; `every` 10: each tenth call that matches |
| GET faults, DELETE faults | what is still planted; forgets it |
| POST keep | `{"name"}`: all of that as it is now is kept, for `reset` |
| POST reset | records, clock, faults, limits, switches and log as at the start; with `{"to":name}` as they were kept |
| GET state?object=&from_id=&limit= | the records, see `control_state.py` |
| GET digest?object=&properties=a,b | count and checksum per object, see `control_state.py` |
| GET truth | the planted cases for the clock's instant; not of a portal from a file |
| POST records, bulk, erase, pipelines, owners, properties | acts as a person in the CRM, see `control_writes.py` |
| POST limits | `{"limits":"real"\|"off","ten_secondly":n,"search_per_s":n,"daily":n,"used_today":n,"latency_ms":n}` |
| POST index | `{"lag_s":n,"share":0.3}`: how late the search index is, and for which share of the writes |
| POST switches | `{"omit_merged_in_batch_update":bool,"update_refuses_per_trace_id":bool,"refused_versions":["v3"]}` |
| POST oauth | `{"client_id","client_secret","refresh_token","expires_in"?:1800,"rotates"?:bool}`: installs an OAuth app; `{"forget":true}`: its access tokens are worth nothing from now on |
| POST tokens | `{"token":…,"missing_scopes":[…]}`: accepts a token, without these scopes |
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response
from starlette.routing import Route

from connector.sandbox import control_state, control_writes
from connector.sandbox.call import inner, text, texts
from connector.sandbox.errors import ApiError, Json, envelope, invalid
from connector.sandbox.faults import Fault
from connector.sandbox.moments import iso, parse_moment
from connector.sandbox.oauth_api import App
from connector.sandbox.request_log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from connector.sandbox.sandbox import Sandbox

    Action = Callable[[Sandbox, Json], Json]


def control_routes(sandbox: Sandbox) -> list[Route]:
    """An action's body is the JSON of a POST, or the query of the others."""
    actions: tuple[tuple[str, tuple[str, ...], Action], ...] = (
        ("/requests", ("GET",), _requests),
        ("/requests", ("POST", "DELETE"), _forget_requests),
        ("/clock", ("GET", "POST"), _clock),
        ("/faults", ("GET",), _faults),
        ("/faults", ("POST",), _plant),
        ("/faults", ("DELETE",), _forget_faults),
        ("/keep", ("POST",), _keep),
        ("/reset", ("POST",), _reset),
        ("/state", ("GET",), lambda one, asked: control_state.state(one.account, asked)),
        ("/digest", ("GET",), lambda one, asked: control_state.digest(one.account, asked)),
        ("/truth", ("GET",), _truth),
        ("/records", ("POST",), lambda one, asked: control_writes.write_record(one.account, asked)),
        ("/bulk", ("POST",), lambda one, asked: control_writes.touch_many(one.account, asked)),
        ("/erase", ("POST",), lambda one, asked: control_writes.erase(one.account, asked)),
        ("/pipelines", ("POST",), lambda one, asked: control_writes.change_stage(one.account, asked)),
        ("/owners", ("POST",), lambda one, asked: control_writes.change_owner(one.account, asked)),
        ("/properties", ("POST",), lambda one, asked: control_writes.change_property(one.account, asked)),
        ("/limits", ("GET", "POST"), _limits),
        ("/index", ("GET", "POST"), _index),
        ("/switches", ("GET", "POST"), _switches),
        ("/tokens", ("POST",), _tokens),
        ("/oauth", ("POST",), _oauth),
    )
    return [Route(path, _endpoint(sandbox, action), methods=list(methods)) for path, methods, action in actions]


def _endpoint(sandbox: Sandbox, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            _check_loopback(request)
            asked = _asked(request, body)
            return _json_response(200, action(sandbox, asked))
        except ApiError as error:
            return _json_response(error.status, error.payload)

    return endpoint


def _asked(request: Request, body: bytes) -> Json:
    asked: Json = dict(request.query_params)
    if not body.strip():
        return asked
    try:
        given: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise invalid(f"The body is no JSON: {error.msg} in line {error.lineno}, column {error.colno}") from None
    return asked | inner({"body": given}, "body")


def _check_loopback(request: Request) -> None:
    host = request.client.host if request.client else ""
    try:
        allowed = ipaddress.ip_address(host).is_loopback
    except ValueError:
        allowed = False
    if not allowed:
        raise ApiError(403, envelope("The control paths answer on the loopback address only."))


def _json_response(status: int, payload: Json) -> Response:
    return Response(orjson.dumps(payload), status, media_type="application/json")


def _requests(sandbox: Sandbox, asked: Json) -> Json:
    return sandbox.log.report(_whole(asked, "since", 0))


def _forget_requests(sandbox: Sandbox, _: Json) -> Json:
    sandbox.log = RequestLog()
    return sandbox.log.report(0)


def _truth(sandbox: Sandbox, _: Json) -> Json:
    portal = sandbox.account.portal
    if portal.file is not None:
        raise invalid("What a checker must find is known of portals in memory only, not of one from a file.")
    return sandbox.options.truth(portal, sandbox.account.now())


def _clock(sandbox: Sandbox, asked: Json) -> Json:
    clock = sandbox.account.clock
    if "now" in asked:
        instant = parse_moment(text(asked, "now"))
        if instant is None:
            raise invalid(f"'{text(asked, 'now')}' is no instant; give ISO 8601 with a zone.")
        clock.move_to(instant)
    if "advance_s" in asked:
        clock.advance(_number(asked, "advance_s", 0))
    return {"now": iso(clock.now())}


def _plant(sandbox: Sandbox, asked: Json) -> Json:
    match = inner(asked, "match")
    fault = Fault(text(asked, "do"), text(match, "method"), text(match, "path"), _whole(asked, "times", 1))
    if "retry_after" in asked:
        fault.retry_after = _number(asked, "retry_after", 0)
    fault.seconds = _number(asked, "seconds", 1.0)
    fault.every = _whole(asked, "every", 1)
    sandbox.faults.plant(fault)
    return _faults(sandbox, asked)


def _faults(sandbox: Sandbox, _: Json) -> Json:
    planted = [
        {"match": {"method": one.method, "path": one.path}, "do": one.do, "times": one.times}
        for one in sandbox.faults.planted
    ]
    return {"faults": planted}


def _forget_faults(sandbox: Sandbox, asked: Json) -> Json:
    sandbox.faults.planted = []
    return _faults(sandbox, asked)


def _keep(sandbox: Sandbox, asked: Json) -> Json:
    sandbox.keep(text(asked, "name"))
    return {"now": iso(sandbox.account.now())}


def _reset(sandbox: Sandbox, asked: Json) -> Json:
    if "to" not in asked:
        sandbox.reset()
    else:
        try:
            sandbox.restore(text(asked, "to"))
        except KeyError as error:
            raise invalid(f"nothing was kept as '{text(asked, 'to')}'") from error
    return {"now": iso(sandbox.account.now())}


def _limits(sandbox: Sandbox, asked: Json) -> Json:
    limits = sandbox.account.limits
    limits.mode = text(asked, "limits", limits.mode)
    if limits.mode not in ("real", "off"):
        raise invalid(f"limits is 'real' or 'off', not '{limits.mode}'")
    limits.ten_secondly = _whole(asked, "ten_secondly", limits.ten_secondly)
    limits.search_per_s = _whole(asked, "search_per_s", limits.search_per_s)
    limits.daily = _whole(asked, "daily", limits.daily)
    limits.used_today = _whole(asked, "used_today", limits.used_today)
    sandbox.latency_ms = _whole(asked, "latency_ms", sandbox.latency_ms)
    return {
        "limits": limits.mode,
        "ten_secondly": limits.ten_secondly,
        "search_per_s": limits.search_per_s,
        "daily": limits.daily,
        "used_today": limits.used_today,
        "latency_ms": sandbox.latency_ms,
    }


def _index(sandbox: Sandbox, asked: Json) -> Json:
    index = sandbox.account.index
    index.lag_s = _number(asked, "lag_s", index.lag_s)
    index.share = _number(asked, "share", index.share)
    return {"lag_s": index.lag_s, "share": index.share}


def _switches(sandbox: Sandbox, asked: Json) -> Json:
    switches = sandbox.account.switches
    switches.omit_merged_in_batch_update = _flag(asked, "omit_merged_in_batch_update", switches)
    switches.update_refuses_per_trace_id = _flag(asked, "update_refuses_per_trace_id", switches)
    if "refused_versions" in asked:
        switches.refused_versions = frozenset(texts(asked, "refused_versions"))
    return {
        "omit_merged_in_batch_update": switches.omit_merged_in_batch_update,
        "update_refuses_per_trace_id": switches.update_refuses_per_trace_id,
        "refused_versions": sorted(switches.refused_versions),
    }


def _tokens(sandbox: Sandbox, asked: Json) -> Json:
    token = text(asked, "token", sandbox.options.token)
    sandbox.tokens[token] = frozenset(texts(asked, "missing_scopes"))
    return {"tokens": {one: sorted(missing) for one, missing in sandbox.tokens.items()}}


def _oauth(sandbox: Sandbox, asked: Json) -> Json:
    account = sandbox.account
    if asked.get("forget"):
        for token in account.expiries:
            account.tokens.pop(token, None)
    else:
        account.app = App(
            text(asked, "client_id"),
            text(asked, "client_secret"),
            text(asked, "refresh_token"),
            _whole(asked, "expires_in", 1800),
            rotates=bool(asked.get("rotates")),
        )
    return {"renewals": account.app.renewals if account.app else 0}


def _flag(asked: Json, key: str, switches: object) -> bool:
    return bool(asked.get(key, getattr(switches, key)))


def _whole(asked: Json, key: str, default: int) -> int:
    return int(_number(asked, key, default))


def _number(asked: Json, key: str, default: float) -> float:
    try:
        return float(text(asked, key, str(default)))
    except ValueError:
        raise invalid(f"{key} must be a number, not '{text(asked, key)}'") from None
