"""How the mirror learns of records that left the CRM: archived ones, restored ones, and those erased for good."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from connector.mirror.erase import erase_records
from connector.pull_store import ObjectPull, bury, store
from connector.records import Record

# Asked for one by one, since only so a merged record tells where it went. What is left waits for the next run.
_MOST_SINGLE = 200


def read_departed(pull: ObjectPull) -> None:
    """Archiving moves no modified time and hides a record from searches: only the list of the archived tells of it."""
    listed: set[str] = set()
    after: str | None = None
    while True:
        page = pull.gateway.list_page(pull.object_type, pull.properties, after=after, archived=True)
        listed |= {one.id for one in page.records}
        if new := _not_yet_buried(pull, page.records):
            with pull.turns.writing() as connection:
                store(pull, connection, new)
        after = page.after
        if after is None:
            break
    table = pull.table
    with pull.engine.connect() as connection:
        buried = select(table.c.id).where(table.c.archived_at.is_not(None), table.c.merged_into.is_(None))
        unlisted = set(connection.execute(buried).scalars()) - listed
    settle_departed(pull, unlisted)


def bury_missing(pull: ObjectPull, ids: Sequence[str]) -> None:
    """Live here and not in the CRM any more."""
    with pull.turns.writing() as connection:
        bury(pull, connection, ids)
    settle_departed(pull, ids)


def settle_departed(pull: ObjectPull, ids: Collection[str]) -> None:
    """Neither live nor archived as far as lists tell: restored, archived just now, merged away, or erased for good.

    Nothing is erased here on the word of a list: each record is asked for as a live one, as an archived one, and by
    itself, which a merged one answers with its survivor.
    """
    waiting = sorted(ids, key=int)
    if not waiting:
        return
    found = pull.read(waiting)
    rest = _without(waiting, found)
    if rest:
        archived = pull.gateway.read(pull.object_type, rest, pull.properties, archived=True)
        found += _not_yet_buried(pull, archived)
        rest = _without(rest, archived)
    single = {one: pull.gateway.survivor(pull.object_type, one) for one in rest[:_MOST_SINGLE]}
    found += pull.read(sorted({one for one in single.values() if one is not None}, key=int))
    erased = [one for one, survivor in single.items() if survivor is None]
    with pull.turns.writing() as connection:
        store(pull, connection, found)
        erase_records(connection, pull.schema, pull.object_type, erased)
    pull.tally.erased += len(erased)


def _without(ids: Sequence[str], found: Sequence[Record]) -> list[str]:
    known = {one.id for one in found}
    return [one for one in ids if one not in known]


def _not_yet_buried(pull: ObjectPull, records: Sequence[Record]) -> list[Record]:
    table = pull.table
    with pull.engine.connect() as connection:
        rows = connection.execute(
            select(table.c.id, table.c.archived_at).where(table.c.id.in_([one.id for one in records]))
        )
        stored = {row.id: row.archived_at for row in rows}
    return [one for one in records if stored.get(one.id) != one.archived_at]
