"""A portal in a file: SQLite, only ever read, under all that is written while it is served."""

from __future__ import annotations

import dataclasses
import math
import sqlite3
import struct
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from connector.sandbox.state import OBJECT_TYPES, Portal, StoredOwner, StoredTeam
from connector.sandbox.stored_form import unpacked

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path
    from typing import Any

    from connector.sandbox.state import StoredObject

APPLICATION, FORMAT = 0x6D696D61, 1
KINDS = {kind: number for number, kind in enumerate(OBJECT_TYPES)}
LIVE, ARCHIVED, MERGED = 0, 1, 2

TABLES = """
CREATE TABLE details (portal BLOB);
CREATE TABLE records (kind INTEGER, id INTEGER, state INTEGER, modified INTEGER, record BLOB);
CREATE TABLE links (
    from_kind INTEGER, to_kind INTEGER, from_id INTEGER, to_id INTEGER, type_id INTEGER,
    PRIMARY KEY (from_kind, to_kind, from_id, to_id, type_id)
) WITHOUT ROWID;
CREATE TABLE holders (
    kind INTEGER, name TEXT, value TEXT, id INTEGER, PRIMARY KEY (kind, name, value)
) WITHOUT ROWID;
"""
INDEXES = """
CREATE UNIQUE INDEX by_id ON records (kind, id, state, modified);
CREATE INDEX by_time ON records (kind, modified DESC, id, state) WHERE state = 0;
CREATE INDEX gone ON records (kind, state, id) WHERE state > 0;
"""

# SQLite has no statistics here; each statement names the index that answers it without a look at other records.
_DETAILS = "SELECT portal FROM details"
_RECORD = "SELECT record FROM records WHERE kind = ? AND id = ?"
_PLACE = "SELECT state, modified FROM records WHERE kind = ? AND id = ?"
_ALL = "SELECT id, record FROM records INDEXED BY by_id WHERE kind = ? AND id >= ? ORDER BY id"
_LIVE = "SELECT id, record FROM records INDEXED BY by_id WHERE kind = ? AND id >= ? AND state = 0 ORDER BY id"
_ARCHIVED = (
    "SELECT id, record FROM records INDEXED BY gone WHERE kind = ? AND id >= ? AND state > 0 AND state = 1 ORDER BY id"
)
_GONE = "SELECT id FROM records INDEXED BY gone WHERE kind = ? AND state > 0"
_COUNTED, _FOUND = "count(*)", "id, modified"
_WINDOW = (
    "SELECT {} FROM records INDEXED BY {} "
    "WHERE kind = ? AND state = 0 AND id BETWEEN ? AND ? AND modified BETWEEN ? AND ? ORDER BY {}"
)
_LINKED = "SELECT to_id, type_id FROM links WHERE from_kind = ? AND to_kind = ? AND from_id = ?"
_ALL_LINKS = (
    "SELECT from_id, to_id, type_id FROM links WHERE from_kind = ? AND to_kind = ? ORDER BY from_id, to_id, type_id"
)
_HOLDER = "SELECT id FROM holders WHERE kind = ? AND name = ? AND value = ?"

_HEADER = struct.Struct(">16sH10xI")
_CACHE_KIB = 64 * 1024
# So few are found by time and then put in order; more lie so close together that going along the ids is quicker.
_FEW = 5_000


class PortalFileWrong(Exception):
    """The file is not there, or no portal can be read from it."""


@dataclasses.dataclass(frozen=True, slots=True)
class Window:
    """Ranges of ids and of modified times in milliseconds, both ends included."""

    lowest: float = 0
    highest: float = math.inf
    earliest: float = -math.inf
    latest: float = math.inf

    def holds(self, number: int, modified: int) -> bool:
        return self.lowest <= number <= self.highest and self.earliest <= modified <= self.latest


@dataclasses.dataclass(frozen=True, slots=True)
class Size:
    """How many records of a type there are, how many of them live, and the highest id."""

    records: int = 0
    live: int = 0
    highest: int = 0


class PortalFile:
    """Without a path it holds nothing: portals in memory lie over such a one. Raises PortalFileWrong."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._details: dict[str, Any] = {"sizes": {}}
        if path is None:
            self._database = sqlite3.connect(":memory:", check_same_thread=False)
            self._database.executescript(TABLES + INDEXES)
        else:
            self._database = _opened(path)
            (details,) = self._database.execute(_DETAILS).fetchone()
            self._details = orjson.loads(details)
        # By what a search asks for but its lowest id: that id, and how many there are from it on.
        self._counted: dict[tuple[str, float, float, float], tuple[float, int]] = {}
        self._sizes = {kind: Size(**self._details["sizes"].get(kind, {})) for kind in OBJECT_TYPES}

    def __reduce__(self) -> tuple[type[PortalFile], tuple[Path | None]]:
        return PortalFile, (self.path,)

    def close(self) -> None:
        self._database.close()

    def portal(self) -> Portal:
        """What surrounds the records; the records stay where they are."""
        details = self._details
        return Portal(
            portal_id=details["portal_id"],
            time_zone=details["time_zone"],
            objects={},
            associations=set(),
            owners={one["id"]: _owner(one) for one in details["owners"]},
            lists={},
            pipelines=details["pipelines"],
            definitions=details["definitions"],
            file=self,
        )

    def size(self, kind: str) -> Size:
        return self._sizes[kind]

    def record(self, kind: str, record_id: str) -> StoredObject | None:
        found = self._database.execute(_RECORD, (KINDS[kind], as_number(record_id))).fetchone()
        return None if found is None else unpacked(found[0])

    def place(self, kind: str, record_id: str) -> tuple[int, int] | None:
        """State and modified time."""
        return self._database.execute(_PLACE, (KINDS[kind], as_number(record_id))).fetchone()

    def records(
        self, kind: str, first: int, archived: bool | None = None, without: Container[int] = ()
    ) -> Iterator[tuple[int, StoredObject]]:
        """From an id on, in order: all of them, or the live ones, or those in the recycle bin."""
        statement = _ALL if archived is None else _ARCHIVED if archived else _LIVE
        found: Iterator[tuple[int, bytes]] = self._database.execute(statement, (KINDS[kind], first))
        return ((number, unpacked(stored)) for number, stored in found if number not in without)

    def gone(self, kind: str) -> list[int]:
        """Archived or merged away."""
        return [number for (number,) in self._database.execute(_GONE, (KINDS[kind],))]

    def count(self, kind: str, window: Window) -> int:
        """Of live records. Searches go on page by page from a higher id: then only those passed are counted."""
        if window == Window():
            return self.size(kind).live
        asked = (kind, window.highest, window.earliest, window.latest)
        lowest, known = self._counted.get(asked, (math.inf, 0))
        if lowest <= window.lowest and known >= _FEW:
            last = min(window.highest, math.nextafter(window.lowest, -math.inf))
            passed = dataclasses.replace(window, lowest=lowest, highest=last)
            count = known - self._count(kind, passed, "by_id")
        else:
            all_times = window.earliest == -math.inf and window.latest == math.inf
            count = self._count(kind, window, "by_id" if all_times else "by_time")
        self._counted[asked] = (window.lowest, count)
        return count

    def _count(self, kind: str, window: Window, index: str) -> int:
        (found,) = self._windowed(kind, window, _COUNTED, index, "NULL").fetchone()
        return found

    def numbers(self, kind: str, window: Window, order: str, count: int) -> Iterator[tuple[int, int]]:
        """Ids and modified times of live records; `count` says how many they are."""
        by_time = order.startswith("modified") or count < _FEW
        return self._windowed(kind, window, _FOUND, "by_time" if by_time else "by_id", order)

    def _windowed(self, kind: str, window: Window, wanted: str, index: str, order: str) -> sqlite3.Cursor:
        statement = _WINDOW.format(wanted, index, order)
        return self._database.execute(statement, (KINDS[kind], *dataclasses.astuple(window)))

    def links(self, kind: str, record_id: str, to_kind: str) -> dict[str, set[int]]:
        """Linked id → type ids."""
        linked: dict[str, set[int]] = {}
        asked = (KINDS[kind], KINDS[to_kind], as_number(record_id))
        for to_id, type_id in self._database.execute(_LINKED, asked):
            linked.setdefault(str(to_id), set()).add(type_id)
        return linked

    def all_links(self, kind: str, to_kind: str) -> Iterator[tuple[int, int, int]]:
        """(from id, to id, type id), in order."""
        return self._database.execute(_ALL_LINKS, (KINDS[kind], KINDS[to_kind]))

    def holder(self, kind: str, name: str, value: str) -> str | None:
        """The record that has this value of a unique property."""
        found = self._database.execute(_HOLDER, (KINDS[kind], name, value)).fetchone()
        return None if found is None else str(found[0])


def as_number(record_id: str) -> int:
    """-1 for a text that is nobody's id."""
    plain = record_id.isascii() and record_id.isdigit() and len(record_id) <= 18
    return int(record_id) if plain and str(int(record_id)) == record_id else -1


def _opened(path: Path) -> sqlite3.Connection:
    _check_whole(path)
    # Nobody may change the file meanwhile, so that SQLite need not look for locks.
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    database = sqlite3.connect(address, uri=True, check_same_thread=False)
    problem = _problem(database)
    if problem:
        database.close()
        raise PortalFileWrong(f"{path} {problem}.")
    database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    return database


def _problem(database: sqlite3.Connection) -> str:
    try:
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION:
            return "is a database, but holds no portal"
        if version != FORMAT:
            return "was made by another version of this program; make it anew"
        database.execute(_DETAILS).fetchone()
    except sqlite3.DatabaseError as error:
        return f"is damaged: {error}"
    return ""


def _check_whole(path: Path) -> None:
    """SQLite itself would notice a missing end when somebody asks for what was there."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(_HEADER.size)
    except OSError as error:
        raise PortalFileWrong(f"{path} cannot be read: {error.strerror}.") from error
    if len(header) < _HEADER.size or not header.startswith(b"SQLite format 3\0"):
        raise PortalFileWrong(f"{path} is no portal's file.")
    _, page_size, pages = _HEADER.unpack(header)
    if size != (page_size if page_size > 1 else 65_536) * pages:
        raise PortalFileWrong(f"{path} is damaged: it is not as long as it says.")


def _owner(one: dict[str, Any]) -> StoredOwner:
    owner = StoredOwner(**one)
    owner.teams = [StoredTeam(**team) for team in one["teams"]]
    owner.created_at = datetime.fromisoformat(one["created_at"])
    return owner
