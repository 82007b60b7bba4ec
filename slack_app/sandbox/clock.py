"""What time is it in the stand-in? A clock that starts where it is told, ticks, and can be moved."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """`now` is the workspace's time and may be set back; `elapsed` counts seconds and never goes back.

    Deadlines (trigger ids, response URLs, rate limits) use `elapsed`, so that moving the clock forward ages them and
    moving it back does not bring them to life again.
    """

    def __init__(self, start: datetime) -> None:
        self._start = _aware(start)
        self._origin = time.monotonic()
        self._skipped = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._origin)

    def elapsed(self) -> float:
        return time.monotonic() + self._skipped

    def set(self, moment: datetime) -> None:
        moment = _aware(moment)
        self._skipped += max(0.0, (moment - self.now()).total_seconds())
        self._start, self._origin = moment, time.monotonic()


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
