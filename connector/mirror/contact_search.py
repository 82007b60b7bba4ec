"""Finding contacts by what a person types: part of a name, a company or a mail address, in any width and case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from connector.mirror.statements import upsert, write_rows
from connector.mirror.tables import MirrorSchema, contact_search
from connector.mirror.typed import normalised
from connector.records import CONTACTS, Record


def folded(text: str) -> str:
    """Full and half width, upper and lower case and spaces make no difference: `ﾔﾏﾀﾞ　Ａ` is `ヤマダa`."""
    return "".join(normalised(text).casefold().split())


def store_search_rows(connection: Connection, contacts: Sequence[Record]) -> None:
    rows = [{"contact_id": one.id, "folded": _words(one)} for one in contacts]
    write_rows(connection, upsert(connection, contact_search), rows)


def _words(contact: Record) -> str:
    last, first, company, email = (
        contact.properties.get(name) or "" for name in ("lastname", "firstname", "company", "email")
    )
    # Both orders of the name, one per line, so that nothing matches across two of them.
    return "\n".join(folded(one) for one in (last + first, first + last, company, email) if one)


def find_contact_ids(connection: Connection, schema: MirrorSchema, text: str, limit: int = 20) -> list[str]:
    """Live contacts whose name, company or mail address contains the text, the latest modified first."""
    wanted = folded(text)
    if not wanted:
        return []
    table = schema.table(CONTACTS)
    found = (
        select(table.c.id)
        .join(contact_search, contact_search.c.contact_id == table.c.id)
        .where(contact_search.c.folded.contains(wanted, autoescape=True))
        .where(table.c.archived_at.is_(None), table.c.merged_into.is_(None))
        .order_by(table.c.updated_at.desc(), table.c.id)
        .limit(limit)
    )
    return list(connection.execute(found).scalars())
