"""The slow comparison of every record, value by value: what no search, count or list of the archived ever told."""

from __future__ import annotations

import dataclasses

from sqlalchemy import select

from connector.gateway import Page
from connector.mirror.cursors import Cursor, save_cursor
from connector.pull_departed import bury_missing
from connector.pull_store import ObjectPull, store
from connector.records import Record

_BEFORE_ALL = "0"
# 50,000 records, half a minute of HubSpot's limit: a larger portal is compared in several runs.
_MOST_PAGES = 500


def sweep_is_due(pull: ObjectPull, cursor: Cursor) -> bool:
    done = cursor.swept_at or cursor.completed_at
    return pull.sweep_due is not None and (done is None or done < pull.sweep_due)


def sweep(pull: ObjectPull, cursor: Cursor) -> bool:
    """Go on where the last run stopped; answers whether all records have been compared now.

    The list gives values without history, a hundred at a time; what differs is read again with it.
    """
    for _ in range(_MOST_PAGES):
        page = pull.gateway.list_page(pull.object_type, pull.properties, after=cursor.sweep_after)
        last_id = str(max((int(one.id) for one in page.records), default=int(cursor.sweep_last_id or 0)))
        differing, missing = compare_page(pull, page, cursor.sweep_last_id or _BEFORE_ALL, last_id)
        records = pull.read([*(one.id for one in differing), *missing])
        alive = {one.id for one in records}
        cursor = dataclasses.replace(cursor, sweep_after=page.after, sweep_last_id=last_id)
        if page.after is None:
            cursor = dataclasses.replace(cursor, sweep_last_id=None, swept_at=pull.now)
        before = pull.tally.changed
        with pull.turns.writing() as connection:
            store(pull, connection, records)
            save_cursor(connection, cursor)
        if gone := [one for one in missing if one not in alive]:
            bury_missing(pull, gone)
        pull.tally.mended += pull.tally.changed - before
        if page.after is None:
            return True
    return False


def compare_page(pull: ObjectPull, page: Page, after_id: str, last_id: str) -> tuple[list[Record], list[str]]:
    """Records of the page that differ from the stored ones, and stored ones that should stand in it and do not."""
    table = pull.table
    within = table.c.id > after_id
    if page.after is not None:
        within &= table.c.id <= last_id
    with pull.engine.connect() as connection:
        rows = connection.execute(select(table.c.id, table.c.properties, table.c.archived_at).where(within)).all()
    stored = {row.id: row.properties for row in rows if row.archived_at is None}
    listed = {one.id for one in page.records}
    differing = [one for one in page.records if stored.get(one.id) != _set_values(one)]
    return differing, [one for one in stored if one not in listed]


def _set_values(record: Record) -> dict[str, str]:
    return {name: value for name, value in record.properties.items() if value is not None}
