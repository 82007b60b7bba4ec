"""The running account: a portal with its clock, its search index and the lookups that keep answers quick."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

from connector.sandbox.holders import Holders
from connector.sandbox.index import SearchIndex
from connector.sandbox.links import Links
from connector.sandbox.portal_file import PortalFile
from connector.sandbox.shelf import Shelf
from connector.sandbox.state import OBJECT_TYPES

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sandbox.clock import Clock
    from connector.sandbox.errors import Json
    from connector.sandbox.limits import RateLimits
    from connector.sandbox.oauth_api import App
    from connector.sandbox.state import Portal, StoredObject


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
        self.file = portal.file or PortalFile()
        self._shelves = {kind: Shelf(kind, portal.objects.setdefault(kind, {}), self.file) for kind in OBJECT_TYPES}
        self.links = Links(portal.associations, self.file)
        self._last_id = max(1000, *(shelf.last for shelf in self._shelves.values()))
        self.definitions = {
            kind: {str(one["name"]): one for one in portal.definitions.get(kind, [])} for kind in OBJECT_TYPES
        }
        self.unique = {
            (kind, name): Holders(kind, name, portal.objects[kind], self.file)
            for kind in OBJECT_TYPES
            for name, one in self.definitions[kind].items()
            if one.get("hasUniqueValue") and name != "hs_object_id"
        }

    def now(self) -> datetime:
        return self.clock.now()

    def records(self, kind: str) -> Shelf:
        return self._shelves[kind]

    def live(self, kind: str, record_id: str) -> StoredObject | None:
        record = self._shelves[kind].get(record_id)
        return None if record is None or record.archived else record

    def is_live(self, kind: str, record_id: str) -> bool:
        return self._shelves[kind].is_live(record_id)

    def survivor_id(self, kind: str, record_id: str) -> str:
        """The id a single call reaches: the record itself or, after merges, the one it went into."""
        record = self._shelves[kind].get(record_id)
        while record is not None and record.merged_into is not None:
            record_id = record.merged_into
            record = self._shelves[kind].get(record_id)
        return record_id

    def add(self, kind: str, record: StoredObject) -> str:
        self._last_id += 1
        record_id = str(self._last_id)
        record.properties["hs_object_id"] = record_id
        self._shelves[kind].add(record_id, record)
        return record_id

    def erase(self, kind: str, record_id: str) -> None:
        self._shelves[kind].erase(record_id)
        self.index.forget((kind, record_id))
        for (unique_kind, _), holders in self.unique.items():
            if unique_kind == kind:
                holders.release_all(record_id)

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
