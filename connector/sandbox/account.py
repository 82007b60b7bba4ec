"""The running account: a portal with its clock, its search index and the lookups that keep answers quick."""

from __future__ import annotations

import bisect
import dataclasses
import math
from typing import TYPE_CHECKING, cast

from connector.sandbox.index import SearchIndex
from connector.sandbox.links import Links
from connector.sandbox.moments import iso
from connector.sandbox.object_names import created_property, modified_property
from connector.sandbox.state import OBJECT_TYPES, StoredObject

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.sandbox.clock import Clock
    from connector.sandbox.errors import Json
    from connector.sandbox.limits import RateLimits
    from connector.sandbox.oauth_api import App
    from connector.sandbox.state import Portal


@dataclasses.dataclass(slots=True)
class Switches:
    """Behaviour of HubSpot that is known from one source only, or differs; see `POST /_control/switches`."""

    omit_merged_in_batch_update: bool = True
    update_refuses_per_trace_id: bool = True
    refused_versions: frozenset[str] = frozenset()


class Account:
    """Everything a handler may read or change; it does so without awaiting in between."""

    def __init__(self, portal: Portal, clock: Clock, limits: RateLimits, index_lag_s: float) -> None:
        self.portal = portal
        self.clock = clock
        self.limits = limits
        self.index = SearchIndex(index_lag_s)
        self.switches = Switches()
        self.blocked_emails: set[str] = set()
        # Per accepted token: the scopes it lacks.
        self.tokens: dict[str, frozenset[str]] = {}
        self.expiries: dict[str, datetime] = {}
        self.app: App | None = None
        for kind in OBJECT_TYPES:
            portal.objects.setdefault(kind, {})
            _complete(kind, portal.objects[kind])
        self.links = Links(portal.associations)
        self._ids = {kind: sorted(int(one) for one in portal.objects[kind]) for kind in OBJECT_TYPES}
        # The records in the order of their ids: a search looks at tens of thousands of them.
        self._ordered = {
            kind: [portal.objects[kind][str(number)] for number in self._ids[kind]] for kind in OBJECT_TYPES
        }
        self._last_id = max((ids[-1] for ids in self._ids.values() if ids), default=1000)
        self.definitions = {
            kind: {str(one["name"]): one for one in portal.definitions.get(kind, [])} for kind in OBJECT_TYPES
        }
        self.unique = {
            (kind, name): _holders(portal.objects[kind], name)
            for kind in OBJECT_TYPES
            for name, one in self.definitions[kind].items()
            if one.get("hasUniqueValue") and name != "hs_object_id"
        }

    def now(self) -> datetime:
        return self.clock.now()

    def records(self, kind: str) -> dict[str, StoredObject]:
        return self.portal.objects[kind]

    def live(self, kind: str, record_id: str) -> StoredObject | None:
        record = self.portal.objects[kind].get(record_id)
        return None if record is None or record.archived else record

    def survivor_id(self, kind: str, record_id: str) -> str:
        """The id a single call reaches: the record itself or, after merges, the one it went into."""
        record = self.portal.objects[kind].get(record_id)
        while record is not None and record.merged_into is not None:
            record_id = record.merged_into
            record = self.portal.objects[kind].get(record_id)
        return record_id

    def between(self, kind: str, lowest: float, highest: float = math.inf) -> list[tuple[int, StoredObject]]:
        """Records with their ids as numbers, in order, both ends and archived records included."""
        ids = self._ids[kind]
        span = slice(bisect.bisect_left(ids, lowest), bisect.bisect_right(ids, highest))
        return list(zip(ids[span], self._ordered[kind][span], strict=True))

    def from_id(self, kind: str, first: int) -> Iterator[tuple[int, StoredObject]]:
        """The same without an end and without a copy, for whoever stops early."""
        ids, records = self._ids[kind], self._ordered[kind]
        for place in range(bisect.bisect_left(ids, first), len(ids)):
            yield ids[place], records[place]

    def add(self, kind: str, record: StoredObject) -> str:
        self._last_id += 1
        record_id = str(self._last_id)
        record.properties["hs_object_id"] = record_id
        self.portal.objects[kind][record_id] = record
        self._ids[kind].append(self._last_id)
        self._ordered[kind].append(record)
        return record_id

    def erase(self, kind: str, record_id: str) -> None:
        del self.portal.objects[kind][record_id]
        place = bisect.bisect_left(self._ids[kind], int(record_id))
        del self._ids[kind][place], self._ordered[kind][place]
        self.index.forget((kind, record_id))
        for holders in self.unique.values():
            for value in [value for value, holder in holders.items() if holder == record_id]:
                del holders[value]

    def defines(self, kind: str, name: str) -> bool:
        """`hs_v2_date_entered_…` can be read although the properties list does not show it."""
        one = self.definitions[kind].get(name)
        if one is not None:
            return not one.get("archived")
        return kind == "deals" and name.startswith("hs_v2_date_entered_")

    def stage(self, stage_id: str) -> dict[str, str] | None:
        """The metadata of a deal stage; None when no pipeline has it."""
        found = self.stage_json(stage_id)
        return None if found is None else cast("dict[str, str]", found["metadata"])

    def stage_json(self, stage_id: str) -> Json | None:
        every = (stage for pipeline in self.portal.pipelines for stage in _stages(pipeline))
        return next((stage for stage in every if stage["id"] == stage_id), None)

    def stage_ids(self) -> list[str]:
        return [str(stage["id"]) for pipeline in self.portal.pipelines for stage in _stages(pipeline)]


def _stages(pipeline: Json) -> list[Json]:
    return cast("list[Json]", pipeline["stages"])


def _complete(kind: str, records: dict[str, StoredObject]) -> None:
    """Give each record the system properties that HubSpot would have set."""
    created, modified = created_property(kind), modified_property(kind)
    for record_id, record in records.items():
        properties = record.properties
        properties.setdefault("hs_object_id", record_id)
        if created not in properties:
            properties[created] = iso(record.created_at)
        if modified not in properties:
            properties[modified] = iso(record.updated_at)


def _holders(records: dict[str, StoredObject], name: str) -> dict[str, str]:
    return {
        record.properties[name]: record_id
        for record_id, record in records.items()
        if record.properties.get(name) and not record.archived
    }
