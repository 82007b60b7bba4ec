"""How approved tasks and notes are made in the CRM, each once, and how those that are taken back are taken away."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, Row

from connector.creations import UNDER_WAY, Removed, look_up, remove
from connector.gateway import Gateway
from connector.push import same_value
from connector.records import CONTACTS, Creation, Outcome, Record, Removal
from jobs.creation_lines import OBJECT_TYPES
from jobs.database import writing
from jobs.editors import Editors, editors
from jobs.ledger import plan_lines
from jobs.ledger.plan_lines import End

_GONE = "The contact is no longer in HubSpot: it was archived, deleted or merged into another one."
_STALE = "{name} of the contact has changed since this was planned. The next round looks again."


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """A line's end, and the record that was made, or the id of the one that was taken away."""

    row: Row[Any]
    end: End
    made: Record | None = None
    removed: str | None = None


def waiting(rows: Sequence[Row[Any]]) -> str:
    return (
        f"HubSpot gave no answer about {len(rows)} task(s) or note(s). Whether they were made is looked up "
        f"{UNDER_WAY.seconds // 60} minutes after the call, and only what was not is made then."
    )


def make(engine: Engine, gateway: Gateway, rows: Sequence[Row[Any]], now: datetime) -> list[Settled]:
    """Up to a hundred lines of one kind. A line that is missing from the answer stays open, and so do all of them where
    the CRM goes away: a later run looks for what was made before it makes the rest.
    """
    contacts = _read_contacts(gateway, rows)
    with writing(engine) as connection:
        mine = plan_lines.claim(connection, [row.id for row in rows], now=now, tried_before=now - UNDER_WAY)
    wanted = {row.id: _creation(row, now) for row in rows if row.id in mine}
    found = look_up(gateway, [wanted[row.id] for row in rows if row.id in mine and row.state == "writing"])
    settled = [_made(row, found[str(row.id)]) for row in rows if str(row.id) in found]
    left = [row for row in rows if row.id in mine and str(row.id) not in found]
    stale = {row.id: end for row in left if (end := _stale(row, contacts.get(row.object_id))) is not None}
    settled += [Settled(row, stale[row.id]) for row in left if row.id in stale]
    left = [row for row in left if row.id not in stale]
    if not left:
        return settled
    made = gateway.create(OBJECT_TYPES[left[0].property], [wanted[row.id] for row in left])
    for row in left:
        key = str(row.id)
        if key in made.records:
            settled.append(_made(row, made.records[key]))
        elif key in made.refused:
            settled.append(Settled(row, End(row.id, "failed", cause=made.refused[key].cause, written=False)))
    return settled


def _read_contacts(gateway: Gateway, rows: Sequence[Row[Any]]) -> dict[str, Record]:
    """What the lines rely on, as the CRM shows it now."""
    names = sorted({name for row in rows for name in row.creates["relies_on"]})
    return {one.id: one for one in gateway.read(CONTACTS, [row.object_id for row in rows], names)}


def _stale(row: Row[Any], contact: Record | None) -> End | None:
    if contact is None:
        return End(row.id, "failed", cause=_GONE, written=False)
    for name, planned in row.creates["relies_on"].items():
        seen = contact.properties.get(name)
        if not same_value(seen, planned):
            return End(row.id, "conflict", seen=seen, cause=_STALE.format(name=name), written=False)
    return None


def _creation(row: Row[Any], now: datetime) -> Creation:
    moment = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values: Mapping[str, str] = {"hs_timestamp": moment, **row.creates["values"]}
    return Creation(str(row.id), OBJECT_TYPES[row.property], values, ((CONTACTS, row.object_id),), _mark(row))


def _mark(row: Row[Any]) -> str:
    """The same for every try, and no other line's, of this ledger or of another one on the same portal."""
    name = f"{row.id}:{row.created_at.isoformat()}:{row.object_id}:{row.rule}"
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _made(row: Row[Any], record: Record) -> Settled:
    return Settled(row, End(row.id, "applied", written=True, created_id=record.id), made=record)


def take_away(engine: Engine, gateway: Gateway, rows: Sequence[Row[Any]]) -> list[Settled]:
    """What each line undoes is archived, unless somebody has worked on it. Safe to repeat."""
    with writing(engine) as connection:
        made = {row.id: row for row in plan_lines.by_ids(connection, [row.undoes for row in rows])}
        plan_lines.move(connection, [row.id for row in rows], "writing", from_states=("approved", "writing"))
        known = editors(connection)
    removals = [
        Removal(str(row.id), OBJECT_TYPES[row.property], made[row.undoes].created_id, row.creates["values"])
        for row in rows
    ]
    results = {one.key: one for one in remove(gateway, removals)}
    return [_removed(row, results[str(row.id)], made[row.undoes].created_id, known) for row in rows]


def _removed(row: Row[Any], result: Removed, record_id: str, known: Editors) -> Settled:
    if result.outcome is Outcome.APPLIED:
        # What a crash left in writing may have been taken away by us before: then it counts as ours.
        end = End(row.id, "applied", written=result.written or row.state == "writing")
        return Settled(row, end, removed=record_id)
    how = known.changed(result.version) if result.version is not None else "It was changed"
    seen = result.version.value if result.version is not None else None
    cause = f"Somebody has worked on this {row.property} ({result.property}): {how}. It stays."
    return Settled(row, End(row.id, "conflict", seen=seen, cause=cause, written=False))
