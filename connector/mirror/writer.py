"""How records reach the mirror: whole pages in bulk statements, and only what differs from what is stored."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, select

from connector.mirror.statements import among, upsert, write_rows
from connector.mirror.tables import MirrorSchema
from connector.mirror.typed import computed_columns
from connector.records import Record

MERGED_IDS_PROPERTY = "hs_merged_object_ids"

# By which a stored row is known to differ, what nearly always does first.
_COMPARED = ("id", "updated_at", "properties", "created_at", "archived_at", "merged_into")


@dataclasses.dataclass(frozen=True, slots=True)
class Stored:
    """What a page did: the records that are new or differ, and of these the ones that came to be archived or merged."""

    changed: tuple[str, ...] = ()
    buried: tuple[str, ...] = ()


class RecordWriter:
    """Writes records of one object type with the columns of one schema."""

    def __init__(self, schema: MirrorSchema, object_type: str) -> None:
        self._table: Table = schema.table(object_type)
        self._computed = computed_columns(schema.kinds[object_type], schema.searched[object_type])
        chosen = select(*(self._table.c[name] for name in _COMPARED))
        self._by_ids = chosen.where(among(self._table.c.id))

    def store(self, connection: Connection, records: Sequence[Record]) -> Stored:
        """Live and archived records alike. A live one that was archived here comes back to life."""
        if not records:
            return Stored()
        present = self._present(connection, [one.id for one in records])
        rows: dict[str, dict[str, Any]] = {}
        buried: list[str] = []
        for record in records:
            row = self._row(record)
            known = present.get(record.id)
            if record.archived_at is not None and known is not None:
                row["merged_into"] = known.merged_into
            if known is not None and known == tuple(row[name] for name in _COMPARED):
                continue
            rows[record.id] = row
            if record.archived_at is not None and (known is None or known.archived_at is None):
                buried.append(record.id)
        write_rows(connection, upsert(connection, self._table), list(rows.values()))
        return Stored(tuple(rows), (*buried, *self._bury_merged(connection, records)))

    def bury(self, connection: Connection, ids: Sequence[str], at: datetime) -> None:
        """Mark live rows as gone; what they last held stays readable."""
        if ids:
            table = self._table
            mark = table.update().where(table.c.id.in_(ids), table.c.archived_at.is_(None)).values(archived_at=at)
            connection.execute(mark)

    def _present(self, connection: Connection, ids: Sequence[str]) -> dict[str, Row[Any]]:
        rows = connection.execute(self._by_ids, {"ids": ids})
        return {row.id: row for row in rows.all()}

    def _row(self, record: Record) -> dict[str, Any]:
        properties = {name: value for name, value in record.properties.items() if value is not None}
        row: dict[str, Any] = {
            "id": record.id,
            "properties": properties,
            "created_at": record.created_at,
            "updated_at": record.updated_at,
            "archived_at": record.archived_at,
            "merged_into": None,
        }
        for one in self._computed:
            row[one.column] = one.value(properties)
        return row

    def _bury_merged(self, connection: Connection, survivors: Sequence[Record]) -> list[str]:
        """Point the records that were merged away at the one that lists them."""
        buried: list[str] = []
        for survivor in survivors:
            merged = survivor.properties.get(MERGED_IDS_PROPERTY)
            if merged:
                losers = [one for one in merged.split(";") if one.isdecimal() and one != survivor.id]
                buried += self._point_at(connection, survivor, losers)
        return buried

    def _point_at(self, connection: Connection, survivor: Record, losers: Sequence[str]) -> list[str]:
        """A survivor also lists what its losers had swallowed before: those keep pointing at their own survivor."""
        present = self._present(connection, losers)
        moved: list[str] = []
        for loser in losers:
            known = present.get(loser)
            if known is None:
                connection.execute(
                    self._table.insert(), self._row(_unseen(loser, survivor)) | {"merged_into": survivor.id}
                )
            elif known.merged_into is None or known.merged_into not in (survivor.id, *losers):
                table = self._table
                at = known.archived_at or survivor.updated_at
                point = table.update().where(table.c.id == bindparam("loser"))
                connection.execute(point.values(merged_into=survivor.id, archived_at=at), {"loser": loser})
            else:
                continue
            moved.append(loser)
        return moved


def _unseen(loser: str, survivor: Record) -> Record:
    """A record that was merged away before we ever read it."""
    return Record(
        survivor.object_type, loser, {}, survivor.created_at, survivor.updated_at, archived_at=survivor.updated_at
    )
