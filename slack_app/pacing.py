"""How fast we may call Slack: our own buckets in front of Slack's limits, and a pause for all where Slack asks for one."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping

from slack_app.errors import SlackUnavailable


@dataclasses.dataclass(frozen=True, slots=True)
class Limit:
    """`burst` calls at once, then `per_second`."""

    burst: float
    per_second: float


# Slack's tiers per minute are 20, 50 and 100; burst and a minute's refill together stay below them.
TIER_2 = Limit(4, 15 / 60)
TIER_3 = Limit(8, 40 / 60)
TIER_4 = Limit(9, 90 / 60)
PER_CHANNEL = Limit(3, 1)
# Slack caps posting for the whole workspace, too, at "several hundred a minute".
ALL_POSTS = Limit(20, 4)

TIERS: Mapping[str, Limit] = {
    "chat.postMessage": ALL_POSTS,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.info": TIER_3,
    "conversations.replies": TIER_3,
    "conversations.open": TIER_3,
    "conversations.list": TIER_2,
    "usergroups.list": TIER_2,
    "usergroups.users.list": TIER_2,
    "users.lookupByEmail": TIER_3,
    "users.info": TIER_4,
    "auth.test": TIER_4,
}


class Pacing:
    """Shared by all threads that use one workspace. Waits for our own buckets; never for a pause that Slack asked for."""

    def __init__(self, monotonic: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = threading.Lock()
        self._full_at: dict[str, float] = {}
        self._paused_until: dict[str, float] = {}

    def wait_for(self, method: str, channel: str | None = None) -> None:
        """Wait until the call may be made. Raises `SlackUnavailable` while Slack has paused the method."""
        with self._lock:
            now = self._monotonic()
            paused_s = self._paused_until.get(method, now) - now
            if paused_s > 0:
                raise SlackUnavailable(f"Slack has paused {method}; it goes on later.", retry_after=paused_s)
            waits = [self._reserve(method, TIERS[method], now)]
            if channel is not None:
                waits.append(self._reserve(f"channel {channel}", PER_CHANNEL, now))
        if max(waits) > 0:
            self._sleep(max(waits))

    def pause(self, method: str, seconds: float) -> None:
        """Nobody calls the method for so long."""
        with self._lock:
            self._paused_until[method] = self._monotonic() + seconds

    def _reserve(self, name: str, limit: Limit, now: float) -> float:
        """Take one call from a bucket, kept as the time at which it will be full, and return how long to wait."""
        interval = 1 / limit.per_second
        full_at = max(self._full_at.get(name, now), now) + interval
        self._full_at[name] = full_at
        return max(0.0, full_at - now - limit.burst * interval)
