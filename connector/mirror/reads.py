"""What other layers ask of the mirror: single records with their history, names for lists of ids, linked records."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Table, select

from connector.batches import pieces
from connector.mirror.history import history_of
from connector.mirror.link_rows import links_from
from connector.mirror.tables import MirrorSchema, associations
from connector.records import CONTACTS, Link, Record

_AT_ONCE = 500
_OWNER = "hubspot_owner_id"
_SHOWN = ("lastname", "firstname", "company", "email", _OWNER, "hs_lead_status")


@dataclasses.dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as last read, and where it went if it was merged away."""

    record: Record
    merged_into: str | None

    @property
    def live(self) -> bool:
        return self.record.archived_at is None and self.merged_into is None


@dataclasses.dataclass(frozen=True, slots=True)
class ContactLabel:
    """What a line in a list shows of a contact."""

    id: str
    name: str
    company: str | None
    email: str | None
    owner_id: str | None
    lead_status: str | None
    live: bool


def read_record(connection: Connection, schema: MirrorSchema, object_type: str, record_id: str) -> StoredRecord | None:
    """With its history; archived and merged records, too."""
    found = read_records(connection, schema, object_type, [record_id])
    if not found:
        return None
    history = history_of(connection, object_type, record_id)
    return dataclasses.replace(found[0], record=dataclasses.replace(found[0].record, history=history))


def read_records(
    connection: Connection, schema: MirrorSchema, object_type: str, ids: Collection[str]
) -> list[StoredRecord]:
    """Those of the ids that are known, by id, without history."""
    table = schema.table(object_type)
    found: list[StoredRecord] = []
    for some in pieces(sorted(ids, key=int), _AT_ONCE):
        rows = connection.execute(select(*_kept(table)).where(table.c.id.in_(some)).order_by(table.c.id))
        found += [_stored(object_type, row) for row in rows.mappings()]
    return found


def all_records(connection: Connection, schema: MirrorSchema, object_type: str) -> Iterator[StoredRecord]:
    """Everything, by id, a few hundred at a time: an export must not hold a portal in memory."""
    table = schema.table(object_type)
    last = "-1"
    while True:
        chunk = select(*_kept(table)).where(table.c.id > last).order_by(table.c.id).limit(_AT_ONCE)
        rows = connection.execute(chunk).mappings().all()
        yield from (_stored(object_type, row) for row in rows)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]["id"]


def _kept(table: Table) -> list[Column[Any]]:
    """What every record has. Columns that rules compare are not made yet where a rule has just come."""
    return [table.c[name] for name in ("id", "properties", "created_at", "updated_at", "archived_at", "merged_into")]


def all_links(connection: Connection) -> Iterator[Link]:
    """Ordered by both ends."""
    columns = associations.c
    ordered = select(associations).order_by(columns.from_type, columns.from_id, columns.to_type, columns.to_id)
    for row in connection.execute(ordered.execution_options(yield_per=_AT_ONCE)):
        yield Link(*row)


def linked_records(
    connection: Connection, schema: MirrorSchema, contact_id: str, object_type: str
) -> list[StoredRecord]:
    """Live records of one type linked with a contact in any way, by id."""
    ids = {one.to_id for one in links_from(connection, CONTACTS, object_type, [contact_id])}
    return [one for one in read_records(connection, schema, object_type, ids) if one.live]


def contact_labels(connection: Connection, schema: MirrorSchema, ids: Collection[str]) -> dict[str, ContactLabel]:
    """By id; unknown ids are left out. Of each only what it shows: a list of thousands is drawn after every click."""
    table = schema.table(CONTACTS)
    shown = [table.c.properties[name].as_string().label(name) for name in _SHOWN]
    gone = (table.c.archived_at.is_not(None) | table.c.merged_into.is_not(None)).label("gone")
    found: dict[str, ContactLabel] = {}
    for some in pieces(sorted(ids, key=int), _AT_ONCE):
        rows = connection.execute(select(table.c.id, gone, *shown).where(table.c.id.in_(some)))
        found |= {row["id"]: _label(row) for row in rows.mappings()}
    return found


def owners_of(connection: Connection, schema: MirrorSchema, ids: Collection[str]) -> dict[str, str | None]:
    """The owner of each of these contacts that is live, by contact; for counting thousands."""
    table = schema.table(CONTACTS)
    live = (table.c.archived_at.is_(None), table.c.merged_into.is_(None))
    found: dict[str, str | None] = {}
    for some in pieces(sorted(ids, key=int), _AT_ONCE):
        query = select(table.c.id, table.c.properties[_OWNER].as_string()).where(table.c.id.in_(some), *live)
        found |= dict(connection.execute(query).all())
    return found


def _label(row: RowMapping) -> ContactLabel:
    # The family name first, as the firm's lists show it.
    parts: Sequence[str] = [part for part in (row["lastname"], row["firstname"]) if part]
    return ContactLabel(
        row["id"],
        " ".join(parts) or row["email"] or row["id"],
        row["company"],
        row["email"],
        row[_OWNER],
        row["hs_lead_status"],
        live=not row["gone"],
    )


def _stored(object_type: str, row: RowMapping) -> StoredRecord:
    record = Record(object_type, row["id"], row["properties"], row["created_at"], row["updated_at"], row["archived_at"])
    return StoredRecord(record, row["merged_into"])
