"""Which version of each record the search sees: an index that follows the writes with a delay."""

from __future__ import annotations

import dataclasses
import time
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sandbox.state import StoredObject

Key = tuple[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class _Waiting:
    due: datetime
    due_monotonic: float
    version: StoredObject


class SearchIndex:
    """Holds old versions only for records with a write that the search may not see yet.

    A write becomes visible when `lag_s` has passed on the stand-in's clock or in real time, whichever is first,
    so that moving the clock also moves the index. `share` of the writes are late, the others visible at once.
    """

    def __init__(self, lag_s: float) -> None:
        self.lag_s = lag_s
        self.share = 1.0
        self._credit = 0.0
        self._seen: dict[Key, StoredObject | None] = {}
        self._waiting: dict[Key, list[_Waiting]] = {}

    def hold(self, key: Key, record: StoredObject | None) -> None:
        """Call before a write; `record` is None when it is about to be created."""
        if self.lag_s > 0 and key not in self._seen:
            self._seen[key] = None if record is None else _copy(record)

    def publish(self, key: Key, record: StoredObject, now: datetime) -> None:
        """Call after a write."""
        if self._is_late():
            lag = timedelta(seconds=self.lag_s)
            waiting = _Waiting(now + lag, time.monotonic() + self.lag_s, _copy(record))
            self._waiting.setdefault(key, []).append(waiting)
        else:
            self.forget(key)

    def forget(self, key: Key) -> None:
        """The search sees the record as it is now."""
        self._seen.pop(key, None)
        self._waiting.pop(key, None)

    def old_versions(self, now: datetime) -> dict[Key, StoredObject | None]:
        """What to search instead of the present record; None: not indexed yet."""
        monotonic = time.monotonic()
        for key, waiting in list(self._waiting.items()):
            arrived = [one for one in waiting if one.due <= now or one.due_monotonic <= monotonic]
            if len(arrived) == len(waiting):
                self.forget(key)
            elif arrived:
                self._seen[key] = arrived[-1].version
                self._waiting[key] = waiting[len(arrived) :]
        return self._seen

    def _is_late(self) -> bool:
        if self.lag_s <= 0:
            return False
        # Spread evenly instead of drawn at random: the same test sees the same late writes.
        self._credit += self.share
        late = self._credit >= 1
        if late:
            self._credit -= 1
        return late


def _copy(record: StoredObject) -> StoredObject:
    return dataclasses.replace(record, properties=dict(record.properties))
