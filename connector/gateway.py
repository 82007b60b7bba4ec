"""The port to the CRM: what the rest of the connector asks of it, in the CRM's own terms but without its client."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol, Self

from connector.lanes import Lane
from connector.records import Creation, CrmList, Link, Owner, PortalInfo, PropertyDefinition, Record, Stage


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """Records in the order of their ids, and where the next page starts (None: this was the last)."""

    records: Sequence[Record]
    after: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class Touched:
    """A record that the search index says was modified, and when."""

    id: str
    updated_at: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """The first 200 records that a search finds, and how many it finds in all."""

    touched: Sequence[Touched]
    total: int

    @property
    def complete(self) -> bool:
        return len(self.touched) >= self.total


@dataclasses.dataclass(frozen=True, slots=True)
class Update:
    """New values for one record; None clears."""

    id: str
    values: Mapping[str, str | None]


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """Why the CRM did not take one update: its own words, and whether the record is gone."""

    cause: str
    gone: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Made:
    """What came of creations, by key. Of a key that is in neither, nobody knows."""

    records: Mapping[str, Record]
    refused: Mapping[str, Refusal]


class Gateway(Protocol):
    """One portal of the CRM. Every call has a time-out, obeys the rate limits and is retried where that is safe.

    Raises only the errors of `connector.errors`.
    """

    def in_lane(self, lane: Lane) -> Self:
        """The same portal, for calls of this urgency."""
        ...

    def may_call(self) -> bool:
        """Whether this lane's calls may be made today: what can wait stops before the day's calls are used up."""
        ...

    def granted_scopes(self) -> frozenset[str] | None:
        """What our token may do; None where the CRM does not say, as for service keys and OAuth."""
        ...

    def portal(self) -> PortalInfo: ...

    def owners(self) -> list[Owner]:
        """Live and deactivated ones."""
        ...

    def deal_stages(self) -> list[Stage]: ...

    def property_definitions(self, object_type: str) -> list[PropertyDefinition]: ...

    def list_page(
        self,
        object_type: str,
        properties: Sequence[str],
        *,
        history: Sequence[str] = (),
        after: str | None = None,
        archived: bool = False,
    ) -> Page:
        """One page of the authoritative list, by ascending id: up to 100 records, 50 when history is asked for."""
        ...

    def page_below(
        self, object_type: str, properties: Sequence[str], *, history: Sequence[str] = (), below: str | None
    ) -> Page:
        """Of the live records in the search index the 200 with the largest ids below this one, or of all; `after` is the
        smallest id that was found, None where there was none.

        Values are the index's, which may be late, unless history or more properties are asked for than a search takes.
        """
        ...

    def newest(self, object_type: str) -> Found:
        """Of all live records in the search index those modified last, the latest first."""
        ...

    def touched_since(self, object_type: str, since: datetime, after_id: str) -> Found:
        """Records modified at or after `since` with an id greater than `after_id`, by ascending id."""
        ...

    def within(self, object_type: str, first_id: str, last_id: str) -> Found:
        """Live records with these ids and all between them, by ascending id."""
        ...

    def read(
        self,
        object_type: str,
        ids: Sequence[str],
        properties: Sequence[str],
        *,
        history: Sequence[str] = (),
        archived: bool = False,
    ) -> list[Record]:
        """The live (or the archived) records among `ids`, in any number; all others are left out.

        A merged-away id is left out, too.
        """
        ...

    def survivor(self, object_type: str, record_id: str) -> str | None:
        """The live record that is reached by this id, which may have been merged into it; None: there is none."""
        ...

    def links(self, from_type: str, to_type: str, ids: Sequence[str]) -> list[Link]:
        """All associations of the given records to `to_type`, in any number of ids."""
        ...

    def update(self, object_type: str, updates: Sequence[Update]) -> Mapping[str, Refusal]:
        """Write up to 100 records; returns the refused ones by id. Everything else was written.

        Sending the same update again is safe: it sets values, it adds nothing.
        """
        ...

    def create(self, object_type: str, creations: Sequence[Creation]) -> Made:
        """Make up to 100 records of one type with their links. An error leaves open which of them were made.

        Sending the same again is **not** safe: see `connector.creations`.
        """
        ...

    def archive(self, object_type: str, ids: Sequence[str]) -> None:
        """Up to 100 records; those that are gone already are left alone."""
        ...

    def find_list(self, name: str) -> CrmList | None: ...

    def static_lists(self) -> list[CrmList]:
        """All lists of contacts whose members are set, not searched by the CRM."""
        ...

    def create_list(self, name: str) -> CrmList:
        """A static list of contacts. Where a list of this name exists already, that one is returned."""
        ...

    def list_members(self, list_id: str) -> list[str]: ...

    def change_members(self, list_id: str, add: Sequence[str], remove: Sequence[str]) -> list[str]:
        """Add and remove contacts, in any number; returns ids that the CRM does not know."""
        ...

    def call_counts(self) -> Mapping[str, int]:
        """Calls made so far by kind (`search`, `list`, `batch_read`, …), repeats included."""
        ...
