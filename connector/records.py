"""The shared words of the whole program as plain data: records, links, owners, and the writes asked of the CRM."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

CONTACTS = "contacts"
COMPANIES = "companies"
DEALS = "deals"
MEETINGS = "meetings"
CALLS = "calls"
EMAILS = "emails"
NOTES = "notes"
TASKS = "tasks"

# Read whatever the rules say, in the order of dependency: a record is stored before those that point at it.
ALWAYS_MIRRORED = (COMPANIES, CONTACTS, DEALS, MEETINGS)

# The mirror has a table for each. The further ones are read only where rules or settings name them.
MIRRORED_TYPES = (*ALWAYS_MIRRORED, CALLS, EMAILS, NOTES, TASKS)

# Contacts are stamped under another name than everything else.
MODIFIED_PROPERTY: Mapping[str, str] = {
    **dict.fromkeys(MIRRORED_TYPES, "hs_lastmodifieddate"),
    CONTACTS: "lastmodifieddate",
}


# The sources of a change that HubSpot names where a person sat before it.
_PERSONS = frozenset(
    {
        "CRM_UI",
        "CRM_UI_BULK_ACTION",
        "BATCH_UPDATE",
        "CONTACTS_WEB",
        "MOBILE_ANDROID",
        "MOBILE_IOS",
        "SIDEKICK",
    }
)


@dataclasses.dataclass(frozen=True, slots=True)
class Version:
    """One value that a property once had. `value` is None where it was cleared."""

    value: str | None
    at: datetime
    source_type: str
    source_id: str | None
    user_id: int | None

    @property
    def by_person(self) -> bool:
        """Typed or clicked by somebody, rather than written by a program, a form or an import."""
        return self.source_type in _PERSONS


@dataclasses.dataclass(frozen=True, slots=True)
class Record:
    """One CRM record as read. Values are the CRM's own text; missing, null and empty are all None.

    `history` holds, per property that was asked for, its versions **oldest first**.
    """

    object_type: str
    id: str
    properties: Mapping[str, str | None]
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None = None
    history: Mapping[str, Sequence[Version]] = dataclasses.field(default_factory=dict[str, Sequence[Version]])


class Link(NamedTuple):
    """One association, in the direction in which the CRM was asked.

    A tuple, since a round makes and compares tens of thousands: that takes a third of a dataclass's time.
    """

    from_type: str
    from_id: str
    to_type: str
    to_id: str
    type_id: int


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """A CRM user that records can belong to. `user_id` stays known after deactivation."""

    id: str
    email: str | None
    first_name: str
    last_name: str
    user_id: int | None
    archived: bool
    teams: tuple[str, ...]

    @property
    def name(self) -> str:
        """Family name first, as the firm's lists show it; the mail address where no name is given."""
        return f"{self.last_name} {self.first_name}".strip() or self.email or self.id


@dataclasses.dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    hidden: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class PropertyDefinition:
    """`type` decides what a value means; `field_type` only tells multi-select (`checkbox`) from single."""

    object_type: str
    name: str
    label: str
    type: str
    field_type: str
    options: tuple[Option, ...] = ()
    referenced_type: str | None = None

    @property
    def kind(self) -> Kind:
        if self.referenced_type == "OWNER":
            return Kind.OWNER
        if self.type == "enumeration" and self.field_type == "checkbox":
            return Kind.MULTI
        return _KIND_BY_TYPE.get(self.type, Kind.TEXT)


class Kind(enum.Enum):
    """How a property is compared, and thus which column the mirror gives it."""

    TEXT = "text"
    CHOICE = "choice"
    MULTI = "multi"
    NUMBER = "number"
    INSTANT = "instant"
    DATE = "date"
    OWNER = "owner"


_KIND_BY_TYPE: Mapping[str, Kind] = {
    "enumeration": Kind.CHOICE,
    "bool": Kind.CHOICE,
    "number": Kind.NUMBER,
    "datetime": Kind.INSTANT,
    "date": Kind.DATE,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a pipeline."""

    pipeline_id: str
    id: str
    label: str
    order: int
    closed: bool
    probability: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class PortalInfo:
    id: str
    time_zone: str


@dataclasses.dataclass(frozen=True, slots=True)
class PropertyWrite:
    """A value to be written, provided that the CRM still shows `expected`.

    `key` is the caller's name for this write and comes back in the result; it is unique in one call.
    """

    key: str
    object_type: str
    id: str
    property: str
    expected: str | None
    value: str | None


class Outcome(enum.Enum):
    """How a write ended."""

    APPLIED = "applied"
    CONFLICT = "conflict"
    FAILED = "failed"


@dataclasses.dataclass(frozen=True, slots=True)
class WriteResult:
    """`seen` is the CRM's value found on conflict; `cause` is a sentence for people where it was not applied.

    `written` is False where the CRM held the value already.
    """

    key: str
    outcome: Outcome
    seen: str | None = None
    cause: str | None = None
    written: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Creation:
    """A task, note or deal to be made, with plain values, and the records it is linked with: type and id.

    `key` is the caller's name for it, unique in one call. `mark` stands in a text of the record, where it is found again
    after a lost answer: letters and digits, the same for each try and for no other creation.
    """

    key: str
    object_type: str
    values: Mapping[str, str]
    links: tuple[tuple[str, str], ...]
    mark: str


@dataclasses.dataclass(frozen=True, slots=True)
class Removal:
    """A record that we made with these values, to be taken away unless somebody has changed one of them since."""

    key: str
    object_type: str
    id: str
    values: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class CrmList:
    """A list of contacts. `last_added_at` is known of lists that were asked for together."""

    id: str
    name: str
    size: int | None = None
    last_added_at: datetime | None = None
