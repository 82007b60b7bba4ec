"""What does one running stand-in consist of? The parts that its endpoints share."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import pickle
from typing import TYPE_CHECKING

import httpx

from slack_app.sandbox.clock import Clock
from slack_app.sandbox.faults import FaultPlan
from slack_app.sandbox.identity import make_secret
from slack_app.sandbox.journal import Journal
from slack_app.sandbox.rate_limits import RateLimiter
from slack_app.sandbox.socket_mode import SocketMode
from slack_app.sandbox.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from datetime import datetime

    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.options import SandboxOptions
    from slack_app.sandbox.outgoing import Parcel

EVENTS_PATH = "/slack/events"


@dataclasses.dataclass(slots=True)
class Credentials:
    """`token_state` other than active is the error code that every call gets. `app_token` is the one for Socket Mode."""

    token: str
    app_token: str
    signing_secret: str
    scopes: set[str]
    token_state: str = "active"


class Site:
    """`base_url` is where the stand-in itself is reached, without a slash at the end."""

    def __init__(self, options: SandboxOptions, base_url: str) -> None:
        self.options = options
        self.base_url = base_url
        self.credentials = Credentials(
            options.token or f"xoxb-sandbox-{make_secret()}",
            options.app_token or f"xapp-sandbox-{make_secret()}",
            options.signing_secret or make_secret(32),
            set(options.scopes),
        )
        self.app_url = with_events_path(options.app_url)
        self.crm_url = options.crm_url.rstrip("/") if options.crm_url else None
        # When the CRM's owners and labels were asked for, and what it said.
        self.crm_directory: tuple[float, Json] | None = None
        self.limiter = RateLimiter(options.rate_scale)
        self.clock = Clock(options.now)
        self.journal = Journal()
        self.faults = FaultPlan()
        self.workspace = Workspace(options, self.clock)
        self.socket_mode = SocketMode(self)
        self.http = httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(10.0))
        self.latest_parcel: Parcel | None = None
        self._kept: dict[str, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._clock_moved = asyncio.Event()

    @property
    def app_is_known(self) -> bool:
        """Whether there is a way to the app."""
        return self.socket_mode.enabled or bool(self.app_url)

    def move_clock(self, moment: datetime) -> None:
        self.clock.set(moment)
        self._clock_moved.set()
        self._clock_moved = asyncio.Event()
        self.workspace.touch()

    async def wait_for_clock(self, due: float) -> None:
        """Returns once `clock.elapsed()` has reached `due`, whether by ticking or by being moved."""
        while (left := due - self.clock.elapsed()) > 0:
            moved = self._clock_moved
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await moved.wait()

    def reset(self) -> None:
        """Back to the state at the start; addresses and secrets stay, so that the connected app keeps working."""
        version = self.workspace.version
        self.cancel_background()
        self.clock = Clock(self.options.now)
        self.journal, self.faults = Journal(), FaultPlan()
        self.limiter = RateLimiter(self.options.rate_scale)
        self.credentials.scopes = set(self.options.scopes)
        self.credentials.token_state = "active"
        self.workspace = Workspace(self.options, self.clock)
        self.workspace.version = version + 1

    def keep(self, name: str) -> None:
        """Messages, people, forms, clock and log as they are now, to come back to with `restore`."""
        self._kept[name] = pickle.dumps((self.clock, self.journal, self.workspace))

    def restore(self, name: str) -> None:
        """Raises KeyError for a name under which nothing was kept."""
        version, kept = self.workspace.version, self._kept[name]
        self.reset()
        self.clock, self.journal, self.workspace = pickle.loads(kept)  # noqa: S301 # our own
        self.workspace.version = version + 1

    def in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel_background(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    async def close(self) -> None:
        self.cancel_background()
        await self.http.aclose()


def with_events_path(url: str | None) -> str | None:
    """An address without a path gets the app's usual one."""
    if not url:
        return None
    return url if httpx.URL(url).path.strip("/") else url.rstrip("/") + EVENTS_PATH
