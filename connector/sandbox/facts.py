"""What is derived of one contact before any condition is asked: its cycle, round, first meeting and deals."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable
from datetime import date, datetime

from connector.sandbox.owner_roles import OwnerRoles, owner_roles
from connector.sandbox.reading import (
    Links,
    as_id,
    contact_links,
    instant,
    live,
    option_labels,
    value,
    whole_milliseconds,
)
from connector.sandbox.state import HistoryEntry, Portal, StoredObject
from connector.sandbox.working_days import last_older_date, local_date

PARKED = frozenset({"ATTEMPTED_TO_CONTACT", "BAD_TIMING", "UNQUALIFIED"})
WORK = frozenset({"NEW", "IN_PROGRESS", "OPEN_DEAL", "CONNECTED"})
_NO_MEETING = frozenset({"CANCELED", "NO_SHOW", "RESCHEDULED"})


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """The live records of a portal, as seen at one moment."""

    now: datetime
    today: date
    contacts: dict[str, StoredObject]
    records: dict[str, dict[str, StoredObject]]
    links: Links
    owners: OwnerRoles
    services: dict[str, str]
    deal_services: dict[str, str]
    _last_older: dict[int, date]

    def older(self, moment: datetime | None, limit: int) -> bool:
        """More than `limit` business days lie in (local date of `moment`, today]; false for a missing one."""
        if moment is None:
            return False
        if limit not in self._last_older:
            self._last_older[limit] = last_older_date(self.today, limit)
        return local_date(moment) <= self._last_older[limit]

    def linked(self, contact_id: str, object_type: str) -> Iterable[tuple[str, StoredObject]]:
        linked = self.links.of(contact_id, object_type)
        if not linked:
            return ()
        records = self.records[object_type]
        return [(key, records[key]) for key in linked if key in records]


def look_at(portal: Portal, now: datetime) -> World:
    types = ("companies", "deals", "meetings", "calls", "emails", "notes")
    return World(
        now=now,
        today=local_date(now),
        contacts=live(portal, "contacts"),
        records={object_type: live(portal, object_type) for object_type in types},
        links=contact_links(portal),
        owners=owner_roles(portal),
        services=option_labels(portal, "contacts", "inquiry_service"),
        deal_services=option_labels(portal, "deals", "service"),
        _last_older={},
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Deal:
    id: int
    is_open: bool
    is_won: bool
    created_at: datetime | None
    closed_at: datetime | None
    service: str | None

    @property
    def is_lost(self) -> bool:
        return not self.is_open and not self.is_won


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    id: str
    record: StoredObject
    status: str | None
    owner: int | None
    steps: list[HistoryEntry]
    since: datetime | None
    cycle_start: datetime | None
    round_start: datetime | None
    first_meeting: StoredObject | None
    deals: list[Deal]
    open_deals: list[Deal]
    round_deals: list[Deal]
    last_activity: datetime | None
    services: list[str]

    def same_service(self, deal: Deal) -> bool:
        """Also when either side names none."""
        return not self.services or deal.service is None or deal.service in self.services


def contact_facts(world: World, contact_id: str) -> Facts:
    record = world.contacts[contact_id]
    steps = status_steps(record)
    created_at = instant(record, "createdate")
    since = steps[-1].timestamp if steps else created_at
    inquired_at = instant(record, "inquiry_date")
    in_this_cycle = inquired_at is not None and since is not None and inquired_at <= since
    cycle_start = inquired_at if in_this_cycle else created_at
    round_start = max((t for t in (cycle_start, _revived_at(steps)) if t is not None), default=None)
    deals = [_deal(key, deal) for key, deal in world.linked(contact_id, "deals")]
    last_activity = instant(record, "notes_last_contacted")
    return Facts(
        id=contact_id,
        record=record,
        status=value(record, "hs_lead_status"),
        owner=as_id(value(record, "hubspot_owner_id")),
        steps=steps,
        since=since,
        cycle_start=cycle_start,
        round_start=round_start,
        first_meeting=_first_meeting(world, contact_id, round_start),
        deals=deals,
        open_deals=[deal for deal in deals if deal.is_open],
        round_deals=[deal for deal in deals if deal.is_open or _at_or_after(deal.closed_at, round_start)],
        last_activity=None if last_activity is not None and last_activity > world.now else last_activity,
        services=_services(record, world.services),
    )


def status_steps(record: StoredObject) -> list[HistoryEntry]:
    """Oldest first. Of entries at one instant the CRM lists the newest first, so the list is turned round."""
    entries = [_in_milliseconds(entry) for entry in reversed(record.history.get("hs_lead_status", []))]
    entries.sort(key=lambda entry: entry.timestamp)
    steps: list[HistoryEntry] = []
    for entry in entries:
        if not steps or (entry.value or "") != (steps[-1].value or ""):
            steps.append(entry)
    return steps


def _in_milliseconds(entry: HistoryEntry) -> HistoryEntry:
    at = whole_milliseconds(entry.timestamp)
    return entry if at is entry.timestamp else dataclasses.replace(entry, timestamp=at)


def _revived_at(steps: list[HistoryEntry]) -> datetime | None:
    revivals = [
        step.timestamp for before, step in itertools.pairwise(steps) if before.value in PARKED and step.value in WORK
    ]
    return revivals[-1] if revivals else None


def _first_meeting(world: World, contact_id: str, round_start: datetime | None) -> StoredObject | None:
    found: list[tuple[datetime, int, StoredObject]] = []
    for meeting_id, meeting in world.linked(contact_id, "meetings"):
        start = instant(meeting, "hs_meeting_start_time")
        counts = value(meeting, "hs_meeting_outcome") not in _NO_MEETING
        hosted = world.owners.is_fs(as_id(value(meeting, "hubspot_owner_id")))
        if start is not None and counts and hosted and _at_or_after(start, round_start):
            found.append((start, int(meeting_id), meeting))
    return min(found, key=lambda one: one[:2])[2] if found else None


def _deal(deal_id: str, record: StoredObject) -> Deal:
    is_open = value(record, "hs_is_closed") != "true"
    created_at = instant(record, "createdate")
    return Deal(
        id=int(deal_id),
        is_open=is_open,
        is_won=not is_open and value(record, "hs_is_closed_won") == "true",
        created_at=created_at,
        closed_at=instant(record, "closedate") or created_at,
        service=value(record, "service"),
    )


def _services(record: StoredObject, known: dict[str, str]) -> list[str]:
    named = (value(record, "inquiry_service") or "").split(";")
    return [service for service in dict.fromkeys(named) if service in known]


def _at_or_after(moment: datetime | None, start: datetime | None) -> bool:
    return moment is not None and start is not None and moment >= start


def oldest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def newest(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
