"""How one Web API call is answered: who is asking, may they, how often, and which method does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response

from slack_app.sandbox.api_error import ApiError, RateLimitedError
from slack_app.sandbox.arguments import Arguments, read_arguments
from slack_app.sandbox.journal import without_secrets
from slack_app.sandbox.method_table import APP_LEVEL, METHODS, TOKENLESS
from slack_app.sandbox.methods.call import Call
from slack_app.sandbox.methods.register import HANDLERS
from slack_app.sandbox.scopes import check_method_scopes
from slack_app.sandbox.wire import ENTRY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.site import Credentials, Site

_JSON_TYPE = "application/json; charset=utf-8"


def api_endpoint(site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        name = request.path_params["method"]
        entry: Json = request.scope.get(ENTRY, {})
        try:
            body = await _answer(site, name, request, entry)
        except RateLimitedError as limited:
            entry["error"] = "ratelimited"
            headers = {"Retry-After": str(limited.retry_after)}
            return JSONResponse({"ok": False, "error": "ratelimited"}, 429, headers, media_type=_JSON_TYPE)
        except ApiError as error:
            entry["error"] = error.code
            body = error.body()
        return JSONResponse(body, headers=_scope_headers(site, name), media_type=_JSON_TYPE)

    return endpoint


async def _answer(site: Site, name: str, request: Request, entry: Json) -> Json:
    facts = METHODS.get(name)
    if facts is None or name not in HANDLERS:
        raise ApiError("unknown_method")
    arguments = await read_arguments(request, takes_json=facts.takes_json)
    entry["args"] = without_secrets(arguments.values)
    if name not in TOKENLESS:
        _check_token(site.credentials, _token_of(request, arguments), app_level=name in APP_LEVEL)
        check_method_scopes(site.credentials, facts)
    wait = site.limiter.wait_for_method(name, facts.tier, site.clock.elapsed())
    if wait:
        raise RateLimitedError(wait)
    arguments.require(*facts.required)
    return {"ok": True, **HANDLERS[name](Call(site, arguments))}


def _token_of(request: Request, arguments: Arguments) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else arguments.text("token")


def _check_token(credentials: Credentials, token: str, *, app_level: bool) -> None:
    if not token:
        raise ApiError("not_authed")
    if token != (credentials.app_token if app_level else credentials.token):
        raise ApiError("invalid_auth")
    if credentials.token_state != "active":
        raise ApiError(credentials.token_state)


def _scope_headers(site: Site, name: str) -> dict[str, str]:
    facts = METHODS.get(name)
    accepted = ",".join(facts.scopes) if facts else ""
    return {"X-OAuth-Scopes": ",".join(sorted(site.credentials.scopes)), "X-Accepted-OAuth-Scopes": accepted}
