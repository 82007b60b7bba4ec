"""How far the CRM has been read: per object type, and per kind of link."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from connector.mirror.statements import upsert
from connector.mirror.tables import MirrorSchema, associations, cursors, link_passes

# How `requested` names the history of a property.
WITH_HISTORY = " with history"

_LAG_REMEMBERED = timedelta(days=7)
_LONGEST_OVERLAP = timedelta(hours=6)


@dataclasses.dataclass(frozen=True, slots=True)
class Cursor:
    """Everything modified up to `modified_until`, by the CRM's clock, is stored.

    A full reading has begun and not ended while `full_started_at` is set; it goes on from `full_after`. Records up to
    `full_last_id` and from `full_down_to` on have been read. `lag_ms` is by
    how much the latest entry of the search index came too late, seen at `lag_seen_at`. `unexplained` is by how many
    live records mirror and index differed after the last look at the single ones. Every record was compared at
    `swept_at`; a comparison under way goes on from `sweep_after`.
    """

    object_type: str
    modified_until: datetime | None = None
    modified_seen_at: datetime | None = None
    full_after: str | None = None
    full_last_id: str | None = None
    full_down_to: str | None = None
    full_started_at: datetime | None = None
    completed_at: datetime | None = None
    requested: frozenset[str] = frozenset()
    definitions_read_at: datetime | None = None
    lag_ms: int | None = None
    lag_seen_at: datetime | None = None
    unexplained: int | None = None
    swept_at: datetime | None = None
    sweep_after: str | None = None
    sweep_last_id: str | None = None

    @property
    def properties(self) -> frozenset[str]:
        """Those of `requested` that are values; empty before anything was asked for."""
        return frozenset(one for one in self.requested if not one.endswith(WITH_HISTORY))

    def needs_full(self, asked: Collection[str]) -> bool:
        return self.completed_at is None or self.modified_until is None or not self.requested.issuperset(asked)

    def read_from(self, now: datetime, overlap: timedelta) -> datetime | None:
        """From when on to ask for changes: earlier than what is stored, since the search index may be late.

        When nothing newer has come for longer than the index may be late, the last change is settled and need not be
        asked for again. After a bulk job that stamps thousands of records alike, that alone keeps a quiet cycle cheap.
        """
        if self.modified_until is None:
            return None
        patience = self._patience(now, overlap)
        settled = self.modified_seen_at is not None and now - self.modified_seen_at > 2 * patience
        return self.modified_until + timedelta(milliseconds=1) if settled else self.modified_until - patience

    def lag_is_recent(self, now: datetime) -> bool:
        return self.lag_seen_at is not None and now - self.lag_seen_at < _LAG_REMEMBERED

    def is_late(self, now: datetime, overlap: timedelta) -> bool:
        """The index was seen to be so late that the overlap may be too short for it."""
        return self.lag_is_recent(now) and timedelta(milliseconds=self.lag_ms or 0) > overlap / 2

    def _patience(self, now: datetime, overlap: timedelta) -> timedelta:
        """What was seen to be late may be twice as late next time."""
        seen = timedelta(milliseconds=self.lag_ms or 0) if self.lag_is_recent(now) else timedelta()
        return max(overlap, min(2 * seen, _LONGEST_OVERLAP))


@dataclasses.dataclass(frozen=True, slots=True)
class LinkPass:
    """Links of the records up to `position` have been read; `pending` while a pass over all of them goes on."""

    from_type: str
    to_type: str
    position: str | None = None
    pending: bool = False


def load_cursor(connection: Connection, object_type: str) -> Cursor:
    row = connection.execute(select(cursors).where(cursors.c.object_type == object_type)).mappings().one_or_none()
    if row is None:
        return Cursor(object_type)
    values: dict[str, Any] = {**row, "requested": frozenset(row["requested"])}
    return Cursor(**values)


def save_cursor(connection: Connection, cursor: Cursor) -> None:
    row = {one.name: getattr(cursor, one.name) for one in dataclasses.fields(cursor)}
    connection.execute(upsert(connection, cursors), row | {"requested": sorted(cursor.requested)})


def forget_unread(connection: Connection, schema: MirrorSchema, types: Collection[str]) -> None:
    """Drop the records and links of types that are not read any more: they fall behind. Read again, they begin anew."""
    stored = set(connection.execute(select(cursors.c.object_type)).scalars())
    for object_type in sorted(stored.difference(types)):
        connection.execute(delete(schema.table(object_type)))
        connection.execute(delete(associations).where(associations.c.to_type == object_type))
        connection.execute(delete(cursors).where(cursors.c.object_type == object_type))


def load_link_pass(connection: Connection, from_type: str, to_type: str) -> LinkPass:
    this = (link_passes.c.from_type == from_type) & (link_passes.c.to_type == to_type)
    row = connection.execute(select(link_passes).where(this)).mappings().one_or_none()
    return LinkPass(from_type, to_type) if row is None else LinkPass(**row)


def save_link_pass(connection: Connection, link_pass: LinkPass) -> None:
    connection.execute(upsert(connection, link_passes), dataclasses.asdict(link_pass))
