"""How links are read: of all contacts once, then of what changed, and a part of the rest in every cycle.

The mirror holds links as contacts have them. Linking moves no modified time, so a link that comes or goes alone is
found by the sweep: one call per kind looks at the next 1,000 records from the other side.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, select

from connector.batches import pieces
from connector.gateway import Gateway
from connector.lanes import Lane
from connector.mirror.cursors import LinkPass, load_link_pass, save_link_pass
from connector.mirror.link_rows import links_to, replace_links
from connector.mirror.marks import Purpose, mark_to_examine, marked, unmark
from connector.mirror.tables import MirrorSchema
from connector.records import CONTACTS, DEALS, MEETINGS, Link

_AT_ONCE = 1000
_BEFORE_ALL = "0"

_SWEPT_ALWAYS = (DEALS, MEETINGS)


@dataclasses.dataclass(frozen=True, slots=True)
class LinkPull:
    """`linked` are the types whose links with contacts are mirrored."""

    engine: Engine
    gateway: Gateway
    schema: MirrorSchema
    linked: Sequence[str]


def pull_links(pull: LinkPull, *, calls_to_spare: bool) -> int:
    """Bring all links up to date; answers how many contacts' links differed.

    With calls to spare all types are swept, else deals and meetings only: a contact's company seldom changes alone,
    and a call, email, note or task is linked when it is recorded.
    """
    with pull.engine.connect() as connection:
        begun = {to_type for to_type in pull.linked if load_link_pass(connection, CONTACTS, to_type).pending}
    changed = sum(_finish_pass(pull, to_type) for to_type in pull.linked)
    changed += _read_marked_contacts(pull)
    changed += sum(_read_marked_others(pull, other) for other in pull.linked)
    swept = pull.linked if calls_to_spare else _SWEPT_ALWAYS
    sweeper = dataclasses.replace(pull, gateway=pull.gateway.in_lane(Lane.SWEEP))
    return changed + sum(_sweep(sweeper, other) for other in swept if other not in begun)


def _finish_pass(pull: LinkPull, to_type: str) -> int:
    with pull.engine.connect() as connection:
        link_pass = load_link_pass(connection, CONTACTS, to_type)
    changed = 0
    while link_pass.pending:
        with pull.engine.connect() as connection:
            ids = _live_ids(connection, pull.schema, CONTACTS, link_pass.position)
        found = pull.gateway.links(CONTACTS, to_type, ids) if ids else []
        with pull.engine.begin() as connection:
            changed += _replace(connection, to_type, ids, found)
            position = ids[-1] if ids else None
            link_pass = dataclasses.replace(link_pass, position=position, pending=len(ids) == _AT_ONCE)
            save_link_pass(connection, link_pass)
    return changed


def _read_marked_contacts(pull: LinkPull) -> int:
    changed = 0
    while True:
        with pull.engine.connect() as connection:
            ids = marked(connection, Purpose.LINKS, CONTACTS, _AT_ONCE)
        if not ids:
            return changed
        found = {to_type: pull.gateway.links(CONTACTS, to_type, ids) for to_type in pull.linked}
        with pull.engine.begin() as connection:
            for to_type in pull.linked:
                changed += _replace(connection, to_type, ids, found[to_type])
            unmark(connection, Purpose.LINKS, CONTACTS, ids)


def _read_marked_others(pull: LinkPull, other: str) -> int:
    """A deal, a company or an activity changed: look again at every contact that it has or had, and examine it anew."""
    changed = 0
    while True:
        with pull.engine.connect() as connection:
            ids = marked(connection, Purpose.LINKS, other, _AT_ONCE)
            had = {one.from_id for one in links_to(connection, CONTACTS, other, ids)}
        if not ids:
            return changed
        contacts = had | {one.to_id for one in pull.gateway.links(other, CONTACTS, ids)}
        changed += _read_contacts_again(pull, other, contacts)
        with pull.engine.begin() as connection:
            mark_to_examine(connection, sorted(contacts, key=int))
            unmark(connection, Purpose.LINKS, other, ids)


def _sweep(pull: LinkPull, other: str) -> int:
    """Compare the links of the next 1,000 records; costs one call where nothing differs, and waits for another day
    where the account's calls become short.
    """
    if not pull.gateway.may_call():
        return 0
    with pull.engine.connect() as connection:
        link_pass = load_link_pass(connection, other, CONTACTS)
        ids = _live_ids(connection, pull.schema, other, link_pass.position)
        stored = {(one.to_id, one.from_id) for one in links_to(connection, CONTACTS, other, ids)}
    changed = 0
    if ids:
        found = {(one.from_id, one.to_id) for one in pull.gateway.links(other, CONTACTS, ids)}
        changed = _read_contacts_again(pull, other, {contact for _, contact in stored ^ found})
    position = ids[-1] if len(ids) == _AT_ONCE else None
    if position != link_pass.position:
        with pull.engine.begin() as connection:
            save_link_pass(connection, LinkPass(other, CONTACTS, position))
    return changed


def _read_contacts_again(pull: LinkPull, to_type: str, contacts: Collection[str]) -> int:
    changed = 0
    for ids in pieces(sorted(contacts, key=int), _AT_ONCE):
        found = pull.gateway.links(CONTACTS, to_type, ids)
        with pull.engine.begin() as connection:
            changed += _replace(connection, to_type, ids, found)
    return changed


def _replace(connection: Connection, to_type: str, ids: Sequence[str], found: Sequence[Link]) -> int:
    changed = replace_links(connection, CONTACTS, to_type, ids, found)
    mark_to_examine(connection, changed)
    return len(changed)


def _live_ids(connection: Connection, schema: MirrorSchema, object_type: str, after: str | None) -> list[str]:
    table = schema.table(object_type)
    live = table.c.archived_at.is_(None) & (table.c.id > (after or _BEFORE_ALL))
    return list(connection.execute(select(table.c.id).where(live).order_by(table.c.id).limit(_AT_ONCE)).scalars())
