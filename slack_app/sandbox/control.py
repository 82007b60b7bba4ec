"""How tests see and steer the stand-in: the endpoints under `/_control`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from slack_app.sandbox.acts import find_person, open_views, perform
from slack_app.sandbox.events import happened
from slack_app.sandbox.json_values import Json, as_object, as_text
from slack_app.sandbox.message_json import message_json
from slack_app.sandbox.outcome import ActRefusedError
from slack_app.sandbox.outgoing import send_again
from slack_app.sandbox.site import with_events_path
from slack_app.sandbox.view_stack import view_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from slack_app.sandbox.records import Message
    from slack_app.sandbox.site import Site

    Answerer = Callable[[Site, Request, Json], Awaitable[Json]]

_SHOWN_REQUESTS = 5_000


def control_routes(site: Site) -> list[Route]:
    return [
        Route(f"/_control/{path}", _endpoint(site, answer), methods=[verb]) for (verb, path), answer in _ANSWERS.items()
    ]


def _endpoint(site: Site, answer: Answerer) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if request.client is not None and request.client.host not in {"127.0.0.1", "::1", "testclient"}:
            return JSONResponse({"ok": False, "error": "the control API answers this machine only"}, 403)
        try:
            return JSONResponse(await answer(site, request, await _body(request)))
        except (ActRefusedError, ValueError) as error:
            return JSONResponse({"ok": False, "error": str(error)}, 400)

    return endpoint


async def _body(request: Request) -> Json:
    if request.method != "POST" or not await request.body():
        return {}
    body = as_object(await request.json())
    if body is None:
        raise ActRefusedError("the body must be a JSON object")
    return body


async def _requests(site: Site, request: Request, _body: Json) -> Json:
    return site.journal.as_json(int(request.query_params.get("limit", _SHOWN_REQUESTS)))


async def _get_clock(site: Site, _request: Request, _body: Json) -> Json:
    return {"now": site.clock.now().isoformat()}


async def _set_clock(site: Site, request: Request, body: Json) -> Json:
    if "now" in body:
        site.move_clock(datetime.fromisoformat(as_text(body["now"])))
    elif "advance_s" in body:
        site.move_clock(site.clock.now() + timedelta(seconds=float(body["advance_s"])))
    else:
        raise ActRefusedError('give {"now": ISO} or {"advance_s": seconds}')
    return await _get_clock(site, request, body)


async def _plan_fault(site: Site, _request: Request, body: Json) -> Json:
    site.faults.plan(body)
    return {"ok": True, "planned": len(site.faults.faults)}


async def _clear_faults(site: Site, _request: Request, _body: Json) -> Json:
    site.faults.faults.clear()
    return {"ok": True}


async def _keep(site: Site, _request: Request, body: Json) -> Json:
    site.keep(as_text(body.get("name")))
    return {"ok": True}


async def _reset(site: Site, _request: Request, body: Json) -> Json:
    name = as_text(body.get("to"))
    if not name:
        site.reset()
        return {"ok": True}
    try:
        site.restore(name)
    except KeyError as error:
        raise ActRefusedError(f"nothing was kept as {name!r}") from error
    return {"ok": True}


async def _set_limits(site: Site, _request: Request, body: Json) -> Json:
    site.limiter.scale = float(body.get("scale", 1.0))
    site.limiter.clear()
    return {"ok": True, "scale": site.limiter.scale}


async def _set_app_url(site: Site, _request: Request, body: Json) -> Json:
    site.app_url = with_events_path(as_text(body.get("url")) or as_text(body.get("app_url")))
    site.socket_mode.enabled = not site.app_url and site.socket_mode.connected
    return {"ok": True, "app_url": site.app_url}


async def _messages(site: Site, request: Request, _body: Json) -> Json:
    wanted = request.query_params.get("channel")
    conversation = site.workspace.conversation(wanted) if wanted else None
    if wanted and conversation is None:
        person = find_person(site, wanted)
        conversation = site.workspace.direct_with([person.id])[0]
    channels = [conversation.id] if conversation else list(site.workspace.messages)
    found = [m for channel in channels for m in site.workspace.messages.get(channel, [])]
    return {"messages": [_with_history(site, m) for m in sorted(found, key=lambda m: m.ts)]}


def _with_history(site: Site, message: Message) -> Json:
    conversation = site.workspace.conversations[message.channel]
    body: Json = {
        "channel": message.channel,
        "channel_name": conversation.name,
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "metadata": message.metadata,
        "thread_ts": message.thread_ts,
        "from_app": message.from_app,
        "files": message.files,
        "reactions": message.reactions,
        "edits": [{"text": e.text, "blocks": e.blocks, "at": e.at} for e in message.edits],
        "deleted": message.deleted,
    }
    return body | ({"dm_user": conversation.members[0]} if conversation.kind == "im" else {})


async def _act(site: Site, _request: Request, body: Json) -> Json:
    return await perform(site, body)


def _asked_person(site: Site, request: Request) -> str:
    return find_person(site, request.query_params.get("user", "")).id


async def _again(site: Site, _request: Request, _body: Json) -> Json:
    answer = await send_again(site)
    if answer is None:
        raise ActRefusedError("nothing was sent to the app yet")
    return {"ok": answer.failure is None, "http_status": answer.status, "error": answer.failure}


async def _home(site: Site, request: Request, _body: Json) -> Json:
    view = site.workspace.homes.get(_asked_person(site, request))
    return {"view": view_json(site.workspace, view) if view else None}


async def _views(site: Site, request: Request, _body: Json) -> Json:
    return {"views": open_views(site.workspace, _asked_person(site, request))}


async def _ephemeral(site: Site, request: Request, _body: Json) -> Json:
    user = _asked_person(site, request)
    shown = [m for m in site.workspace.ephemeral if m.visible_to == user and not m.deleted]
    return {"messages": [{"channel": m.channel, **message_json(site.workspace, m)} for m in shown]}


async def _workspace(site: Site, _request: Request, body: Json) -> Json:
    return {"ok": True, **await happened(site, body)}


_ANSWERS: dict[tuple[str, str], Answerer] = {
    ("GET", "requests"): _requests,
    ("GET", "clock"): _get_clock,
    ("POST", "clock"): _set_clock,
    ("POST", "faults"): _plan_fault,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "keep"): _keep,
    ("POST", "reset"): _reset,
    ("POST", "limits"): _set_limits,
    ("POST", "app_url"): _set_app_url,
    ("GET", "messages"): _messages,
    ("POST", "act"): _act,
    ("POST", "again"): _again,
    ("GET", "home"): _home,
    ("GET", "views"): _views,
    ("GET", "ephemeral"): _ephemeral,
    ("POST", "workspace"): _workspace,
}
