"""When does a method answer 429? Slack's documented tiers, scaled, plus the per-channel rule for posting."""

from __future__ import annotations

import math
from collections import deque

_PER_MINUTE = {"t1": 1, "t2": 20, "t3": 50, "t4": 100, "t5": 300}
_WINDOW_S = 60.0
# "About one message a second per channel, short bursts tolerated": a bucket that holds this many.
_CHANNEL_BURST = 5
_CHANNEL_PER_S = 1.0


class RateLimiter:
    """Counts calls by the seconds it is handed. `scale` multiplies every limit; 0 means no limits."""

    def __init__(self, scale: float) -> None:
        self.scale = scale
        self._calls: dict[str, deque[float]] = {}
        self._buckets: dict[str, tuple[float, float]] = {}

    def wait_for_method(self, method: str, tier: str, at: float) -> int:
        """0 and the call is counted, or the whole seconds until the method may be called again."""
        if not self.scale:
            return 0
        calls = self._calls.setdefault(method, deque())
        while calls and at - calls[0] >= _WINDOW_S:
            calls.popleft()
        if len(calls) >= max(1, round(_PER_MINUTE[tier] * self.scale)):
            return max(1, math.ceil(_WINDOW_S - (at - calls[0])))
        calls.append(at)
        return 0

    def wait_for_channel(self, channel: str, at: float) -> int:
        """The same for posting into one channel."""
        if not self.scale:
            return 0
        rate, size = _CHANNEL_PER_S * self.scale, max(1.0, _CHANNEL_BURST * self.scale)
        level, since = self._buckets.get(channel, (size, at))
        level = min(size, level + (at - since) * rate)
        if level < 1.0:
            self._buckets[channel] = (level, at)
            return max(1, math.ceil((1.0 - level) / rate))
        self._buckets[channel] = (level - 1.0, at)
        return 0

    def clear(self) -> None:
        self._calls.clear()
        self._buckets.clear()
