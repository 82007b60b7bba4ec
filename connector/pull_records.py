"""How the records of one object type are read: all of them once, then what changed, and what was archived."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Table, func, select

from connector.batches import pieces
from connector.gateway import Gateway, Page, Touched
from connector.limits import Clock
from connector.mirror.contact_search import store_search_rows
from connector.mirror.cursors import (
    WITH_HISTORY,
    Cursor,
    LinkPass,
    load_cursor,
    load_link_pass,
    save_cursor,
    save_link_pass,
)
from connector.mirror.history import store_history
from connector.mirror.marks import EVERYTHING, Purpose, mark, mark_to_examine, marked, unmark
from connector.mirror.tables import MirrorSchema
from connector.mirror.writer import RecordWriter
from connector.records import CONTACTS, DEALS, Record

_SEARCH_PAGE = 200
_BEFORE_ALL = "0"

# A pass that takes longer may miss a change made behind its back with the overlap alone.
_LONG_PASS_S = 60.0


@dataclasses.dataclass(slots=True)
class Tally:
    """What was done about one object type in this run."""

    read: int = 0
    changed: int = 0
    archived: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Progress:
    """So many records of this type have been read in this run."""

    object_type: str
    read: int


@dataclasses.dataclass(frozen=True, slots=True)
class ObjectPull:
    """What one object type's reading needs; `properties` are those to ask for, `history` those whose versions are, too."""

    engine: Engine
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

    @property
    def table(self) -> Table:
        return self.schema.table(self.object_type)


def everything_asked(properties: Collection[str], history: Collection[str]) -> frozenset[str]:
    """What a record must have been read with to count as read: these values, and of some their history."""
    return frozenset({*properties, *(f"{name}{WITH_HISTORY}" for name in history)})


def begin_full(
    connection: Connection,
    object_type: str,
    asked: frozenset[str],
    now: datetime,
    *,
    linked: Sequence[str],
    full: bool,
) -> None:
    """Where everything must be read, note that it begins; an interrupted reading that asked for all this goes on.

    With all contacts, the links to all `linked` types are read; with a type that is new, those to it.
    """
    cursor = load_cursor(connection, object_type)
    unfinished = cursor.full_started_at is not None and cursor.requested.issuperset(asked)
    if unfinished or not (full or cursor.needs_full(asked)):
        return
    begun = dataclasses.replace(
        cursor,
        full_after=None,
        full_last_id=None,
        full_started_at=now,
        completed_at=None,
        requested=asked,
    )
    save_cursor(connection, begun)
    new = (object_type,) if cursor.modified_until is None else ()
    for to_type in linked if object_type == CONTACTS else new:
        save_link_pass(connection, LinkPass(CONTACTS, to_type, None, pending=True))
    if cursor.needs_full(asked):
        mark(connection, Purpose.EXAMINE, CONTACTS, [EVERYTHING])


def pull_objects(pull: ObjectPull) -> None:
    with pull.engine.connect() as connection:
        cursor = load_cursor(connection, pull.object_type)
    if cursor.full_started_at is not None:
        _read_all(pull, cursor)
    else:
        _read_changes(pull, cursor)
    _read_archived(pull)


def _read_all(pull: ObjectPull, cursor: Cursor) -> None:
    """The list, page by page; each page is stored together with where the next one starts."""
    began = cursor.full_started_at or pull.now
    started = pull.clock()
    while True:
        page = pull.gateway.list_page(pull.object_type, pull.properties, history=pull.history, after=cursor.full_after)
        found, gone = _compare_with_stored(pull, page, cursor.full_last_id or _BEFORE_ALL)
        last_id = str(max((int(one.id) for one in page.records), default=int(cursor.full_last_id or 0)))
        cursor = dataclasses.replace(cursor, full_after=page.after, full_last_id=last_id)
        with pull.engine.begin() as connection:
            _store(pull, connection, found, links_follow=True)
            _bury(pull, connection, gone)
            if page.after is None:
                lasted = pull.now - began + timedelta(seconds=pull.clock() - started)
                cursor = _end_full(pull, connection, cursor, lasted)
            save_cursor(connection, cursor)
        if page.after is None:
            return


def _end_full(pull: ObjectPull, connection: Connection, cursor: Cursor, lasted: timedelta) -> Cursor:
    """What changed behind the pass came after its beginning: newest time seen, minus how long it took.

    Durations are the same on every clock; the time of day is not, so ours is not compared with the CRM's.
    """
    seen = connection.execute(select(func.max(pull.table.c.updated_at))).scalar()
    # An empty object type starts at the CRM's earliest time: its first record is then found by search.
    until = datetime.fromisoformat("1970-01-02T00:00:00+00:00") if seen is None else seen - max(lasted, timedelta())
    if cursor.modified_until is not None:
        until = max(until, cursor.modified_until)
    return dataclasses.replace(
        cursor,
        modified_until=until,
        modified_seen_at=pull.now,
        full_after=None,
        full_last_id=None,
        full_started_at=None,
        completed_at=pull.now,
    )


def _compare_with_stored(pull: ObjectPull, page: Page, after_id: str) -> tuple[list[Record], list[str]]:
    """The page's records, and the stored ones that should stand in it and are gone.

    The list can be read while records move, so its silence alone proves nothing: the missing ones are asked for.
    """
    listed = {one.id for one in page.records}
    table = pull.table
    within = (table.c.id > after_id) & table.c.archived_at.is_(None)
    if page.after is not None and page.records:
        within &= table.c.id <= str(max(int(one) for one in listed))
    if page.after is not None and not page.records:
        return [], []
    with pull.engine.connect() as connection:
        stored = connection.execute(select(table.c.id).where(within)).scalars()
        missing = [one for one in stored if one not in listed]
    if not missing:
        return list(page.records), []
    found = pull.gateway.read(pull.object_type, missing, pull.properties, history=pull.history)
    alive = {one.id for one in found}
    return [*page.records, *found], [one for one in missing if one not in alive]


def _read_changes(pull: ObjectPull, cursor: Cursor) -> None:
    since = cursor.read_from(pull.now, pull.overlap)
    assert since is not None
    started = pull.clock()
    seen: list[datetime] = []
    for ids in _due_ids(pull, since, seen):
        records = pull.gateway.read(pull.object_type, ids, pull.properties, history=pull.history)
        seen += [one.updated_at for one in records]
        with pull.engine.begin() as connection:
            _store(pull, connection, records, links_follow=False)
    took = pull.clock() - started
    late = timedelta(seconds=took if took > _LONG_PASS_S else 0)
    newest = max(seen) - late if seen else None
    asked = everything_asked(pull.properties, pull.history)
    moved = newest is not None and (cursor.modified_until is None or newest > cursor.modified_until)
    if moved or asked != cursor.requested:
        until, at = (newest, pull.now) if moved else (cursor.modified_until, cursor.modified_seen_at)
        with pull.engine.begin() as connection:
            # Records stored in this run were read with no more than this.
            save_cursor(
                connection,
                dataclasses.replace(cursor, modified_until=until, modified_seen_at=at, requested=asked),
            )


def _due_ids(pull: ObjectPull, since: datetime, seen: list[datetime]) -> Iterator[Sequence[str]]:
    """Ids that the index shows as newer than what is stored, in full batches; their times go to `seen`.

    By ascending id and never by offset: so neither 10,000 results, nor equal times, nor changes on the way hide one.
    """
    waiting: list[str] = []
    after_id = _BEFORE_ALL
    while True:
        touched = pull.gateway.touched_since(pull.object_type, since, after_id)
        seen += [max(one.updated_at for one in touched)] if touched else []
        waiting += _newer_than_stored(pull, touched)
        last = len(touched) < _SEARCH_PAGE
        while len(waiting) >= _SEARCH_PAGE or (last and waiting):
            yield waiting[:_SEARCH_PAGE]
            waiting = waiting[_SEARCH_PAGE:]
        if last:
            return
        after_id = touched[-1].id


def _newer_than_stored(pull: ObjectPull, touched: Sequence[Touched]) -> list[str]:
    if not touched:
        return []
    table = pull.table
    columns = select(table.c.id, table.c.updated_at, table.c.archived_at)
    with pull.engine.connect() as connection:
        rows = connection.execute(columns.where(table.c.id.in_([one.id for one in touched])))
        current = {row.id: row.updated_at for row in rows if row.archived_at is None}
    return [one.id for one in touched if one.id not in current or current[one.id] < one.updated_at]


def _read_archived(pull: ObjectPull) -> None:
    """Archiving moves no modified time and hides a record from searches: only this list tells of it."""
    listed: set[str] = set()
    after: str | None = None
    while True:
        page = pull.gateway.list_page(pull.object_type, pull.properties, after=after, archived=True)
        listed |= {one.id for one in page.records}
        new = _not_yet_buried(pull, page.records)
        if new:
            with pull.engine.begin() as connection:
                _store(pull, connection, new, links_follow=False)
        after = page.after
        if after is None:
            break
    with pull.engine.connect() as connection:
        before = set(marked(connection, Purpose.ARCHIVED, pull.object_type))
    if before != listed:
        _revive(pull, before - listed, listed - before)


def _not_yet_buried(pull: ObjectPull, records: Sequence[Record]) -> list[Record]:
    table = pull.table
    with pull.engine.connect() as connection:
        rows = connection.execute(
            select(table.c.id, table.c.archived_at).where(table.c.id.in_([one.id for one in records]))
        )
        stored = {row.id: row.archived_at for row in rows}
    return [one for one in records if stored.get(one.id) != one.archived_at]


def _revive(pull: ObjectPull, vanished: Collection[str], new: Collection[str]) -> None:
    """What left the archive was restored or deleted for good; only reading it tells which."""
    ids = sorted(vanished, key=int)
    found: Sequence[Record] = []
    if ids:
        found = pull.gateway.read(pull.object_type, ids, pull.properties, history=pull.history)
    with pull.engine.begin() as connection:
        _store(pull, connection, found, links_follow=False)
        mark(connection, Purpose.ARCHIVED, pull.object_type, sorted(new, key=int))
        unmark(connection, Purpose.ARCHIVED, pull.object_type, ids)


def _store(pull: ObjectPull, connection: Connection, records: Sequence[Record], *, links_follow: bool) -> None:
    """Store a page. `links_follow`: a pass over all links comes anyway, so single records need not be marked."""
    stored = pull.writer.store(connection, records)
    if pull.object_type == CONTACTS:
        differing = set(stored.changed)
        store_search_rows(connection, [one for one in records if one.id in differing])
    remembered = store_history(connection, pull.object_type, records)
    changed = sorted({*stored.changed, *stored.buried, *remembered}, key=int)
    pull.tally.read += len(records)
    pull.tally.changed += len(changed)
    pull.tally.archived += len(stored.buried)
    pull.report(Progress(pull.object_type, pull.tally.read))
    _mark(pull, connection, changed, links_follow=links_follow)


def _bury(pull: ObjectPull, connection: Connection, gone: Sequence[str]) -> None:
    for some in pieces(gone, _SEARCH_PAGE):
        pull.writer.bury(connection, some, pull.now)
    pull.tally.archived += len(gone)
    pull.tally.changed += len(gone)
    _mark(pull, connection, gone, links_follow=False)


def _mark(pull: ObjectPull, connection: Connection, ids: Sequence[str], *, links_follow: bool) -> None:
    if not ids:
        return
    # Those of a contact are all pending or none.
    to_type = DEALS if pull.object_type == CONTACTS else pull.object_type
    pending = links_follow and load_link_pass(connection, CONTACTS, to_type).pending
    if not pending:
        mark(connection, Purpose.LINKS, pull.object_type, ids)
    if pull.object_type == CONTACTS:
        mark_to_examine(connection, ids)
    elif pending:
        # Whose deal or meeting it is will be known when all links are read, and then nobody asks what had changed.
        mark(connection, Purpose.EXAMINE, CONTACTS, [EVERYTHING])
