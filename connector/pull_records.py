"""How the records of one object type are brought up to date: all of them once, then what changed; then the proof."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from connector.gateway import Page
from connector.mirror.counts import count_live
from connector.mirror.cursors import (
    WITH_HISTORY,
    Cursor,
    LinkPass,
    load_cursor,
    load_link_pass,
    save_cursor,
    save_link_pass,
)
from connector.mirror.marks import EVERYTHING, Purpose, mark
from connector.pull_changes import read_changes, read_late
from connector.pull_counts import live_here, mend_difference
from connector.pull_departed import read_departed
from connector.pull_store import ObjectPull, Progress, bury, store
from connector.pull_sweep import sweep, sweep_is_due
from connector.records import CONTACTS, DEALS, Record

_BEFORE_ALL = "0"
# Read again by whoever goes on after a crash: three pages with history, two without.
_AT_ONCE = 150
_ONE_MOMENT = timedelta(milliseconds=1)  # the mirror keeps no finer time
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


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


def doubt_interrupted(connection: Connection, types: Collection[str], *, linked: Collection[str]) -> None:
    """Where a first reading was interrupted, what it had read is compared once more.

    Meanwhile values may have changed without a time, such as a number of deals: only then, nothing else tells of it.
    """
    cursors = [load_cursor(connection, one) for one in types]
    unread_links = any(load_link_pass(connection, CONTACTS, one).pending for one in linked)
    if unread_links or any(one.full_started_at is not None for one in cursors):
        for one in cursors:
            if one.completed_at is not None:
                save_cursor(connection, dataclasses.replace(one, swept_at=_NEVER))


def pull_objects(pull: ObjectPull) -> bool:
    """One search tells what changed last and how many there are; more is asked only where that is not enough.

    Answers whether every record has been compared in this run.
    """
    with pull.engine.connect() as connection:
        cursor = load_cursor(connection, pull.object_type)
    newest = pull.gateway.newest(pull.object_type)
    pull.tally.crm = newest.total
    first, compared = cursor.full_started_at is not None, False
    if first:
        cursor = _read_all(pull, cursor, newest.total)
    else:
        cursor = read_changes(pull, cursor, newest, everything_asked(pull.properties, pull.history))
        compared = sweep_is_due(pull, cursor) and sweep(pull, cursor)
    pull.tally.mirror = live_here(pull)
    known = None if pull.thorough or first or compared else cursor.unexplained
    if known is None or pull.tally.mirror - newest.total != known:
        read_departed(pull)
        pull.tally.mirror = live_here(pull)
    if not first:
        if pull.thorough or cursor.is_late(pull.now, pull.overlap):
            read_late(pull, cursor, newest)
        if pull.tally.mirror - pull.tally.crm != known:
            mend_difference(pull)
    difference = pull.tally.mirror - pull.tally.crm
    # After a first reading, what came meanwhile is left to the next run.
    _explain(pull, None if first and difference else difference)
    return first or compared


def _explain(pull: ObjectPull, difference: int | None) -> None:
    """A difference that the single records do not bear out is the index's: not looked into again until it moves."""
    with pull.engine.connect() as connection:
        cursor = load_cursor(connection, pull.object_type)
    if cursor.unexplained != difference:
        with pull.turns.writing() as connection:
            save_cursor(connection, dataclasses.replace(cursor, unexplained=difference))


def _read_all(pull: ObjectPull, cursor: Cursor, total: int) -> Cursor:
    """The list, a few pages at a time; they are stored together with where the next one starts."""
    began = cursor.full_started_at or pull.now
    started = pull.clock()
    with pull.engine.connect() as connection:
        already = count_live(connection, pull.table, pull.table.c.id <= (cursor.full_last_id or _BEFORE_ALL))
        held_beyond = count_live(connection, pull.table) > already
        # Those of a contact are all pending or none.
        to_type = DEALS if pull.object_type == CONTACTS else pull.object_type
        links_follow = load_link_pass(connection, CONTACTS, to_type).pending

    def report(progress: Progress) -> None:
        read = already + progress.read
        pull.report(Progress(pull.object_type, read, max(total, read)))

    counted = dataclasses.replace(pull, report=report, reading_all=True, links_follow=links_follow)
    while True:
        page = _pages(pull, cursor.full_after)
        after_id = cursor.full_last_id or _BEFORE_ALL
        found, gone = _compare_with_stored(pull, page, after_id) if held_beyond else (page.records, [])
        last_id = str(max((int(one.id) for one in page.records), default=int(cursor.full_last_id or 0)))
        cursor = dataclasses.replace(cursor, full_after=page.after, full_last_id=last_id)
        with pull.turns.writing() as connection:
            store(counted, connection, found)
            bury(pull, connection, gone)
            if page.after is None:
                lasted = pull.now - began + timedelta(seconds=pull.clock() - started)
                cursor = _end_full(pull, connection, cursor, began, lasted)
            save_cursor(connection, cursor)
        if page.after is None:
            return cursor


def _pages(pull: ObjectPull, after: str | None) -> Page:
    """A few pages as one: what is looked up and noted with each transaction takes as long as storing twenty records."""
    records: list[Record] = []
    while True:
        page = pull.gateway.list_page(pull.object_type, pull.properties, history=pull.history, after=after)
        records += page.records
        after = page.after
        if after is None or len(records) >= _AT_ONCE:
            return Page(records, after)


def _end_full(pull: ObjectPull, connection: Connection, cursor: Cursor, began: datetime, lasted: timedelta) -> Cursor:
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
        sweep_after=None,
        sweep_last_id=None,
        # What was begun in an earlier run may be as old as that.
        swept_at=pull.now if pull.now - began < _ONE_MOMENT else _NEVER,
    )


def _compare_with_stored(pull: ObjectPull, page: Page, after_id: str) -> tuple[Sequence[Record], list[str]]:
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
        return page.records, []
    found = pull.read(missing)
    alive = {one.id for one in found}
    return [*page.records, *found], [one for one in missing if one not in alive]
