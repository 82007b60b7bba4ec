"""Where generated records are written: ids in sequence, links in both directions, and the stamps every record has."""

from __future__ import annotations

import dataclasses
import functools
from datetime import datetime

from connector.sandbox.association_types import LINK_TYPES, PRIMARY_OF, LinkType, default_link
from connector.sandbox.moments import iso
from connector.sandbox.state import OBJECT_TYPES, HistoryEntry, StoredObject

_FIRST_IDS = {
    "contacts": 501,
    "companies": 3001,
    "deals": 77,
    "meetings": 9001,
    "calls": 20001,
    "emails": 40001,
    "notes": 60001,
    "tasks": 80001,
}


@dataclasses.dataclass(slots=True)
class RecordBook:
    objects: dict[str, dict[str, StoredObject]] = dataclasses.field(
        default_factory=lambda: {object_type: {} for object_type in OBJECT_TYPES}
    )
    associations: set[tuple[str, str, str, str, int]] = dataclasses.field(
        default_factory=set[tuple[str, str, str, str, int]]
    )

    def add(
        self,
        object_type: str,
        properties: dict[str, str],
        created_at: datetime,
        history: dict[str, list[HistoryEntry]] | None = None,
    ) -> str:
        """Empty values are left out. Histories are given oldest first and kept newest first."""
        kept = {name: value for name, value in properties.items() if value}
        newest_first = {name: entries[::-1] for name, entries in (history or {}).items()}
        times = [created_at, *(entries[0].timestamp for entries in newest_first.values() if entries)]
        record_id = str(_FIRST_IDS[object_type] + len(self.objects[object_type]))
        record = StoredObject(kept, created_at, max(times), newest_first)
        kept["hs_object_id"] = record_id
        created = "createdate" if object_type in ("contacts", "companies", "deals") else "hs_createdate"
        kept[created] = iso(created_at)
        if object_type in ("companies", "deals"):
            kept["hs_createdate"] = kept[created]
        self.objects[object_type][record_id] = record
        self.touch(object_type, record_id, record.updated_at)
        return record_id

    def touch(self, object_type: str, record_id: str, moment: datetime) -> None:
        """The record was last modified no earlier than `moment`."""
        record = self.objects[object_type][record_id]
        record.updated_at = max(record.updated_at, moment)
        name = "lastmodifieddate" if object_type == "contacts" else "hs_lastmodifieddate"
        record.properties[name] = iso(record.updated_at)

    def link(self, from_type: str, from_id: str, to_type: str, to_id: str) -> None:
        """In both directions; the company of a contact or deal is its primary one as well."""
        for link_type in _link_types(from_type, to_type):
            self.associations.add((from_type, from_id, to_type, to_id, link_type.type_id))
            self.associations.add((to_type, to_id, from_type, from_id, link_type.inverse))


@functools.cache
def _link_types(from_type: str, to_type: str) -> tuple[LinkType, ...]:
    plain = default_link(from_type, to_type)
    assert plain is not None, (from_type, to_type)
    return (plain, LINK_TYPES[PRIMARY_OF[plain.type_id]]) if plain.type_id in PRIMARY_OF else (plain,)
