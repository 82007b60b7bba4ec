"""When the next call may go out, so that the CRM never has to refuse one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

GENERAL_SECONDS = 10.0
SEARCH_SECONDS = 1.0

# The CRM counts a call when it arrives, we when it leaves: two calls may come nearer to each other on the way.
_JITTER_SECONDS = 0.05


class Clock(Protocol):
    """Seconds that only go forward."""

    def __call__(self) -> float: ...


class RollingWindow:
    """At most `limit` calls in any `seconds`. Reserving a place never blocks: it says how long to wait for it."""

    def __init__(self, limit: int, seconds: float, clock: Clock) -> None:
        self._limit = max(1, limit)
        self._seconds = seconds + _JITTER_SECONDS
        self._clock = clock
        self._taken: deque[float] = deque()
        self._lock = threading.Lock()

    def reserve(self) -> float:
        """Take the next free place; the answer is the number of seconds until it is there."""
        with self._lock:
            now = self._clock()
            self._forget_before(now - self._seconds)
            at = now
            if len(self._taken) >= self._limit:
                at = max(now, self._taken[len(self._taken) - self._limit] + self._seconds)
            self._taken.append(at)
            return at - now

    def learn(self, maximum: int, used: int) -> None:
        """What the CRM counts. Calls that are not ours fill places as well, from now on for one window."""
        with self._lock:
            now = self._clock()
            self._limit = max(1, maximum)
            self._forget_before(now - self._seconds)
            ours = sum(1 for at in self._taken if at <= now)
            strangers = min(used, maximum) - ours
            if strangers > 0:
                waiting = [at for at in self._taken if at > now]
                present = [at for at in self._taken if at <= now]
                self._taken = deque([*present, *[now] * strangers, *waiting])

    def _forget_before(self, instant: float) -> None:
        while self._taken and self._taken[0] <= instant:
            self._taken.popleft()


class CallLimits:
    """The two buckets of one portal: searches, and everything else. Safe to use from several threads."""

    def __init__(
        self,
        calls_per_10_s: int,
        reserve_per_10_s: int,
        searches_per_s: int,
        clock: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self._reserve = reserve_per_10_s
        self._sleep = sleep
        self._general = RollingWindow(calls_per_10_s - reserve_per_10_s, GENERAL_SECONDS, clock)
        self._search = RollingWindow(searches_per_s, SEARCH_SECONDS, clock)

    def wait_for_call(self) -> None:
        self._wait(self._general)

    def wait_for_search(self) -> None:
        """Searches have a bucket of their own: the CRM does not count them in the other one."""
        self._wait(self._search)

    def observe(self, headers: Mapping[str, str]) -> None:
        """Follow the CRM's own count where an answer carries it."""
        maximum = _whole(headers.get("X-HubSpot-RateLimit-Max"))
        remaining = _whole(headers.get("X-HubSpot-RateLimit-Remaining"))
        if maximum is None or remaining is None:
            return
        self._general.learn(maximum - self._reserve, maximum - remaining)

    def _wait(self, window: RollingWindow) -> None:
        seconds = window.reserve()
        if seconds > 0:
            self._sleep(seconds)


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None
