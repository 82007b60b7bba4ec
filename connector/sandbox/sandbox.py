"""One running stand-in: its options, its account and what stands around it, and how all of it starts afresh."""

from __future__ import annotations

import dataclasses
import pickle
from typing import TYPE_CHECKING

from connector.sandbox.account import Account
from connector.sandbox.clock import Clock
from connector.sandbox.faults import Faults
from connector.sandbox.limits import RateLimits
from connector.sandbox.request_log import RequestLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from connector.sandbox.state import Portal


@dataclasses.dataclass(frozen=True, slots=True)
class SandboxOptions:
    """`port` 0 takes a free one. `limits` is "real" or "off". `now` is where the clock starts."""

    portal_factory: Callable[[], Portal]
    truth: Callable[[Portal, datetime], dict[str, object]]
    now: datetime
    port: int = 0
    limits: str = "real"
    latency_ms: int = 0
    index_lag_s: float = 0.0
    token: str = "sandbox-crm-token"


class Sandbox:
    def __init__(self, options: SandboxOptions) -> None:
        self.options = options
        self._kept: dict[str, bytes] = {}
        self._begin()

    def reset(self) -> None:
        """Everything as at the start: records, clock, limits, faults, switches, log."""
        self.close()
        self._begin()

    def close(self) -> None:
        self.account.file.close()

    def _begin(self) -> None:
        portal = self.options.portal_factory()
        limits = RateLimits(self.options.limits, portal.portal_id)
        self.account = Account(portal, Clock(self.options.now), limits, self.options.index_lag_s)
        self.faults = Faults(portal.portal_id)
        self.log = RequestLog()
        self.latency_ms = self.options.latency_ms
        self.tokens = self.account.tokens
        self.tokens[self.options.token] = frozenset()

    def keep(self, name: str) -> None:
        """Everything as it is now, to come back to with `restore`."""
        self._kept[name] = pickle.dumps((self.account, self.faults, self.log, self.latency_ms))

    def restore(self, name: str) -> None:
        """Raises KeyError for a name under which nothing was kept."""
        kept = self._kept[name]
        self.close()
        self.account, self.faults, self.log, self.latency_ms = pickle.loads(kept)  # noqa: S301 # our own
        self.tokens = self.account.tokens
