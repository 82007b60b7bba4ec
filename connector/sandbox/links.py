"""Which records are linked with which, both ways, quick to ask for one record."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from connector.sandbox.state import OBJECT_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from connector.sandbox.portal_file import PortalFile

Row = tuple[str, str, str, str, int]
Record = tuple[str, str]


class Links:
    """Keeps the portal's set of rows and a lookup by record equal; nothing else may change that set.

    A record whose links change has them all in memory from then on; the file answers for the others.
    """

    def __init__(self, rows: set[Row], file: PortalFile) -> None:
        self._rows = rows
        self._file = file
        self._by_record: dict[Record, dict[str, dict[str, set[int]]]] = {}
        for from_type, from_id, to_type, to_id, type_id in rows:
            by_type = self._by_record.setdefault((from_type, from_id), {})
            by_type.setdefault(to_type, {}).setdefault(to_id, set()).add(type_id)

    def of(self, record: Record, to_type: str) -> Mapping[str, set[int]]:
        """Linked id → type ids. Not to be changed by the caller."""
        kept = self._by_record.get(record)
        return self._file.links(*record, to_type) if kept is None else kept.get(to_type, {})

    def rows_of(self, record: Record) -> list[Row]:
        return [
            (*record, to_type, to_id, type_id)
            for to_type in OBJECT_TYPES
            for to_id, type_ids in self.of(record, to_type).items()
            for type_id in type_ids
        ]

    def rows_from(self, from_type: str) -> Iterator[Row]:
        """All that start at records of one type, sorted by the other type, the ids as numbers, the type id."""
        starts = sorted((one for kind, one in self._by_record if kind == from_type), key=int)
        for to_type in sorted(OBJECT_TYPES):
            ends = heapq.merge(self._kept(from_type, to_type, starts), self._unchanged(from_type, to_type))
            for from_id, to_id, type_id in ends:
                yield from_type, str(from_id), to_type, str(to_id), type_id

    def add(self, row: Row) -> bool:
        from_type, from_id, to_type, to_id, type_id = row
        type_ids = self._for_change((from_type, from_id)).setdefault(to_type, {}).setdefault(to_id, set())
        if type_id in type_ids:
            return False
        self._rows.add(row)
        type_ids.add(type_id)
        return True

    def remove(self, row: Row) -> bool:
        from_type, from_id, to_type, to_id, type_id = row
        linked = self._for_change((from_type, from_id)).get(to_type, {})
        if type_id not in linked.get(to_id, ()):
            return False
        self._rows.discard(row)
        linked[to_id].discard(type_id)
        if not linked[to_id]:
            del linked[to_id]
        return True

    def _for_change(self, record: Record) -> dict[str, dict[str, set[int]]]:
        if record not in self._by_record:
            self._by_record[record] = {
                to_type: linked for to_type in OBJECT_TYPES if (linked := self._file.links(*record, to_type))
            }
        return self._by_record[record]

    def _kept(self, from_type: str, to_type: str, starts: Iterable[str]) -> Iterator[tuple[int, int, int]]:
        for from_id in starts:
            linked = self._by_record[from_type, from_id].get(to_type, {})
            for to_id in sorted(linked, key=int):
                for type_id in sorted(linked[to_id]):
                    yield int(from_id), int(to_id), type_id

    def _unchanged(self, from_type: str, to_type: str) -> Iterator[tuple[int, int, int]]:
        found = self._file.all_links(from_type, to_type)
        return (one for one in found if (from_type, str(one[0])) not in self._by_record)
