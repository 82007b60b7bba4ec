"""How a record is written as bytes into a portal's file, and read from it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import orjson

from connector.sandbox.state import HistoryEntry, StoredObject

if TYPE_CHECKING:
    from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def packed(record: StoredObject) -> bytes:
    history = {
        name: [
            (one.value, _to_number(one.timestamp), one.source_type, one.source_id, one.updated_by_user_id)
            for one in entries
        ]
        for name, entries in record.history.items()
    }
    archived_at = None if record.archived_at is None else _to_number(record.archived_at)
    created_at, updated_at = _to_number(record.created_at), _to_number(record.updated_at)
    return orjson.dumps((record.properties, created_at, updated_at, history, archived_at, record.merged_into))


def unpacked(stored: bytes) -> StoredObject:
    properties, created_at, updated_at, history, archived_at, merged_into = orjson.loads(stored)
    return StoredObject(
        properties,
        _to_moment(created_at),
        _to_moment(updated_at),
        {name: [_entry(*one) for one in entries] for name, entries in history.items()},
        None if archived_at is None else _to_moment(archived_at),
        merged_into,
    )


def _entry(value: str, timestamp: int, *source: Any) -> HistoryEntry:
    return HistoryEntry(value, _to_moment(timestamp), *source)


def _to_number(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _to_moment(number: int) -> datetime:
    # Twice as quick as adding a timedelta; a float is exact enough for microseconds of this millennium.
    return datetime.fromtimestamp(number / 1_000_000, UTC)
