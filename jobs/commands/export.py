"""`mimawari export`: the mirror as one JSON document, written piece by piece so that a large portal needs no memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from rapidfuzz import process
from sqlalchemy import Connection

from connector.mirror.cursors import load_cursor
from connector.mirror.list_rows import members_of, stored_lists
from connector.mirror.reads import StoredRecord, all_links, all_records
from connector.mirror.tables import MirrorSchema
from connector.records import CONTACTS, MIRRORED_TYPES, CrmList, Link
from jobs.database import snapshot
from jobs.errors import SettingsWrong
from jobs.wiring import Parts

Write = Callable[[bytes], object]


def export(parts: Parts, wanted: Sequence[str], write: Write) -> None:
    """One state of the mirror, in the shape of the stand-in's `state`. Refuses before it writes anything.

    `mirrored` names the properties that records were read with; of a record merged away it holds what was last seen.
    """
    schema = parts.schema()
    with snapshot(parts.engine) as connection:
        asked = {one: sorted(load_cursor(connection, one).properties) for one in MIRRORED_TYPES}
        types = _chosen(wanted, [one for one, names in asked.items() if names])
        for piece in _document(connection, schema, types, {one: asked[one] for one in types}):
            write(piece)


def _chosen(wanted: Sequence[str], mirrored: Collection[str]) -> list[str]:
    for name in wanted:
        if name not in MIRRORED_TYPES:
            near = process.extractOne(name, MIRRORED_TYPES, score_cutoff=50)
            raise SettingsWrong(
                f"{name}: there is no such object. "
                + (f"Did you mean {near[0]}?" if near else ", ".join(MIRRORED_TYPES))
            )
        if name not in mirrored:
            raise SettingsWrong(
                f"{name} are not mirrored: no rule needs them. Name them in settings.toml under [crm.properties] and "
                "run `mimawari sync`."
            )
    return [one for one in MIRRORED_TYPES if one in (wanted or mirrored)]


def _document(
    connection: Connection, schema: MirrorSchema, types: Sequence[str], asked: dict[str, list[str]]
) -> Iterator[bytes]:
    yield b'{"objects":'
    yield from _mapping((one, _mapping(_records(connection, schema, one))) for one in types)
    yield b',"associations":'
    yield from _sequence(_row(one) for one in all_links(connection) if one.from_type in types or one.to_type in types)
    yield b',"lists":'
    lists = stored_lists(connection) if CONTACTS in types else []
    yield from _mapping((one.id, _list(connection, one)) for one in lists)
    yield b',"mirrored":' + orjson.dumps(asked) + b"}\n"


def _records(connection: Connection, schema: MirrorSchema, object_type: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    for one in all_records(connection, schema, object_type):
        yield one.record.id, (orjson.dumps(_record(one)),)


def _record(stored: StoredRecord) -> dict[str, Any]:
    record = stored.record
    return {
        "properties": record.properties,
        "archived": record.archived_at is not None,
        "archivedAt": None if record.archived_at is None else _iso(record.archived_at),
        "merged_into": stored.merged_into,
        "createdAt": _iso(record.created_at),
        "updatedAt": _iso(record.updated_at),
    }


def _row(link: Link) -> bytes:
    return orjson.dumps([link.from_type, link.from_id, link.to_type, link.to_id, link.type_id])


def _list(connection: Connection, one: CrmList) -> Iterator[bytes]:
    yield b'{"name":' + orjson.dumps(one.name) + b',"members":'
    yield from _sequence(orjson.dumps(member) for member in members_of(connection, one.id))
    yield b"}"


def _iso(moment: datetime) -> str:
    """As HubSpot writes it: milliseconds, but no fraction where it is zero."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return f"{text.removesuffix('.000')}Z"


def _mapping(items: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    before = b"{"
    for key, value in items:
        yield before + orjson.dumps(key) + b":"
        yield from value
        before = b","
    yield b"{}" if before == b"{" else b"}"


def _sequence(items: Iterable[bytes]) -> Iterator[bytes]:
    before = b"["
    for item in items:
        yield before + item
        before = b","
    yield b"[]" if before == b"[" else b"]"
