"""What we have written ourselves is known before the next sync reads it back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from connector.mirror.cursors import load_cursor
from connector.mirror.link_rows import add_links
from connector.mirror.reads import read_records
from connector.mirror.tables import MirrorSchema
from connector.mirror.writer import RecordWriter
from connector.records import Link, Record

# Every read answers these, asked or not.
_ALWAYS_READ = frozenset({"hs_object_id", "hs_createdate", "createdate"})

Values = Mapping[str, str | None]


def store_written(
    connection: Connection, schema: MirrorSchema, object_type: str, written: Mapping[str, Values]
) -> None:
    """Values by record id. The modified time stays as it was, so that the next sync takes the record as changed."""
    stored = read_records(connection, schema, object_type, written)
    changed = [
        dataclasses.replace(one.record, properties={**one.record.properties, **written[one.record.id]})
        for one in stored
        if one.live
    ]
    RecordWriter(schema, object_type).store(connection, changed)


def store_created(
    connection: Connection, schema: MirrorSchema, object_type: str, created: Sequence[Record], links: Sequence[Link]
) -> None:
    """New records and their links, where such records are mirrored: as the next sync would store them, so that it
    finds no news in them.
    """
    cursor = load_cursor(connection, object_type)
    if cursor.completed_at is None:
        return
    names = cursor.requested | _ALWAYS_READ
    read = [
        dataclasses.replace(one, properties={n: v for n, v in one.properties.items() if n in names}) for one in created
    ]
    RecordWriter(schema, object_type).store(connection, read)
    add_links(connection, links)


def store_removed(
    connection: Connection, schema: MirrorSchema, object_type: str, ids: Sequence[str], at: datetime
) -> None:
    RecordWriter(schema, object_type).bury(connection, ids, at)
