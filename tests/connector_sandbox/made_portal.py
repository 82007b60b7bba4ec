"""Builds portals of a few records, so that a case of the truth shows only what matters to it."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connector.sandbox.definitions import pipelines, property_definitions
from connector.sandbox.moments import iso
from connector.sandbox.state import OBJECT_TYPES, HistoryEntry, Portal, StoredObject, StoredOwner, StoredTeam
from connector.sandbox.truth import truth

TOKYO = ZoneInfo("Asia/Tokyo")
LONG_AGO = "2026-06-01T10:00"
# Owners by role, and one FS person who is gone. The user of owner N is 900 + N.
IS, FS, MARKETING, TELE, MANAGER, OPS, FS_GONE, NO_ROLE = ("1", "2", "3", "4", "5", "6", "7", "8")
_TEAMS = {
    IS: "IS",
    FS: "FS",
    MARKETING: "Marketing",
    TELE: "Telemarketing",
    MANAGER: "Manager",
    OPS: "Ops",
    FS_GONE: "FS",
    NO_ROLE: "総務",
}
_LINKS = {"deals": 4, "companies": 279, "meetings": 199, "calls": 193, "emails": 197, "notes": 201}


def at(text: str) -> datetime:
    """Tokyo's time, unless the text names a zone."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=TOKYO)


SUNDAY = at("2026-11-22T12:00")
TUESDAY = at("2026-11-24T09:30")


def user(owner_id: str) -> int:
    return 900 + int(owner_id)


@dataclasses.dataclass
class MadePortal:
    portal: Portal
    _ids: itertools.count[int] = dataclasses.field(default_factory=lambda: itertools.count(501))

    def add(self, object_type: str, values: dict[str, str], created: str, record_id: str | None = None) -> str:
        record_id = record_id or str(next(self._ids))
        self.portal.objects[object_type][record_id] = StoredObject(values, at(created), at(created))
        return record_id

    def contact(
        self,
        status: str = "",
        since: str | None = None,
        *,
        steps: Sequence[tuple[str, str] | tuple[str, str, str]] = (),
        owner: str = FS,
        created: str = LONG_AGO,
        record_id: str | None = None,
        **values: str,
    ) -> str:
        """`steps` are (status, time[, owner who took it]), oldest first; without them one entry at `since`."""
        taken = [*steps] or ([(status, since)] if since else [])
        history = [_entry(*step) for step in reversed(taken)]
        properties = {
            "hs_lead_status": status or (taken[-1][0] if steps else ""),
            "hubspot_owner_id": owner,
            "createdate": iso(at(created)),
            "inquiry_service": "factory_navi",
        }
        times = {name: _time_text(value) for name, value in values.items()}
        contact_id = self.add("contacts", properties | times, created, record_id)
        self.portal.objects["contacts"][contact_id].history["hs_lead_status"] = history
        return contact_id

    def linked(self, contact: str, object_type: str, created: str = LONG_AGO, **values: str) -> str:
        """A record linked to the contact; an instant may be given in Tokyo's time."""
        record_id = self.add(object_type, {name: _time_text(value) for name, value in values.items()}, created)
        self.link(contact, object_type, record_id)
        return record_id

    def link(self, contact: str, object_type: str, record_id: str, type_id: int | None = None) -> None:
        there = type_id or _LINKS[object_type]
        self.portal.associations.add(("contacts", contact, object_type, record_id, there))
        self.portal.associations.add((object_type, record_id, "contacts", contact, there + 1))

    def meeting(self, contact: str, start: str, host: str = FS, outcome: str = "COMPLETED", **values: str) -> str:
        given = {"hs_meeting_start_time": start, "hubspot_owner_id": host, "hs_meeting_outcome": outcome}
        return self.linked(contact, "meetings", **given | values)

    def deal(self, contact: str, created: str = LONG_AGO, closed: str = "", *, won: bool = False, **values: str) -> str:
        given = {
            "createdate": created,
            "closedate": closed,
            "hs_is_closed": "true" if closed else "false",
            "hs_is_closed_won": "true" if won else "false",
            "service": "factory_navi",
        }
        return self.linked(contact, "deals", **given | values)

    def truth(self, now: datetime = SUNDAY) -> dict[str, Any]:
        return truth(self.portal, now)

    def codes(self, contact: str, now: datetime = SUNDAY) -> set[str]:
        return {found["code"] for found in self.truth(now)["findings"] if found["id"] == contact}


def made_portal() -> MadePortal:
    owners = {
        key: StoredOwner(
            key, f"p{key}@firm.example", "名", "姓", user(key), [StoredTeam("1", team)], SUNDAY, key == FS_GONE
        )
        for key, team in _TEAMS.items()
    }
    objects: dict[str, dict[str, StoredObject]] = {object_type: {} for object_type in OBJECT_TYPES}
    return MadePortal(Portal(1, "Asia/Tokyo", objects, set(), owners, {}, pipelines(), property_definitions()))


def _entry(status: str, time: str, owner: str | None = None) -> HistoryEntry:
    return HistoryEntry(status, at(time), updated_by_user_id=user(owner) if owner else None)


def _time_text(value: str) -> str:
    """`2026-11-18T10:00` becomes the CRM's text for that time in Tokyo; everything else stays."""
    return iso(at(value)) if len(value) == 16 and value[10] == "T" else value
