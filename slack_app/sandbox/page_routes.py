"""Where the page, its data and its acts are served."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from slack_app.sandbox.acts import find_person, perform
from slack_app.sandbox.crm_window import CrmSilentError, contact_record
from slack_app.sandbox.json_values import as_object
from slack_app.sandbox.message_json import file_json
from slack_app.sandbox.outcome import ActRefusedError
from slack_app.sandbox.page_state import page_state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from slack_app.sandbox.site import Site

_FOLDER = Path(__file__).parent / "page"
# Nothing is loaded from elsewhere: a picture in a message comes from this server or is shown by its description.
_POLICY = "default-src 'self'; img-src 'self' data:; style-src 'self'; frame-ancestors 'none'"


def page_routes(site: Site) -> list[BaseRoute]:
    def bound(answer: Callable[[Site, Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await answer(site, request)

        return endpoint

    return [
        Route("/", bound(_index)),
        # Where the demo's "Open in CRM" leads: the address a contact has in HubSpot, on this server.
        Route("/contacts/{portal}/record/0-1/{contact}", bound(_record_page)),
        Route("/page/state", bound(_state)),
        Route("/page/act", bound(_act), methods=["POST"]),
        Route("/page/crm", bound(_crm)),
        Route("/page/file/{file}", bound(_file)),
        Mount("/page/static", StaticFiles(directory=_FOLDER)),
    ]


async def _index(_site: Site, _request: Request) -> Response:
    return _html("index.html")


async def _record_page(_site: Site, _request: Request) -> Response:
    return _html("record.html")


def _html(name: str) -> Response:
    return FileResponse(_FOLDER / name, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"})


async def _state(site: Site, request: Request) -> Response:
    try:
        person = find_person(site, request.query_params.get("user") or _first_person(site))
    except ActRefusedError as error:
        return JSONResponse({"ok": False, "error": str(error)}, 404)
    if request.query_params.get("since") == str(site.workspace.version):
        return JSONResponse({"version": site.workspace.version, "now": site.clock.now().isoformat()})
    return JSONResponse(page_state(site, person))


async def _act(site: Site, request: Request) -> Response:
    try:
        return JSONResponse(await perform(site, as_object(await request.json()) or {}))
    except (ActRefusedError, ValueError) as error:
        return JSONResponse({"ok": False, "error": str(error), "errors": {}}, 400)


async def _crm(site: Site, request: Request) -> Response:
    try:
        return JSONResponse({"ok": True, **await contact_record(site, request.query_params.get("id", ""))})
    except CrmSilentError as error:
        return JSONResponse({"ok": False, "error": str(error)})


async def _file(site: Site, request: Request) -> Response:
    found = site.workspace.files.get(request.path_params["file"])
    if found is None or found.content is None:
        return PlainTextResponse("not found", 404)
    return Response(found.content, media_type=file_json(site.workspace, found)["mimetype"])


def _first_person(site: Site) -> str:
    return next((p.id for p in site.workspace.people.values() if not p.deleted and not p.is_bot), "")
