"""What a portal holds: the plain data that the generator makes, the server serves and the truth is computed from."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sandbox.portal_file import PortalFile

OBJECT_TYPES = ("contacts", "companies", "deals", "meetings", "calls", "emails", "notes", "tasks")


@dataclasses.dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One version of one property. `value` is "" when the property was cleared."""

    value: str
    timestamp: datetime
    source_type: str = "CRM_UI"
    source_id: str | None = None
    updated_by_user_id: int | None = None


@dataclasses.dataclass(slots=True)
class StoredObject:
    """One record. Unset properties are absent; `history` lists the newest entry first, as HubSpot gives it.

    A merged-away record stays here, archived, with `merged_into` naming the survivor.
    """

    properties: dict[str, str]
    created_at: datetime
    updated_at: datetime
    history: dict[str, list[HistoryEntry]] = dataclasses.field(default_factory=dict[str, list[HistoryEntry]])
    archived_at: datetime | None = None
    merged_into: str | None = None

    @property
    def archived(self) -> bool:
        return self.archived_at is not None


@dataclasses.dataclass(slots=True)
class StoredTeam:
    id: str
    name: str
    primary: bool = True


@dataclasses.dataclass(slots=True)
class StoredOwner:
    """`user_id` survives deactivation here; the server shows it only as `userIdIncludingInactive` then."""

    id: str
    email: str
    first_name: str
    last_name: str
    user_id: int
    teams: list[StoredTeam]
    created_at: datetime
    archived: bool = False


@dataclasses.dataclass(slots=True)
class StoredList:
    name: str
    object_type_id: str
    processing_type: str
    created_at: datetime
    members: dict[str, datetime] = dataclasses.field(default_factory=dict[str, "datetime"])
    deleted: bool = False


@dataclasses.dataclass(slots=True)
class Portal:
    """Everything in one account.

    `objects[type][id]`; an association is `(from_type, from_id, to_type, to_id, type_id)` and is stored in both
    directions, each with its own type id (contact→deal 4, deal→contact 3, …). `pipelines` and `definitions` are
    the JSON that HubSpot's pipelines and properties endpoints return.
    `labels` are the generator's notes about single records ({"kind": [ids…]}), never served on an API path.
    Of a portal over a `file` the objects and associations in there are not here, until somebody changes them.
    """

    portal_id: int
    time_zone: str
    objects: dict[str, dict[str, StoredObject]]
    associations: set[tuple[str, str, str, str, int]]
    owners: dict[str, StoredOwner]
    lists: dict[str, StoredList]
    pipelines: list[dict[str, object]]
    definitions: dict[str, list[dict[str, object]]]
    labels: dict[str, list[object]] = dataclasses.field(default_factory=dict[str, list[object]])
    file: PortalFile | None = None
