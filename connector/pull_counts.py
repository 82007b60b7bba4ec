"""Whether the mirror holds as many live records as the CRM; where not, which ones differ."""

from __future__ import annotations

from connector.gateway import Found
from connector.mirror.counts import count_live, live_ids, middle_id
from connector.pull_departed import bury_missing
from connector.pull_store import ObjectPull, store

_FIRST, _LAST = 1, 10**15
# Halving finds one difference among a million in 13 searches. What is left waits for the next run, or the sweep.
_MOST_SEARCHES = 40


def live_here(pull: ObjectPull) -> int:
    with pull.engine.connect() as connection:
        return count_live(connection, pull.table)


def mend_difference(pull: ObjectPull) -> None:
    """Compare the numbers of halves, and of halves of these, down to the single records that one side lacks.

    The index may be late: it is asked which records to look at, and a batch read decides.
    """
    waiting = [(_FIRST, _LAST)]
    searches = 0
    while waiting and searches < _MOST_SEARCHES:
        first, last = waiting.pop()
        found = pull.gateway.within(pull.object_type, str(first), str(last))
        searches += 1
        if (first, last) == (_FIRST, _LAST):
            pull.tally.crm = found.total
        with pull.engine.connect() as connection:
            number = count_live(connection, pull.table, pull.table.c.id.between(str(first), str(last)))
            middle = middle_id(connection, pull.table, str(first), str(last))
        if number == found.total:
            continue
        if found.complete:
            _mend(pull, first, last, found)
            continue
        # With too few records here to halve them: after the first page of theirs.
        half = min(int(middle or found.touched[-1].id), last - 1)
        waiting += [(half + 1, last), (first, half)]
    pull.tally.mirror = live_here(pull)


def _mend(pull: ObjectPull, first: int, last: int, found: Found) -> None:
    with pull.engine.connect() as connection:
        held = live_ids(connection, pull.table, str(first), str(last))
    shown = {one.id for one in found.touched}
    unknown = sorted(shown.difference(held), key=int)
    unseen = [one for one in held if one not in shown]
    records = pull.read([*unknown, *unseen])
    alive = {one.id for one in records}
    with pull.turns.writing() as connection:
        store(pull, connection, records)
    gone = [one for one in unseen if one not in alive]
    if gone:
        bury_missing(pull, gone)
    pull.tally.mended += len(gone) + sum(1 for one in unknown if one in alive)
