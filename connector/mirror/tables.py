"""The mirror's tables: one per mirrored object type, and those for links, versions, people and definitions.

A record's own text stands in `properties`. Each property that rules or settings name has a typed column beside it,
`p_<property>`, added when it is first named: a portal decides about its properties, not a migration. One that rules
search has its normalised text in `n_<property>` besides.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any
from zlib import crc32

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

from connector.columns import Instant, RecordId
from connector.records import MIRRORED_TYPES, Kind

metadata = MetaData()

_LONGEST_NAME = 60
# The rules in use, those that wait, and those of commands and tests in between.
_KEPT_SCHEMAS = 16

associations = Table(
    "associations",
    metadata,
    Column("from_type", String(32), primary_key=True),
    Column("from_id", RecordId, primary_key=True, autoincrement=False),
    Column("to_type", String(32), primary_key=True),
    Column("to_id", RecordId, primary_key=True, autoincrement=False),
    Column("type_id", Integer, primary_key=True, autoincrement=False),
    Index("associations_by_target", "to_type", "to_id", "from_type"),
)

# What a property once was. Kept when the record is archived or merged: no CRM tells it again.
versions = Table(
    "property_versions",
    metadata,
    Column("object_type", String(32), primary_key=True),
    Column("object_id", RecordId, primary_key=True, autoincrement=False),
    Column("property", String(255), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),  # 0 is the oldest
    Column("value", Text),
    Column("at", Instant, nullable=False),
    Column("source_type", String(64), nullable=False),
    Column("source_id", Text),
    Column("user_id", BigInteger),
    Index("property_versions_by_time", "at"),
)

owners = Table(
    "owners",
    metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("email", Text),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("user_id", BigInteger),
    Column("archived", Boolean, nullable=False),
    Column("teams", JSON, nullable=False),
)

stages = Table(
    "pipeline_stages",
    metadata,
    Column("pipeline_id", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("label", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("probability", Float),
)

definitions = Table(
    "property_definitions",
    metadata,
    Column("object_type", String(32), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("label", Text, nullable=False),
    Column("type", String(32), nullable=False),
    Column("field_type", String(32), nullable=False),
    Column("options", JSON, nullable=False),
    Column("referenced_type", String(64)),
)

portal = Table(
    "portal",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("time_zone", String(64), nullable=False),
)

# How far each object type has been read. `requested` are the properties, and the histories of properties, that every
# stored record was read with.
cursors = Table(
    "sync_cursors",
    metadata,
    Column("object_type", String(32), primary_key=True),
    Column("modified_until", Instant),
    Column("modified_seen_at", Instant),  # when, by our clock, `modified_until` was first seen
    Column("full_after", String(32)),
    Column("full_last_id", RecordId),
    Column("full_down_to", RecordId),
    Column("full_started_at", Instant),
    Column("completed_at", Instant),
    Column("requested", JSON, nullable=False),
    Column("definitions_read_at", Instant),
    Column("lag_ms", BigInteger),
    Column("lag_seen_at", Instant),
    Column("unexplained", Integer),
    Column("swept_at", Instant),
    Column("sweep_after", String(32)),
    Column("sweep_last_id", RecordId),
)

# What is left to do about single records, so that a process that dies forgets nothing. Purposes: `marks.py`.
marks = Table(
    "sync_marks",
    metadata,
    Column("purpose", String(16), primary_key=True),
    Column("object_type", String(32), primary_key=True),
    Column("id", RecordId, primary_key=True, autoincrement=False),
)

# How far each kind of link has been read. `pending`: a pass over all records began and has not ended.
link_passes = Table(
    "sync_link_passes",
    metadata,
    Column("from_type", String(32), primary_key=True),
    Column("to_type", String(32), primary_key=True),
    Column("position", RecordId),
    Column("pending", Boolean, nullable=False),
)

# The static lists of contacts and who is on them. Size and time of the last addition tell whether to read one again.
crm_lists = Table(
    "crm_lists",
    metadata,
    Column("id", RecordId, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("size", Integer),
    Column("last_added_at", Instant),
)

list_members = Table(
    "crm_list_members",
    metadata,
    Column("list_id", RecordId, primary_key=True, autoincrement=False),
    Column("contact_id", RecordId, primary_key=True, autoincrement=False),
)

# Names, company and mail of each contact, folded for searching: neither database can fold widths by itself.
contact_search = Table(
    "contact_search",
    metadata,
    Column("contact_id", RecordId, primary_key=True, autoincrement=False),
    Column("folded", Text, nullable=False),
)

# By what a contact can be recognised as the same person, made comparable and then hashed: an index on PostgreSQL takes
# short texts only, and the texts themselves stand in the contact. Written by the jobs, with what the rules say.
match_keys = Table(
    "match_keys",
    metadata,
    Column("contact_id", RecordId, primary_key=True, autoincrement=False),
    Column("key", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Index("match_keys_by_key", "key"),
)

# What a contact's keys were made of: they are made anew where this is no longer so.
match_sources = Table(
    "match_sources",
    metadata,
    Column("contact_id", RecordId, primary_key=True, autoincrement=False),
    Column("contact_updated_at", Instant, nullable=False),
    Column("company_id", RecordId),
    Column("company_updated_at", Instant),
    Column("made_by", String(32), nullable=False),
)

# Which typed columns the record tables have, and for which kind their values were computed; with a normalised column
# beside it, the kind is followed by "searched".
typed_columns = Table(
    "typed_columns",
    metadata,
    Column("object_type", String(32), primary_key=True),
    Column("property", String(255), primary_key=True),
    Column("kind", String(16), nullable=False),
)


def record_table(
    object_type: str, columns: Mapping[str, Kind], into: MetaData, searched: Collection[str] = ()
) -> Table:
    """The table of one object type with typed columns for the given properties, and normalised ones for `searched`."""
    return Table(
        object_type,
        into,
        Column("id", RecordId, primary_key=True, autoincrement=False),
        Column("properties", JSON, nullable=False),
        Column("created_at", Instant, nullable=False),
        Column("updated_at", Instant, nullable=False),
        Column("archived_at", Instant),
        Column("merged_into", RecordId),
        *(Column(column_name(name), _column_type(kind)) for name, kind in sorted(columns.items())),
        *(Column(searched_column_name(name), Text) for name in sorted(searched)),
        # Each round counts the live records, and those modified in the last day.
        Index(f"{object_type}_by_time", "updated_at", "archived_at"),
    )


def column_name(property_name: str) -> str:
    return f"p_{_short(property_name)}"


def searched_column_name(property_name: str) -> str:
    return f"n_{_short(property_name)}"


def _short(property_name: str) -> str:
    """PostgreSQL takes 63 bytes: a longer name is cut and made unique again by its checksum."""
    if len(property_name) <= _LONGEST_NAME:
        return property_name
    return f"{property_name[: _LONGEST_NAME - 9]}_{crc32(property_name.encode()):08x}"


def _column_type(kind: Kind) -> TypeEngine[Any]:
    types: dict[Kind, TypeEngine[Any]] = {
        Kind.NUMBER: Float(),
        Kind.INSTANT: Instant(),
        Kind.OWNER: RecordId(),
    }
    return types.get(kind, Text())


@dataclasses.dataclass(frozen=True, slots=True)
class MirrorSchema:
    """The record tables as they are for one set of named properties, some of them `searched`."""

    tables: Mapping[str, Table]
    kinds: Mapping[str, Mapping[str, Kind]]
    searched: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls, kinds: Mapping[str, Mapping[str, Kind]], searched: Mapping[str, Iterable[str]] | None = None
    ) -> MirrorSchema:
        """The same object for the same columns: SQLAlchemy finds a statement compiled already only by the same tables."""
        asked = searched or {}
        return _schema(
            tuple(
                (t, tuple(sorted(kinds.get(t, {}).items())), frozenset(asked.get(t, ())).intersection(kinds.get(t, {})))
                for t in MIRRORED_TYPES
            )
        )

    def table(self, object_type: str) -> Table:
        return self.tables[object_type]

    def column(self, object_type: str, property_name: str) -> Column[Any]:
        """The typed column; KeyError when the property was not named to `of`."""
        return self.tables[object_type].c[column_name(property_name)]

    def searched_column(self, object_type: str, property_name: str) -> Column[Any]:
        """The CRM's text, `normalised`; KeyError when the property was not named to `of` as searched."""
        return self.tables[object_type].c[searched_column_name(property_name)]


@lru_cache(maxsize=_KEPT_SCHEMAS)
def _schema(columns: tuple[tuple[str, tuple[tuple[str, Kind], ...], frozenset[str]], ...]) -> MirrorSchema:
    into = MetaData()
    return MirrorSchema(
        {t: record_table(t, dict(kinds), into, searched) for t, kinds, searched in columns},
        {t: dict(kinds) for t, kinds, _ in columns},
        {t: searched for t, _, searched in columns},
    )
