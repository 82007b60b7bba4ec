"""How the records of one object type are brought up to date: all of them once, then what changed; then the proof."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from connector.mirror.cursors import (
    WITH_HISTORY,
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
from connector.pull_first import read_all
from connector.pull_store import ObjectPull
from connector.pull_sweep import sweep, sweep_is_due
from connector.records import CONTACTS

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
        full_down_to=None,
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
        cursor = read_all(pull, cursor, newest.total)
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
