"""Which records are linked with which, both ways, quick to ask for one record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Row = tuple[str, str, str, str, int]
Record = tuple[str, str]


class Links:
    """Keeps the portal's set of rows and a lookup by record equal; nothing else may change that set."""

    def __init__(self, rows: set[Row]) -> None:
        self._rows = rows
        self._by_record: dict[Record, dict[str, dict[str, set[int]]]] = {}
        for row in rows:
            self._remember(row)

    def of(self, record: Record, to_type: str) -> dict[str, set[int]]:
        """Linked id → type ids. Not to be changed by the caller."""
        return self._by_record.get(record, {}).get(to_type, {})

    def types_from(self, record: Record) -> Iterable[str]:
        return tuple(self._by_record.get(record, {}))

    def rows_of(self, record: Record) -> list[Row]:
        return [
            (*record, to_type, to_id, type_id)
            for to_type, linked in self._by_record.get(record, {}).items()
            for to_id, type_ids in linked.items()
            for type_id in type_ids
        ]

    def add(self, row: Row) -> bool:
        if row in self._rows:
            return False
        self._rows.add(row)
        self._remember(row)
        return True

    def remove(self, row: Row) -> bool:
        if row not in self._rows:
            return False
        self._rows.remove(row)
        from_type, from_id, to_type, to_id, type_id = row
        linked = self._by_record[from_type, from_id][to_type]
        linked[to_id].discard(type_id)
        if not linked[to_id]:
            del linked[to_id]
        return True

    def _remember(self, row: Row) -> None:
        from_type, from_id, to_type, to_id, type_id = row
        by_type = self._by_record.setdefault((from_type, from_id), {})
        by_type.setdefault(to_type, {}).setdefault(to_id, set()).add(type_id)
