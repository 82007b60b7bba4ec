"""How the stand-in is put together, started and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import signal
import socket
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Generator
from typing import TYPE_CHECKING, cast

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route

from slack_app.sandbox.api import api_endpoint
from slack_app.sandbox.control import control_routes
from slack_app.sandbox.methods.files import file_endpoint, upload_endpoint
from slack_app.sandbox.options import SandboxOptions
from slack_app.sandbox.page_routes import page_routes
from slack_app.sandbox.response_urls import respond_endpoint
from slack_app.sandbox.site import Site
from slack_app.sandbox.websocket import Socket
from slack_app.sandbox.wire import Wire

if TYPE_CHECKING:
    from types import FrameType

    from slack_app.sandbox.json_values import Json

_HOST = "127.0.0.1"
# Another web site that got a browser to resolve its name to this machine is turned away.
_HOSTS = ["127.0.0.1", "localhost"]


def build_app(options: SandboxOptions) -> Starlette:
    """The whole stand-in as one ASGI application; `options.port` must be the port it will be reached at."""
    return _app_of(Site(options, f"http://{_HOST}:{options.port}"), lambda: None)


def _app_of(site: Site, on_ready: Callable[[], None]) -> Starlette:
    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        # The socket already listens: whoever connects now is served as soon as the loop comes to it.
        on_ready()
        yield
        await site.close()

    routes = [
        Route("/api/{method}", api_endpoint(site), methods=["GET", "POST"]),
        Route("/respond/{key:path}", respond_endpoint(site), methods=["POST"]),
        Route("/upload/v1/{file}/{key}", upload_endpoint(site), methods=["POST", "PUT"]),
        Route("/files/{file}/{key}", file_endpoint(site)),
        *control_routes(site),
        *page_routes(site),
    ]
    middleware = [Middleware(Wire, site=site), Middleware(TrustedHostMiddleware, allowed_hosts=_HOSTS)]
    app = Starlette(routes=routes, middleware=middleware, lifespan=lifespan)
    app.state.site = site
    return app


def ready_line(site: Site) -> Json:
    """What a program needs to use this stand-in."""
    return {
        "ready": True,
        "url": f"{site.base_url}/api/",
        "token": site.credentials.token,
        "app_token": site.credentials.app_token,
        "signing_secret": site.credentials.signing_secret,
        "page_url": f"{site.base_url}/",
        "control_url": f"{site.base_url}/_control",
    }


def serve(options: SandboxOptions) -> None:
    """Serves on this machine only, prints one JSON line when ready, and returns after SIGTERM or SIGINT."""
    listening = _listen(options.port)
    site = Site(options, _address_of(listening))

    def say_ready() -> None:
        sys.stdout.write(json.dumps(ready_line(site)) + "\n")
        sys.stdout.flush()

    # The server hands a signal on to whoever had it before; without this the process would die of it, not end.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stay)
    _server(site, say_ready).run(sockets=[listening])


def _stay(_number: int, _frame: FrameType | None) -> None:
    pass


@contextlib.contextmanager
def running(options: SandboxOptions) -> Generator[Json]:
    """The stand-in in a thread of this process, for tests; gives what the ready line says."""
    listening = _listen(options.port)
    site = Site(options, _address_of(listening))
    ready = threading.Event()
    server = _server(site, ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield ready_line(site)
    finally:
        server.should_exit = True
        thread.join(10)


def _address_of(listening: socket.socket) -> str:
    return f"http://{_HOST}:{listening.getsockname()[1]}"


def _listen(port: int) -> socket.socket:
    # The protocol must be named: asyncio switches off the delay of small packets (40 ms each) only where it is.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((_HOST, port))
    listening.listen(256)
    return listening


def _server(site: Site, on_ready: Callable[[], None]) -> uvicorn.Server:
    app = _app_of(site, on_ready)
    config = uvicorn.Config(
        app,
        http="h11",
        ws=_sockets(site),
        log_level="error",
        access_log=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def _sockets(site: Site) -> type[asyncio.Protocol]:
    """The server makes one for each connection that asks to be upgraded; all that it asks of a class is to be called."""
    return cast("type[asyncio.Protocol]", functools.partial(Socket, site))
