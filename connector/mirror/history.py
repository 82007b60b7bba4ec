"""What a property once was: kept for good, also what the CRM itself forgets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from connector.mirror.statements import among, write_rows
from connector.mirror.tables import versions
from connector.records import Record, Version

_Key = tuple[str, str]


def store_history(connection: Connection, object_type: str, records: Sequence[Record]) -> list[str]:
    """Add the versions that are new; answers the records that had any. A second run adds nothing."""
    told = [one for one in records if one.history]
    if not told:
        return []
    stored = _stored(connection, object_type, [one.id for one in told])
    rows: list[dict[str, Any]] = []
    stale: list[dict[str, Any]] = []
    changed: dict[str, None] = {}
    for record in told:
        for name, found in record.history.items():
            known = stored.get((record.id, name), [])
            wanted = joined(known, found)
            same = _same_start(known, wanted)
            if same == len(known) == len(wanted):
                continue
            changed[record.id] = None
            if same < len(known):
                stale.append({"o": object_type, "i": record.id, "p": name, "n": same})
            rows += [
                _row(object_type, record.id, name, position, wanted[position]) for position in range(same, len(wanted))
            ]
    if stale:
        connection.execute(_FORGET, stale)
    write_rows(connection, _ADD, rows)
    return list(changed)


def joined(known: Sequence[Version], found: Sequence[Version]) -> list[Version]:
    """The CRM keeps only the newest versions (45 of a contact's property, 20 elsewhere): older ones come from us."""
    if not found:
        return list(known)
    return [*(one for one in known if one.at < found[0].at), *found]


def history_of(connection: Connection, object_type: str, object_id: str) -> dict[str, list[Version]]:
    """Per property, oldest first."""
    stored = _stored(connection, object_type, [object_id])
    return {name: found for (_, name), found in stored.items()}


_ADD = insert(versions)
_FORGET = delete(versions).where(
    versions.c.object_type == bindparam("o"),
    versions.c.object_id == bindparam("i"),
    versions.c.property == bindparam("p"),
    versions.c.position >= bindparam("n"),
)


_BY_IDS = (
    select(versions)
    .where(versions.c.object_type == bindparam("o"), among(versions.c.object_id))
    .order_by(versions.c.object_id, versions.c.property, versions.c.position)
)


def _same_start(known: Sequence[Version], wanted: Sequence[Version]) -> int:
    length = 0
    for one, other in zip(known, wanted, strict=False):
        if one != other:
            break
        length += 1
    return length


def _stored(connection: Connection, object_type: str, ids: Sequence[str]) -> Mapping[_Key, list[Version]]:
    rows = connection.execute(_BY_IDS, {"o": object_type, "ids": ids})
    found: defaultdict[_Key, list[Version]] = defaultdict(list)
    for _, object_id, name, _, value, at, source_type, source_id, user_id in rows.all():
        found[object_id, name].append(Version(value, at, source_type, source_id, user_id))
    return found


def _row(object_type: str, object_id: str, name: str, position: int, version: Version) -> dict[str, Any]:
    return {
        "object_type": object_type,
        "object_id": object_id,
        "property": name,
        "position": position,
        "value": version.value,
        "at": version.at,
        "source_type": version.source_type,
        "source_id": version.source_id,
        "user_id": version.user_id,
    }
