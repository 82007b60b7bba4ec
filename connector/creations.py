"""How tasks, notes and deals come into the CRM exactly once, and how they are taken away again.

HubSpot repeats a creation as often as it is asked to, and knows no key that would stop it. So each record carries a
mark of ours. Whoever does not know whether a creation happened looks for the mark in what its contact is linked with:
unlike the search index, links are never late. Only a request that is still under way can hide from that, so a look
means something once HubSpot has surely given up on it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from connector.batches import pieces
from connector.creation_json import MARK_PROPERTY, carries
from connector.gateway import Gateway
from connector.records import Creation, Outcome, Record, Removal, Version

# HubSpot answers 524 after 100 seconds; the rest is for our own run, whose time is taken before it calls.
UNDER_WAY = timedelta(minutes=10)

AT_ONCE = 100


@dataclasses.dataclass(frozen=True, slots=True)
class Removed:
    """APPLIED with `written` False where the record was gone already; on CONFLICT, which property was changed and how:
    None where the CRM does not tell.
    """

    key: str
    outcome: Outcome
    written: bool = False
    property: str | None = None
    version: Version | None = None


def look_up(gateway: Gateway, creations: Sequence[Creation]) -> dict[str, Record]:
    """Those of the creations that happened, by key; to be asked `UNDER_WAY` after the last try or later."""
    found: dict[str, Record] = {}
    kinds = dict.fromkeys((one.object_type, one.links[0][0]) for one in creations)
    for object_type, linked_type in kinds:
        own = [one for one in creations if (one.object_type, one.links[0][0]) == (object_type, linked_type)]
        found |= _look_up(gateway, object_type, linked_type, own)
    return found


def _look_up(gateway: Gateway, object_type: str, linked_type: str, creations: Sequence[Creation]) -> dict[str, Record]:
    asked = [one.links[0][1] for one in creations]
    linked: dict[str, set[str]] = {}
    for link in gateway.links(linked_type, object_type, asked):
        linked.setdefault(link.from_id, set()).add(link.to_id)
    ids = sorted({one for some in linked.values() for one in some}, key=int)
    names = sorted({MARK_PROPERTY[object_type], *(name for one in creations for name in one.values)})
    records = {one.id: one for one in gateway.read(object_type, ids, names)} if ids else {}
    found: dict[str, Record] = {}
    for one in creations:
        own = (records[i] for i in linked.get(one.links[0][1], ()) if i in records)
        record = next((record for record in own if carries(record, one.mark)), None)
        if record is not None:
            found[one.key] = record
    return found


def remove(gateway: Gateway, removals: Sequence[Removal]) -> list[Removed]:
    """One result per removal, in the same order. Calling again is safe."""
    results: dict[str, Removed] = {}
    for object_type in dict.fromkeys(one.object_type for one in removals):
        for some in pieces([one for one in removals if one.object_type == object_type], AT_ONCE):
            results |= _remove(gateway, object_type, some)
    return [results[one.key] for one in removals]


def _remove(gateway: Gateway, object_type: str, removals: Sequence[Removal]) -> dict[str, Removed]:
    names = sorted({name for one in removals for name in one.values})
    records = {one.id: one for one in gateway.read(object_type, [one.id for one in removals], names, history=names)}
    results: dict[str, Removed] = {}
    untouched: list[Removal] = []
    for one in removals:
        record = records.get(one.id)
        touched = None if record is None else _touched(record, one.values)
        if record is None:
            results[one.key] = Removed(one.key, Outcome.APPLIED)
        elif touched is not None:
            results[one.key] = Removed(one.key, Outcome.CONFLICT, property=touched[0], version=touched[1])
        else:
            untouched.append(one)
            results[one.key] = Removed(one.key, Outcome.APPLIED, written=True)
    if untouched:
        gateway.archive(object_type, [one.id for one in untouched])
    return results


def _touched(record: Record, values: Mapping[str, str]) -> tuple[str, Version | None] | None:
    """Judged by the CRM's own history: it may store a text or a time otherwise than it was written."""
    for name, written in values.items():
        versions = record.history.get(name, ())
        if len({one.value for one in versions}) > 1:
            return name, versions[-1]
        if not versions and not _equal(record.properties.get(name), written):
            return name, None
    return None


def _equal(seen: str | None, written: str) -> bool:
    return (seen or "") == written or _instant(seen) == _instant(written) is not None


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "")
    except ValueError:
        return None
