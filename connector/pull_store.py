"""How read records reach the mirror: stored, counted, and marked with what is left to do about them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Table

from connector.batches import pieces
from connector.gateway import Gateway
from connector.limits import Clock
from connector.mirror.contact_search import store_search_rows
from connector.mirror.history import store_history
from connector.mirror.marks import EVERYTHING, Purpose, mark, mark_to_examine
from connector.mirror.tables import MirrorSchema
from connector.mirror.writer import RecordWriter
from connector.records import CONTACTS, Record
from connector.side_by_side import Turns

_AT_ONCE = 200


@dataclasses.dataclass(slots=True)
class Tally:
    """What was done about one object type in this run.

    `mended` are differences that no search had shown. `crm` is how many live records the search index counts, `mirror`
    how many we hold; they differ for as long as the index is late.
    """

    read: int = 0
    changed: int = 0
    archived: int = 0
    erased: int = 0
    mended: int = 0
    crm: int = 0
    mirror: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """So many records of this type have been read, in a first reading of how many there are."""

    object_type: str
    read: int
    total: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ObjectPull:
    """What one object type's reading needs; `properties` are those to ask for, `history` those whose versions are, too.

    `thorough` reads the archived records whether or not anything tells of a difference. `sweep_due`: records that were
    last compared one by one before then are compared again. `seen` are those read in this run, save while `reading_all`.
    `links_follow`: a pass over all links comes anyway, so single records need not be marked.
    """

    engine: Engine
    turns: Turns
    gateway: Gateway
    schema: MirrorSchema
    object_type: str
    properties: Sequence[str]
    history: Sequence[str]
    overlap: timedelta
    now: datetime
    clock: Clock
    tally: Tally
    writer: RecordWriter
    report: Callable[[Progress], None]
    thorough: bool = False
    sweep_due: datetime | None = None
    reading_all: bool = False
    links_follow: bool = False
    seen: set[str] = dataclasses.field(default_factory=set[str])

    @property
    def table(self) -> Table:
        return self.schema.table(self.object_type)

    def read(self, ids: Sequence[str]) -> list[Record]:
        return self.gateway.read(self.object_type, ids, self.properties, history=self.history)


def store(pull: ObjectPull, connection: Connection, records: Sequence[Record]) -> None:
    """Store a page."""
    stored = pull.writer.store(connection, records)
    if pull.object_type == CONTACTS:
        differing = set(stored.changed)
        store_search_rows(connection, [one for one in records if one.id in differing])
    remembered = store_history(connection, pull.object_type, records)
    changed = sorted({*stored.changed, *stored.buried, *remembered}, key=int)
    if not pull.reading_all:
        pull.seen.update(one.id for one in records)
    pull.tally.read += len(records)
    pull.tally.changed += len(changed)
    pull.tally.archived += len(stored.buried)
    pull.report(Progress(pull.object_type, pull.tally.read))
    mark_changed(pull, connection, changed)


def bury(pull: ObjectPull, connection: Connection, gone: Sequence[str]) -> None:
    for some in pieces(gone, _AT_ONCE):
        pull.writer.bury(connection, some, pull.now)
    pull.tally.archived += len(gone)
    pull.tally.changed += len(gone)
    mark_changed(pull, connection, gone)


def mark_changed(pull: ObjectPull, connection: Connection, ids: Sequence[str]) -> None:
    if not ids:
        return
    if not pull.links_follow:
        mark(connection, Purpose.LINKS, pull.object_type, ids)
    if pull.object_type == CONTACTS:
        mark_to_examine(connection, ids)
    elif pull.links_follow:
        # Whose deal or meeting it is will be known when all links are read, and then nobody asks what had changed.
        mark(connection, Purpose.EXAMINE, CONTACTS, [EVERYTHING])
