"""How what changed in one object type is read: the newest records, the window that the index may fill late, late entries."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from connector.gateway import Found, Touched
from connector.mirror.counts import count_live
from connector.mirror.cursors import Cursor, save_cursor
from connector.mirror.statements import among
from connector.pull_store import ObjectPull, store
from connector.records import Record
from connector.side_by_side import ahead

_AT_ONCE = 200
_BEFORE_ALL = "0"

# A pass that takes longer may miss a change made behind its back with the overlap alone.
_LONG_PASS_S = 60.0

# Entries that come later than the overlap are looked for in so much of the past.
_LATEST = timedelta(days=1)

# Searched while earlier ones are read.
_PAGES_AHEAD = 3


@dataclasses.dataclass(slots=True)
class _Seen:
    """The latest modified time that was seen, by how much the latest entry came too late, and how many were newer than
    what is stored.
    """

    newest: datetime | None = None
    late: timedelta = timedelta()
    newer: int = 0

    def note(self, times: Iterable[datetime]) -> None:
        known = () if self.newest is None else (self.newest,)
        self.newest = max((*times, *known), default=None)


def read_changes(pull: ObjectPull, cursor: Cursor, newest: Found, asked: frozenset[str]) -> Cursor:
    """Where the newest records reach back far enough they are all there is to look at: one search, whatever its size."""
    since = cursor.read_from(pull.now, pull.overlap)
    assert since is not None
    started, seen = pull.clock(), _Seen()
    if _reaches(newest, since):
        _store_each(pull, _read_newer(pull, cursor, [newest.touched], seen))
    else:
        _read_window(pull, cursor, since, seen)
    took = pull.clock() - started
    if seen.newest is not None and took > _LONG_PASS_S:
        seen.newest -= timedelta(seconds=took)
    return _save(pull, cursor, seen, asked)


def read_late(pull: ObjectPull, cursor: Cursor, newest: Found) -> None:
    """What the index took in later than the overlap: counted, and read only where the mirror has another number."""
    if cursor.modified_until is None or _reaches(newest, since := cursor.modified_until - _LATEST):
        return
    first = pull.gateway.touched_since(pull.object_type, since, _BEFORE_ALL)
    with pull.engine.connect() as connection:
        held = count_live(connection, pull.table, pull.table.c.updated_at >= since)
    if held != first.total:
        seen = _Seen()
        _read_window(pull, cursor, since, seen, first)
        pull.tally.mended += seen.newer
        _save(pull, cursor, seen, cursor.requested)


def _reaches(newest: Found, since: datetime) -> bool:
    """Whether everything modified at or after `since` is among the newest."""
    return newest.complete or newest.touched[-1].updated_at < since


def _read_window(pull: ObjectPull, cursor: Cursor, since: datetime, seen: _Seen, first: Found | None = None) -> None:
    """Searching and reading have limits of their own, and storing has none: one page is stored, the next one read and
    further ones searched at the same time.
    """
    with (
        ahead(_window(pull, since, first), _PAGES_AHEAD) as pages,
        ahead(_read_newer(pull, cursor, pages, seen), 1) as found,
    ):
        _store_each(pull, found)


def _window(pull: ObjectPull, since: datetime, first: Found | None = None) -> Iterator[Sequence[Touched]]:
    """By ascending id and never by offset: so neither 10,000 results, nor equal times, nor changes on the way hide one."""
    found = first or pull.gateway.touched_since(pull.object_type, since, _BEFORE_ALL)
    while found.touched:
        yield found.touched
        if found.complete:
            return
        found = pull.gateway.touched_since(pull.object_type, since, found.touched[-1].id)


def _read_newer(
    pull: ObjectPull, cursor: Cursor, pages: Iterable[Sequence[Touched]], seen: _Seen
) -> Iterator[Sequence[Record]]:
    """Of what the index shows, read in full batches what is newer than what is stored."""
    waiting: list[str] = []
    for page in pages:
        seen.note(one.updated_at for one in page)
        due = _newer_than_stored(pull, page)
        seen.newer += len(due)
        if cursor.modified_until is not None:
            late = (cursor.modified_until - one.updated_at for one in due)
            seen.late = max((one for one in late if one <= _LATEST), default=seen.late)
        waiting += [one.id for one in due]
        while len(waiting) >= _AT_ONCE:
            yield _read(pull, waiting[:_AT_ONCE], seen)
            waiting = waiting[_AT_ONCE:]
    if waiting:
        yield _read(pull, waiting, seen)


def _read(pull: ObjectPull, ids: Sequence[str], seen: _Seen) -> Sequence[Record]:
    records = pull.read(ids)
    seen.note(one.updated_at for one in records)
    return records


def _store_each(pull: ObjectPull, found: Iterable[Sequence[Record]]) -> None:
    for records in found:
        with pull.turns.writing() as connection:
            store(pull, connection, records)


def _newer_than_stored(pull: ObjectPull, touched: Sequence[Touched]) -> list[Touched]:
    if not touched:
        return []
    table = pull.table
    stored = select(table.c.id, table.c.updated_at).where(table.c.archived_at.is_(None), among(table.c.id))
    with pull.engine.connect() as connection:
        rows = connection.execute(stored, {"ids": [one.id for one in touched]}).all()
    current = {row.id: row.updated_at for row in rows}
    return [one for one in touched if one.id not in current or current[one.id] < one.updated_at]


def _save(pull: ObjectPull, cursor: Cursor, seen: _Seen, asked: frozenset[str]) -> Cursor:
    moved = cursor
    if seen.newest is not None and (cursor.modified_until is None or seen.newest > cursor.modified_until):
        moved = dataclasses.replace(moved, modified_until=seen.newest, modified_seen_at=pull.now)
    lag = seen.late // timedelta(milliseconds=1)
    if lag > 0 and (lag >= (cursor.lag_ms or 0) or not cursor.lag_is_recent(pull.now)):
        moved = dataclasses.replace(moved, lag_ms=lag, lag_seen_at=pull.now)
    # Records stored in this run were read with no more than this.
    moved = dataclasses.replace(moved, requested=asked)
    if moved != cursor:
        with pull.turns.writing() as connection:
            save_cursor(connection, moved)
    return moved
