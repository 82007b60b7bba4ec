"""How the stand-in CRM is served: one process on the loopback address."""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
import sys
from typing import TYPE_CHECKING

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from connector.sandbox.control import control_routes
from connector.sandbox.door import Door
from connector.sandbox.sandbox import Sandbox, SandboxOptions

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from types import FrameType

__all__ = ["SandboxOptions", "build_app", "serve"]

_HOST = "127.0.0.1"


def build_app(options: SandboxOptions) -> Starlette:
    """The API on its own paths and the control paths under `/_control`."""
    return _app(options, lambda: None)


def serve(options: SandboxOptions) -> None:
    """Print one JSON line when ready, then serve until SIGTERM or SIGINT; needs the main thread."""
    with listen(options.port) as listening:
        url = f"http://{_HOST}:{listening.getsockname()[1]}"
        ready = {"ready": True, "url": url, "token": options.token, "control_url": f"{url}/_control"}
        app = _app(options, lambda: _say(orjson.dumps(ready)))
        # The portal lives as long as the process; without this every long search walks it all for garbage.
        gc.collect()
        gc.freeze()
        # After an orderly stop uvicorn raises the signal again; without handlers of ours that would end the process
        # with the signal's exit code instead of 0.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _already_stopped)
        uvicorn.Server(server_config(app)).run(sockets=[listening])


def listen(port: int) -> socket.socket:
    """Named TCP outright: only then does asyncio switch Nagle's delay off, which costs 40 ms per answer."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((_HOST, port))
    listening.listen(256)
    return listening


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def server_config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
    )


def _app(options: SandboxOptions, on_ready: Callable[[], None]) -> Starlette:
    sandbox = Sandbox(options)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        on_ready()
        yield
        sandbox.close()

    routes = [Mount("/_control", routes=control_routes(sandbox)), Mount("/", app=Door(sandbox))]
    return Starlette(routes=routes, lifespan=lifespan)


def _already_stopped(_number: int, _frame: FrameType | None) -> None:
    pass
