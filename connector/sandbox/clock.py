"""What time it is in the stand-in's account: a set instant that ticks on in real time."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.sandbox.moments import to_millisecond

if TYPE_CHECKING:
    from datetime import datetime


class Clock:
    """Every timestamp the stand-in writes comes from here, cut to whole milliseconds."""

    def __init__(self, start: datetime) -> None:
        self._set(start)

    def now(self) -> datetime:
        return to_millisecond(self._instant + timedelta(seconds=time.monotonic() - self._set_at))

    def move_to(self, instant: datetime) -> None:
        self._set(instant)

    def advance(self, seconds: float) -> None:
        self._set(self.now() + timedelta(seconds=seconds))

    def _set(self, instant: datetime) -> None:
        if instant.tzinfo is None:
            message = f"The clock needs an instant with a time zone, not {instant.isoformat()}; add Z or +09:00."
            raise ValueError(message)
        self._instant = instant
        self._set_at = time.monotonic()
