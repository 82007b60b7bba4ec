"""What we have written ourselves is known before the next sync reads it back."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from sqlalchemy import Connection

from connector.mirror.reads import read_records
from connector.mirror.tables import MirrorSchema
from connector.mirror.writer import RecordWriter

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
