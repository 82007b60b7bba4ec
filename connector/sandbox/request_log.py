"""Every API request the stand-in has seen, with counts."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.sandbox.errors import Json

_KEPT = 200_000


class RequestLog:
    """Counts everything since the last reset; of the single entries it keeps the newest 200,000."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=_KEPT)
        self._total = 0
        self._counts: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()

    def note(self, entry: Json, template: str, kind: str) -> None:
        self._entries.append(entry | {"index": self._total})
        self._total += 1
        self._counts[f"{entry['method']} {template}"] += 1
        self._kinds[kind] += 1
        self._statuses[str(entry["status"])] += 1

    def report(self, since: int) -> Json:
        """`since` is the `index` of the first entry wanted; the counts are always over all."""
        dropped = self._total - len(self._entries)
        wanted = list(self._entries)[max(0, since - dropped) :]
        return {
            "requests": wanted,
            "counts": dict(self._counts),
            "by_kind": dict(self._kinds),
            "by_status": dict(self._statuses),
            "total": self._total,
        }
