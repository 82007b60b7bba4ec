"""How all records of one object type are read: the list from the smallest id up; and at the same time, where none was
read before, searches from the largest id down, until they meet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from connector.gateway import Page
from connector.mirror.counts import count_live
from connector.mirror.cursors import Cursor, load_link_pass, save_cursor
from connector.pull_store import ObjectPull, Progress, bury, store
from connector.records import CONTACTS, DEALS, Record
from connector.side_by_side import side_by_side

_BEFORE_ALL = "0"
# Read again by whoever goes on after a crash: three pages with history, two without.
_AT_ONCE = 150
# A few pages more are not worth a second end.
_MANY = 1000
_ONE_MOMENT = timedelta(milliseconds=1)  # the mirror keeps no finer time
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def read_all(pull: ObjectPull, cursor: Cursor, total: int) -> Cursor:
    """Go on where the last run stopped, at either end."""
    with pull.engine.connect() as connection:
        read = pull.table.c.id <= (cursor.full_last_id or _BEFORE_ALL)
        if cursor.full_down_to is not None:
            read |= pull.table.c.id >= cursor.full_down_to
        already = count_live(connection, pull.table, read)
        held_between = count_live(connection, pull.table) > already
        # Those of a contact are all pending or none.
        to_type = DEALS if pull.object_type == CONTACTS else pull.object_type
        links_follow = load_link_pass(connection, CONTACTS, to_type).pending

    def report(progress: Progress) -> None:
        read = already + progress.read
        pull.report(Progress(pull.object_type, read, max(total, read)))

    counted = dataclasses.replace(pull, report=report, reading_all=True, links_follow=links_follow)
    reading = _Reading(counted, cursor, held_between)
    # What a search tells may be late. It must not take the place of something newer that is stored.
    from_both = cursor.modified_until is None and not held_between and total - already > _MANY
    side_by_side([reading.upwards, reading.downwards] if from_both else [reading.upwards], 2, pull.turns)
    return reading.cursor


class _Reading:
    """Only the list ends it: that a search shows nothing more proves nothing.

    What is stored and how far each end has come change in one turn, and one transaction.
    """

    def __init__(self, pull: ObjectPull, cursor: Cursor, held_between: bool) -> None:
        self.cursor = cursor
        self._pull = pull
        self._held_between = held_between
        self._began = cursor.full_started_at or pull.now
        self._started = pull.clock()

    def upwards(self) -> None:
        while not self._has_ended():
            page = Page([], None) if self._reaches(self._last_id()) else self._listed()
            self._store_listed(page)

    def downwards(self) -> None:
        pull = self._pull
        while not self._has_ended():
            below = self.cursor.full_down_to
            page = pull.gateway.page_below(pull.object_type, pull.properties, history=pull.history, below=below)
            if page.after is None:
                return
            with pull.turns.writing() as connection:
                if self._has_ended():
                    return
                last_id = self._last_id()
                store(pull, connection, [one for one in page.records if int(one.id) > last_id])
                self.cursor = dataclasses.replace(self.cursor, full_down_to=page.after)
                save_cursor(connection, self.cursor)
            if self._reaches(last_id):
                return

    def _listed(self) -> Page:
        """A few pages as one: what is looked up and noted with each transaction takes as long as storing twenty records."""
        pull, after = self._pull, self.cursor.full_after
        records: list[Record] = []
        while True:
            page = pull.gateway.list_page(pull.object_type, pull.properties, history=pull.history, after=after)
            records += page.records
            after = page.after
            if after is None or len(records) >= _AT_ONCE or self._reaches(_largest(records)):
                return Page(records, after)

    def _store_listed(self, page: Page) -> None:
        pull, after_id = self._pull, self.cursor.full_last_id or _BEFORE_ALL
        found, gone = self._compare_with_stored(page, after_id) if self._held_between else (page.records, [])
        last_id = max(_largest(page.records), int(after_id))
        with pull.turns.writing() as connection:
            ended = page.after is None or self._reaches(last_id)
            down_to = self.cursor.full_down_to
            store(pull, connection, [one for one in found if down_to is None or int(one.id) < int(down_to)])
            bury(pull, connection, gone)
            self.cursor = dataclasses.replace(self.cursor, full_after=page.after, full_last_id=str(last_id))
            if ended:
                self.cursor = self._end(connection)
            save_cursor(connection, self.cursor)

    def _has_ended(self) -> bool:
        return self.cursor.full_started_at is None

    def _last_id(self) -> int:
        return int(self.cursor.full_last_id or _BEFORE_ALL)

    def _reaches(self, last_id: int) -> bool:
        """Whether the searches have come down to here."""
        return self.cursor.full_down_to is not None and last_id >= int(self.cursor.full_down_to)

    def _end(self, connection: Connection) -> Cursor:
        """What changed behind the pass came after its beginning: newest time seen, minus how long it took.

        Durations are the same on every clock; the time of day is not, so ours is not compared with the CRM's.
        """
        pull, cursor = self._pull, self.cursor
        lasted = pull.now - self._began + timedelta(seconds=pull.clock() - self._started)
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
            full_down_to=None,
            full_started_at=None,
            completed_at=pull.now,
            sweep_after=None,
            sweep_last_id=None,
            # What was begun in an earlier run may be as old as that.
            swept_at=pull.now if pull.now - self._began < _ONE_MOMENT else _NEVER,
        )

    def _compare_with_stored(self, page: Page, after_id: str) -> tuple[Sequence[Record], list[str]]:
        """The page's records, and the stored ones that should stand in it and are gone.

        The list can be read while records move, so its silence alone proves nothing: the missing ones are asked for.
        """
        pull, down_to = self._pull, self.cursor.full_down_to
        listed = {one.id for one in page.records}
        table = pull.table
        within = (table.c.id > after_id) & table.c.archived_at.is_(None)
        if down_to is not None:
            within &= table.c.id < down_to
        if page.after is not None and page.records:
            within &= table.c.id <= str(_largest(page.records))
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


def _largest(records: Sequence[Record]) -> int:
    return max((int(one.id) for one in records), default=0)
