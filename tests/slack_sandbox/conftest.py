"""What tests of the stand-in workspace may ask for: a running one, a client, a tiny Bolt app, a browser."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from slack_app.sandbox.options import SandboxOptions
from slack_app.sandbox.server import running

START = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
SATO = "U0TSUMUGI01"


class Workspace:
    """One running stand-in, as a test sees it: the SDK's client and the control API."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.ready = ready
        self.client = WebClient(token=ready["token"], base_url=ready["url"], retry_handlers=[])
        self.http = httpx.Client(trust_env=False, timeout=10)

    def get(self, path: str, **query: str) -> Any:
        return self.http.get(f"{self.ready['control_url']}/{path}", params=query).json()

    def post(self, path: str, **body: Any) -> Any:
        return self.http.post(f"{self.ready['control_url']}/{path}", json=body).json()

    def act(self, user: str, kind: str, **more: Any) -> Any:
        return self.post("act", user=user, kind=kind, **more)

    def call(self, method: str, **arguments: Any) -> Any:
        """The body of an answer, whether Slack said yes or no."""
        try:
            return self.client.api_call(method, json=arguments).data
        except SlackApiError as error:
            return error.response.data


@pytest.fixture(scope="session", autouse=True)
def _no_proxy() -> Iterator[None]:
    # The SDK sends even loopback calls to a proxy unless this names it.
    before = os.environ.get("NO_PROXY")
    os.environ["NO_PROXY"] = "127.0.0.1"
    yield
    if before is None:
        del os.environ["NO_PROXY"]
    else:
        os.environ["NO_PROXY"] = before


@pytest.fixture(scope="session")
def _shared() -> Iterator[Workspace]:
    with running(SandboxOptions(now=START, rate_scale=0.0)) as ready:
        workspace = Workspace(ready)
        yield workspace
        workspace.http.close()


@pytest.fixture
def workspace(_shared: Workspace) -> Workspace:
    """A stand-in without rate limits, fresh for this test."""
    _shared.post("app_url", url="")
    _shared.post("reset")
    return _shared


@contextlib.contextmanager
def served(app: Starlette) -> Generator[str]:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def serve_app() -> Iterator[Callable[[Starlette], str]]:
    with contextlib.ExitStack() as stack:
        yield lambda app: stack.enter_context(served(app))


@pytest.fixture
def bolt(workspace: Workspace, serve_app: Callable[[Starlette], str]) -> App:
    """A real Bolt app, connected both ways; tests add listeners."""
    secret = workspace.ready["signing_secret"]
    app = App(client=workspace.client, signing_secret=secret, process_before_response=True)

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        return to_starlette_response(await run_in_threadpool(app.dispatch, to_bolt_request(request, body)))

    url = serve_app(Starlette(routes=[Route("/slack/events", endpoint, methods=["POST"])]))
    workspace.post("app_url", url=url)
    return app


@pytest.fixture
def specs() -> Path:
    folder = os.environ.get("MIMAWARI_SPECS")
    if not folder:
        pytest.skip("MIMAWARI_SPECS does not name the folder with the shared API descriptions")
    return Path(folder) / "slack"


@pytest.fixture
def load_spec(specs: Path) -> Callable[[str], Any]:
    return lambda path: json.loads((specs / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium on this machine")
    return found
