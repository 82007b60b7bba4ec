"""The stand-in Slack and our app beside it, both on loopback, and a hand to steer them."""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

import httpx
import uvicorn
from starlette.applications import Starlette

from slack_app.app import build_app
from slack_app.backend import Backend
from slack_app.config import SlackConfig
from slack_app.endpoint import slack_routes
from slack_app.sandbox.options import SandboxOptions
from slack_app.sandbox.server import running

Found = TypeVar("Found")

TAKAHASHI = "U0TSUMUGI04"
EMMA = "U0TSUMUGI07"


@dataclasses.dataclass(frozen=True)
class Workspace:
    """One stand-in Slack; `config` is what our side needs to use it."""

    config: SlackConfig
    control_url: str
    page_url: str

    def control(self, path: str, **body: Any) -> dict[str, Any]:
        return httpx.post(f"{self.control_url}/{path}", json=body, timeout=20).json()

    def see(self, path: str, **query: str) -> dict[str, Any]:
        return httpx.get(f"{self.control_url}/{path}", params=query, timeout=20).json()

    def act(self, kind: str, user: str = TAKAHASHI, **what: Any) -> dict[str, Any]:
        return self.control("act", kind=kind, user=user, **what)

    def messages(self, channel: str = "") -> list[dict[str, Any]]:
        return self.see("messages", channel=channel)["messages"]

    def ephemeral(self, user: str = TAKAHASHI) -> list[dict[str, Any]]:
        return self.see("ephemeral", user=user)["messages"]

    def views(self, user: str = TAKAHASHI) -> list[dict[str, Any]]:
        return self.see("views", user=user)["views"]


@contextlib.contextmanager
def running_workspace(**options: Any) -> Generator[Workspace]:
    with running(SandboxOptions(**options)) as ready:
        config = SlackConfig(
            ready["token"], ready["signing_secret"], ready["url"], "fs-leak", "sales", app_token=ready["app_token"]
        )
        yield Workspace(config, ready["control_url"], ready["page_url"])


@contextlib.contextmanager
def running_app(workspace: Workspace, backend: Backend) -> Generator[str]:
    """Our app at an address of its own, with the workspace sending to it."""
    app = build_app(workspace.config, backend)
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=slack_routes(app)), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    workspace.control("app_url", url=url)
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join()
        app.listener_runner.listener_executor.shutdown()
        listening.close()


def eventually(look: Callable[[], Found], seconds: float = 5) -> Found:
    """What `look` finds once it finds something; fails with what it last found."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s"
        time.sleep(0.01)
    return found
