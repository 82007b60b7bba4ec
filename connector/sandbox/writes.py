"""What changes when a record is created, updated, archived or restored, whoever does it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from connector.sandbox import effects
from connector.sandbox.moments import iso
from connector.sandbox.object_names import created_property, modified_property
from connector.sandbox.state import HistoryEntry, StoredObject

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.sandbox.account import Account


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """Who a history entry names as the source of a change."""

    source_type: str
    source_id: str | None = None
    user_id: int | None = None


CALCULATED = Actor("CALCULATED")


def integration(app_id: str) -> Actor:
    return Actor("INTEGRATION", app_id)


def person(user_id: int | None) -> Actor:
    return Actor("CRM_UI", None if user_id is None else f"userId:{user_id}", user_id)


def create(account: Account, kind: str, values: Mapping[str, str], actor: Actor) -> str:
    """`values` are in stored form; a value for a system property wins over the one set here."""
    now = account.now()
    record = StoredObject(properties={}, created_at=now, updated_at=now)
    record_id = account.add(kind, record)
    account.index.hold((kind, record_id), None)
    record.properties[created_property(kind)] = iso(now)
    record.properties[modified_property(kind)] = iso(now)
    _store(account, kind, record_id, values, actor, now=now)
    _store(
        account, kind, record_id, effects.of_own_values(account, kind, {}, record, values, now=now), CALCULATED, now=now
    )
    account.index.publish((kind, record_id), record, now)
    return record_id


def update(account: Account, kind: str, record_id: str, values: Mapping[str, str], actor: Actor) -> list[str]:
    """Names of the properties whose value changed. The modified time moves even when none did."""
    now = account.now()
    record = account.records(kind).for_change(record_id)
    before = dict(record.properties)
    account.index.hold((kind, record_id), record)
    changed = _store(account, kind, record_id, values, actor, now=now)
    follow = effects.of_own_values(account, kind, before, record, values, now=now)
    changed += _store(account, kind, record_id, follow, CALCULATED, now=now)
    _touch(kind, record, now)
    account.index.publish((kind, record_id), record, now)
    if kind in effects.CONTACTING:
        refresh_contacts(account, kind, record_id)
    return changed


def archive(account: Account, kind: str, record_id: str) -> None:
    """Leaves the modified time alone, as HubSpot does."""
    record = account.records(kind).for_change(record_id)
    account.index.hold((kind, record_id), record)
    record.archived_at = account.now()
    account.index.publish((kind, record_id), record, account.now())
    _release_unique_values(account, kind, record_id)
    if kind == "contacts":
        for listed in account.portal.lists.values():
            listed.members.pop(record_id, None)
    if kind == "deals":
        refresh_contacts(account, kind, record_id)


def restore(account: Account, kind: str, record_id: str) -> None:
    record = account.records(kind).for_change(record_id)
    record.archived_at = None
    for (unique_kind, name), holders in account.unique.items():
        if unique_kind == kind and record.properties.get(name):
            holders.take_if_free(record.properties[name], record_id)
    touch(account, kind, record_id)
    if kind == "deals":
        refresh_contacts(account, kind, record_id)


def touch(account: Account, kind: str, record_id: str, at: datetime | None = None) -> None:
    """Only the modified time."""
    record = account.records(kind).for_change(record_id)
    account.index.hold((kind, record_id), record)
    _touch(kind, record, at or account.now())
    account.index.publish((kind, record_id), record, account.now())


def refresh_contacts(account: Account, kind: str, record_id: str, quiet: bool = False) -> None:
    """Recompute what contacts derive from a linked record that was written, linked or unlinked."""
    for contact_id in list(account.links.of((kind, record_id), "contacts")):
        refresh_contact(account, contact_id, kind, quiet)


def refresh_contact(account: Account, contact_id: str, kind: str, quiet: bool = False) -> None:
    """A changed value counts as a write to the contact; `quiet` leaves its modified time alone."""
    record = account.records("contacts").get(contact_id)
    if record is None or record.archived:
        return
    now = account.now()
    values = effects.on_contact(account, contact_id, kind, now)
    if all(record.properties.get(name, "") == value for name, value in values.items()):
        return
    record = account.records("contacts").for_change(contact_id)
    account.index.hold(("contacts", contact_id), record)
    _store(account, "contacts", contact_id, values, CALCULATED, now=now)
    if not quiet:
        _touch("contacts", record, now)
    account.index.publish(("contacts", contact_id), record, now)


def set_silently(account: Account, kind: str, record_id: str, values: Mapping[str, str], actor: Actor) -> None:
    """Values and history without moving the modified time; the caller touches the record where needed."""
    _store(account, kind, record_id, values, actor, now=account.now())


def _store(
    account: Account, kind: str, record_id: str, values: Mapping[str, str], actor: Actor, *, now: datetime
) -> list[str]:
    record = account.records(kind).for_change(record_id)
    changed: list[str] = []
    for name, value in values.items():
        old = record.properties.get(name, "")
        if old == value:
            continue
        changed.append(name)
        if value:
            record.properties[name] = value
        else:
            del record.properties[name]
        entry = HistoryEntry(value, now, actor.source_type, actor.source_id, actor.user_id)
        record.history.setdefault(name, []).insert(0, entry)
        holders = account.unique.get((kind, name))
        if holders is not None:
            holders.release(old, record_id)
            if value:
                holders.take(value, record_id)
    return changed


def _touch(kind: str, record: StoredObject, at: datetime) -> None:
    record.updated_at = at
    record.properties[modified_property(kind)] = iso(at)


def _release_unique_values(account: Account, kind: str, record_id: str) -> None:
    record = account.records(kind)[record_id]
    for (unique_kind, name), holders in account.unique.items():
        if unique_kind == kind and name in record.properties:
            holders.release(record.properties[name], record_id)
