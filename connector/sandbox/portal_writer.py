"""Makes a portal's file: generated portals of some ten thousand contacts, written one after another as if they were one."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import math
import sqlite3
from typing import TYPE_CHECKING

import orjson

from connector.sandbox.generator import generate
from connector.sandbox.moments import epoch_ms
from connector.sandbox.object_names import modified_property
from connector.sandbox.portal_file import (
    APPLICATION,
    ARCHIVED,
    FORMAT,
    INDEXES,
    KINDS,
    LIVE,
    MERGED,
    TABLES,
    PortalFileWrong,
    Size,
)
from connector.sandbox.shelf import complete
from connector.sandbox.state import OBJECT_TYPES
from connector.sandbox.stored_form import packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from connector.sandbox.state import Portal, StoredObject

# What one part needs in memory, it needs at a time.
_PART = 25_000
_SETTINGS = f"""
PRAGMA page_size = 8192;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {FORMAT};
"""


def make_portal_file(
    path: Path, contacts: int, seed: int, progress: Callable[[int], None], largest_part: int = _PART
) -> dict[str, Size]:
    """Up to `largest_part` contacts it holds what `generate` makes. Further parts have seeds of their own.

    Records, links and histories are as real as in a portal in memory, but nobody knows what a checker must find in
    them: people of different parts may be each other's duplicates by chance. Raises PortalFileWrong.
    """
    parts = math.ceil(contacts / largest_part)

    def made() -> Iterator[Portal]:
        done = 0
        for number in range(parts):
            size = contacts // parts + (number < contacts % parts)
            yield generate(size, seed + number)
            done += size
            progress(done)

    return write_portal_file(path, made())


def write_portal_file(path: Path, portals: Iterable[Portal]) -> dict[str, Size]:
    """The first portal gives what surrounds the records. Lists and labels are left out.

    An unfinished file has another name, so that whatever is at `path` is whole.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(unfinished, isolation_level=None)) as database:
            database.executescript(_SETTINGS + TABLES)
            sizes = _fill(database, portals)
            database.executescript(INDEXES)
        unfinished.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise PortalFileWrong(f"{path} cannot be written: {error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return sizes


def _fill(database: sqlite3.Connection, portals: Iterable[Portal]) -> dict[str, Size]:
    sizes = {kind: Size() for kind in OBJECT_TYPES}
    details: dict[str, object] = {}
    numbers = itertools.count(1)
    for portal in portals:
        details = details or {
            "portal_id": portal.portal_id,
            "time_zone": portal.time_zone,
            "owners": [dataclasses.asdict(one) for one in portal.owners.values()],
            "pipelines": portal.pipelines,
            "definitions": portal.definitions,
        }
        sizes = _Part(portal, next(numbers), sizes).write(database)
        # Two at a time would take twice the memory.
        del portal
    stored = {kind: dataclasses.asdict(size) for kind, size in sizes.items()}
    database.execute("INSERT INTO details VALUES (?)", (orjson.dumps(details | {"sizes": stored}),))
    return sizes


class _Part:
    """One of the portals. The ids of a further one go on after those before it, and its domains are told apart."""

    def __init__(self, portal: Portal, number: int, before: dict[str, Size]) -> None:
        self._portal = portal
        self._number = number
        self._before = before
        self._moves = {
            kind: before[kind].highest + 1 - min(map(int, records)) if records and number > 1 else 0
            for kind, records in portal.objects.items()
        }

    def write(self, database: sqlite3.Connection) -> dict[str, Size]:
        database.execute("BEGIN")
        for kind in OBJECT_TYPES:
            database.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?)", self._records(kind))
            database.executemany("INSERT INTO holders VALUES (?, ?, ?, ?)", self._holders(kind))
        database.executemany("INSERT INTO links VALUES (?, ?, ?, ?, ?)", sorted(self._links()))
        database.execute("COMMIT")
        return {kind: self._size(kind) for kind in OBJECT_TYPES}

    def _records(self, kind: str) -> Iterator[tuple[int, int, int, int, bytes]]:
        for record_id, original in self._portal.objects[kind].items():
            number = self._moved(kind, record_id)
            record = dataclasses.replace(original, properties=self._properties(kind, number, original))
            if original.merged_into is not None:
                record.merged_into = str(self._moved(kind, original.merged_into))
            complete(kind, str(number), record)
            modified = epoch_ms(record.properties[modified_property(kind)])
            yield KINDS[kind], number, _state(record), modified or 0, packed(record)

    def _properties(self, kind: str, number: int, record: StoredObject) -> dict[str, str]:
        properties = record.properties | {"hs_object_id": str(number)}
        for name in ("email", "domain"):
            if name in properties:
                properties[name] = self._told_apart(properties[name])
        if "hs_merged_object_ids" in properties:
            merged = properties["hs_merged_object_ids"].split(";")
            properties["hs_merged_object_ids"] = ";".join(str(self._moved(kind, one)) for one in merged)
        return properties

    def _holders(self, kind: str) -> Iterator[tuple[int, str, str, int]]:
        definitions = self._portal.definitions.get(kind, [])
        unique = [str(one["name"]) for one in definitions if one.get("hasUniqueValue")]
        for record_id, record in self._portal.objects[kind].items():
            for name in unique:
                value = record.properties.get(name)
                if name != "hs_object_id" and value and not record.archived:
                    yield KINDS[kind], name, self._told_apart(value), self._moved(kind, record_id)

    def _links(self) -> Iterator[tuple[int, int, int, int, int]]:
        for from_type, from_id, to_type, to_id, type_id in self._portal.associations:
            ends = self._moved(from_type, from_id), self._moved(to_type, to_id)
            yield KINDS[from_type], KINDS[to_type], *ends, type_id

    def _moved(self, kind: str, record_id: str) -> int:
        return int(record_id) + self._moves[kind]

    def _told_apart(self, address: str) -> str:
        """Names of companies are used again in each part; their domains must not be."""
        domain = address.removesuffix(".example")
        return address if self._number == 1 or domain == address else f"{domain}-{self._number}.example"

    def _size(self, kind: str) -> Size:
        before, records = self._before[kind], self._portal.objects[kind]
        return Size(
            before.records + len(records),
            before.live + sum(not record.archived for record in records.values()),
            max(before.highest, max(map(int, records), default=0) + self._moves[kind]),
        )


def _state(record: StoredObject) -> int:
    if record.merged_into is not None:
        return MERGED
    return ARCHIVED if record.archived else LIVE
