"""The CRM's static lists as the mirror holds them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, delete, exists, insert, select

from connector.mirror.statements import upsert
from connector.mirror.tables import MirrorSchema, crm_lists, list_members
from connector.records import CONTACTS, CrmList

_AT_ONCE = 1000


def stored_lists(connection: Connection) -> list[CrmList]:
    """By id."""
    rows = connection.execute(select(crm_lists).order_by(crm_lists.c.id))
    return [CrmList(row.id, row.name, row.size, row.last_added_at) for row in rows]


def store_list(connection: Connection, found: CrmList, members: Sequence[str]) -> None:
    connection.execute(delete(list_members).where(list_members.c.list_id == found.id))
    if members:
        connection.execute(insert(list_members), [{"list_id": found.id, "contact_id": one} for one in members])
    row = {"id": found.id, "name": found.name, "size": found.size, "last_added_at": found.last_added_at}
    connection.execute(upsert(connection, crm_lists), row)


def forget_lists(connection: Connection, ids: Collection[str]) -> None:
    for table, column in ((list_members, list_members.c.list_id), (crm_lists, crm_lists.c.id)):
        connection.execute(delete(table).where(column.in_(list(ids))))


def members_of(connection: Connection, list_id: str) -> Iterator[str]:
    """By id, some at a time."""
    chosen = select(list_members.c.contact_id).where(list_members.c.list_id == list_id)
    ordered = chosen.order_by(list_members.c.contact_id)
    yield from connection.execute(ordered.execution_options(yield_per=_AT_ONCE)).scalars()


def lists_with_departed(connection: Connection, schema: MirrorSchema) -> frozenset[str]:
    """Lists on which somebody stands whom the mirror knows as archived or merged away."""
    contacts = schema.table(CONTACTS)
    departed = (contacts.c.id == list_members.c.contact_id) & contacts.c.archived_at.is_not(None)
    return frozenset(
        connection.execute(select(list_members.c.list_id).where(exists().where(departed)).distinct()).scalars()
    )
