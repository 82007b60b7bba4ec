"""The records of one type: those in memory over those of the portal's file, as if they were all in one place."""

from __future__ import annotations

import bisect
import heapq
import math
from typing import TYPE_CHECKING

from connector.sandbox.moments import iso
from connector.sandbox.object_names import created_property, modified_property
from connector.sandbox.portal_file import LIVE, as_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.sandbox.portal_file import PortalFile, Window
    from connector.sandbox.state import StoredObject

    Numbered = tuple[int, StoredObject]


class Shelf:
    """A record that was read must not be changed: ask for it with `for_change`, and it is in memory from then on."""

    def __init__(self, kind: str, kept: dict[str, StoredObject], file: PortalFile) -> None:
        self._kind = kind
        self._kept = kept
        self._file = file
        for record_id, record in kept.items():
            complete(kind, record_id, record)
        # The records in the order of their ids: a search looks at tens of thousands of them.
        self._ids = sorted(map(int, kept))
        self._ordered = [kept[str(number)] for number in self._ids]
        # What the file says of the records that it is not asked for any more.
        self._hidden: dict[int, tuple[int, int]] = {}

    def __len__(self) -> int:
        return len(self._kept) + self._file.size(self._kind).records - len(self._hidden)

    def __contains__(self, record_id: str) -> bool:
        return record_id in self._kept or self._place(record_id) is not None

    def __getitem__(self, record_id: str) -> StoredObject:
        found = self.get(record_id)
        if found is None:
            raise KeyError(record_id)
        return found

    def get(self, record_id: str) -> StoredObject | None:
        found = self._kept.get(record_id)
        if found is None and as_number(record_id) not in self._hidden:
            return self._file.record(self._kind, record_id)
        return found

    def is_live(self, record_id: str) -> bool:
        found = self._kept.get(record_id)
        if found is not None:
            return not found.archived
        place = self._place(record_id)
        return place is not None and place[0] == LIVE

    @property
    def last(self) -> int:
        return max(self._file.size(self._kind).highest, self._ids[-1] if self._ids else 0)

    def for_change(self, record_id: str) -> StoredObject:
        """Raises KeyError where there is none."""
        if record_id not in self._kept:
            record, place = self[record_id], self._place(record_id)
            assert place is not None
            self._hidden[int(record_id)] = place
            self._keep(record_id, record)
        return self._kept[record_id]

    def add(self, record_id: str, record: StoredObject) -> None:
        self._keep(record_id, record)

    def erase(self, record_id: str) -> None:
        self.for_change(record_id)
        del self._kept[record_id]
        place = bisect.bisect_left(self._ids, int(record_id))
        del self._ids[place], self._ordered[place]

    def from_id(self, first: int) -> Iterator[Numbered]:
        """In order, archived records included, for whoever stops early."""
        unchanged = self._file.records(self._kind, first, without=self._hidden)
        return heapq.merge(self._kept_from(first), unchanged, key=_number)

    def listed(self, first: int, *, archived: bool) -> Iterator[Numbered]:
        """The same without those merged away, which are neither live nor in the recycle bin."""
        kept = (one for one in self._kept_from(first) if one[1].archived == archived and one[1].merged_into is None)
        return heapq.merge(kept, self._file.records(self._kind, first, archived, self._hidden), key=_number)

    def gone(self) -> set[str]:
        """The ids of what is archived or was merged away."""
        unchanged = {str(number) for number in self._file.gone(self._kind) if number not in self._hidden}
        return unchanged | {record_id for record_id, record in self._kept.items() if record.archived}

    def kept(self, lowest: float, highest: float = math.inf) -> list[Numbered]:
        """Those in memory, in order, both ends and archived records included."""
        span = slice(bisect.bisect_left(self._ids, lowest), bisect.bisect_right(self._ids, highest))
        return list(zip(self._ids[span], self._ordered[span], strict=True))

    def unchanged_one(self, record_id: str) -> StoredObject | None:
        """A live record of the file."""
        return self[record_id] if record_id not in self._kept and self.is_live(record_id) else None

    def unchanged(self, window: Window, order: str) -> tuple[int, Iterator[tuple[int, int]]]:
        """How many live records of the file there are in it; their ids and modified times, for whoever stops early."""
        count = self._file.count(self._kind, window)
        changed = sum(state == LIVE and window.holds(one, time) for one, (state, time) in self._hidden.items())
        found = self._file.numbers(self._kind, window, order, count)
        return count - changed, (one for one in found if one[0] not in self._hidden)

    def _place(self, record_id: str) -> tuple[int, int] | None:
        return None if as_number(record_id) in self._hidden else self._file.place(self._kind, record_id)

    def _keep(self, record_id: str, record: StoredObject) -> None:
        self._kept[record_id] = record
        place = bisect.bisect_left(self._ids, int(record_id))
        self._ids.insert(place, int(record_id))
        self._ordered.insert(place, record)

    def _kept_from(self, first: int) -> Iterator[Numbered]:
        for place in range(bisect.bisect_left(self._ids, first), len(self._ids)):
            yield self._ids[place], self._ordered[place]


def complete(kind: str, record_id: str, record: StoredObject) -> None:
    """Give a record the system properties that HubSpot would have set."""
    properties = record.properties
    properties.setdefault("hs_object_id", record_id)
    if created_property(kind) not in properties:
        properties[created_property(kind)] = iso(record.created_at)
    if modified_property(kind) not in properties:
        properties[modified_property(kind)] = iso(record.updated_at)


def _number(one: Numbered) -> int:
    return one[0]
