"""How links are read: of all contacts once, then of what changed, and a part of the rest in every cycle.

The mirror holds links as contacts have them. Linking moves no modified time, so a link that comes or goes alone is
found by the sweep: one call per kind looks at the next 1,000 records, from the side that has fewer.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from sqlalchemy import Connection, Engine, select

from connector.batches import pieces
from connector.gateway import Gateway
from connector.lanes import Lane
from connector.mirror.cursors import LinkPass, load_link_pass, save_link_pass
from connector.mirror.link_rows import links_to, pairs_to, replace_links
from connector.mirror.marks import Purpose, mark, mark_to_examine, marked, unmark
from connector.mirror.tables import MirrorSchema
from connector.records import CONTACTS, Link
from connector.side_by_side import Turns, side_by_side

_AT_ONCE = 1000
_BEFORE_ALL = "0"

# Of all contacts, for the first time.
_KINDS_AT_ONCE = 3

# In the night's comparison of everything; a larger portal's rest is left to the following rounds.
_MOST_STEPS = 200


@dataclasses.dataclass(frozen=True, slots=True)
class LinkPull:
    """`linked` are the types whose links with contacts are mirrored, `sizes` how many live records each type has.

    `read_contacts` reads the values of contacts again: what is counted from links changes without a modified time.
    """

    engine: Engine
    turns: Turns
    gateway: Gateway
    schema: MirrorSchema
    linked: Sequence[str]
    sizes: Mapping[str, int]
    read_contacts: Callable[[Sequence[str]], None]


def pull_links(pull: LinkPull, *, thorough: bool) -> int:
    """Bring all links up to date; answers how many contacts' links differed.

    Each kind is swept by 1,000 records; where `thorough`, to the end of its turn.
    """
    with pull.engine.connect() as connection:
        begun = [to_type for to_type in pull.linked if load_link_pass(connection, CONTACTS, to_type).pending]
    passes = [partial(_finish_pass, pull, to_type) for to_type in begun]
    first = sum(side_by_side(passes, _KINDS_AT_ONCE, pull.turns))
    changed = _read_marked_contacts(pull)
    sweeper = dataclasses.replace(pull, gateway=pull.gateway.in_lane(Lane.SWEEP))
    for other in pull.linked:
        changed |= _read_marked_others(pull, other)
        if other not in begun:
            changed |= _sweep(sweeper, other, thorough=thorough)
    with pull.engine.connect() as connection:
        differing = marked(connection, Purpose.VALUES, CONTACTS)
    pull.read_contacts(differing)
    return first + len(changed)


def _finish_pass(pull: LinkPull, to_type: str) -> int:
    with pull.engine.connect() as connection:
        link_pass = load_link_pass(connection, CONTACTS, to_type)
    changed = 0
    while link_pass.pending:
        with pull.engine.connect() as connection:
            ids = _live_ids(connection, pull.schema, CONTACTS, link_pass.position)
        found = pull.gateway.links(CONTACTS, to_type, ids) if ids else []
        with pull.turns.writing() as connection:
            differing = replace_links(connection, CONTACTS, to_type, ids, found)
            mark_to_examine(connection, differing)
            changed += len(differing)
            position = ids[-1] if ids else None
            link_pass = dataclasses.replace(link_pass, position=position, pending=len(ids) == _AT_ONCE)
            save_link_pass(connection, link_pass)
    return changed


def _read_marked_contacts(pull: LinkPull) -> set[str]:
    changed: set[str] = set()
    while True:
        with pull.engine.connect() as connection:
            ids = marked(connection, Purpose.LINKS, CONTACTS, _AT_ONCE)
        if not ids:
            return changed
        found = {to_type: pull.gateway.links(CONTACTS, to_type, ids) for to_type in pull.linked}
        with pull.turns.writing() as connection:
            for to_type in pull.linked:
                changed.update(_replace(connection, to_type, ids, found[to_type]))
            unmark(connection, Purpose.LINKS, CONTACTS, ids)


def _read_marked_others(pull: LinkPull, other: str) -> set[str]:
    """A deal, a company or an activity changed: look again at every contact that it has or had, and examine it anew."""
    changed: set[str] = set()
    while True:
        with pull.engine.connect() as connection:
            ids = marked(connection, Purpose.LINKS, other, _AT_ONCE)
            had = {one.from_id for one in links_to(connection, CONTACTS, other, ids)}
        if not ids:
            return changed
        contacts = had | {one.to_id for one in pull.gateway.links(other, CONTACTS, ids)}
        changed.update(_read_contacts_again(pull, other, contacts))
        with pull.turns.writing() as connection:
            mark_to_examine(connection, sorted(contacts, key=int))
            unmark(connection, Purpose.LINKS, other, ids)


def _sweep(pull: LinkPull, other: str, *, thorough: bool) -> set[str]:
    """Go on with the turn through all records of the smaller side; costs one call where nothing differs, and waits for
    another day where the account's calls become short.
    """
    from_contacts = pull.sizes[CONTACTS] <= pull.sizes[other]
    from_type, to_type = (CONTACTS, other) if from_contacts else (other, CONTACTS)
    changed: set[str] = set()
    for _ in range(_MOST_STEPS if thorough else 1):
        if not pull.gateway.may_call():
            break
        with pull.engine.connect() as connection:
            link_pass = load_link_pass(connection, from_type, to_type)
            ids = _live_ids(connection, pull.schema, from_type, link_pass.position)
        if ids:
            changed.update(_read_contacts_again(pull, other, ids) if from_contacts else _compare(pull, other, ids))
        position = ids[-1] if len(ids) == _AT_ONCE else None
        if position != link_pass.position:
            with pull.turns.writing() as connection:
                save_link_pass(connection, LinkPass(from_type, to_type, position))
        if position is None:
            break
    return changed


def _compare(pull: LinkPull, other: str, ids: Sequence[str]) -> list[str]:
    """From the other side a link has another type id, so what is compared is how many link the same two records."""
    with pull.engine.connect() as connection:
        stored = Counter(map(tuple, pairs_to(connection, CONTACTS, other, ids)))
    found = Counter((one.from_id, one.to_id) for one in pull.gateway.links(other, CONTACTS, ids))
    differing = {contact_id for (_, contact_id), _ in stored.items() ^ found.items()}
    return _read_contacts_again(pull, other, differing)


def _read_contacts_again(pull: LinkPull, to_type: str, contacts: Collection[str]) -> list[str]:
    changed: list[str] = []
    for ids in pieces(sorted(contacts, key=int), _AT_ONCE):
        found = pull.gateway.links(CONTACTS, to_type, ids)
        with pull.turns.writing() as connection:
            changed += _replace(connection, to_type, ids, found)
    return changed


def _replace(connection: Connection, to_type: str, ids: Sequence[str], found: Sequence[Link]) -> list[str]:
    """Answers the contacts whose links differed."""
    changed = replace_links(connection, CONTACTS, to_type, ids, found)
    mark(connection, Purpose.VALUES, CONTACTS, changed)
    mark_to_examine(connection, changed)
    return changed


def _live_ids(connection: Connection, schema: MirrorSchema, object_type: str, after: str | None) -> list[str]:
    table = schema.table(object_type)
    live = table.c.archived_at.is_(None) & (table.c.id > (after or _BEFORE_ALL))
    first = select(table.c.id).where(live).order_by(table.c.id).limit(_AT_ONCE)
    return list(connection.execute(first).scalars().all())
