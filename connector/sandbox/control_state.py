r"""What the stand-in holds, as the truth to compare a mirror with: in full, in part, or as checksums.

Links of archived records are left out, as on the API paths.
A digest's checksum is SHA-256 over one line per record in order of id, ended by a line feed: the JSON (no spaces, UTF-8,
keys sorted, no \u escapes) of `[id, archived, merged_into, {property: value}]` with the properties asked for, or all, that are set.
The checksum of the links is over the lines `[from_type,from_id,to_type,to_id,type_id]`, sorted by types, then ids as numbers, then type id.
"""

from __future__ import annotations

import hashlib
import itertools
from typing import TYPE_CHECKING

import orjson

from connector.sandbox.call import text
from connector.sandbox.directory_api import owner_json
from connector.sandbox.errors import Json, invalid
from connector.sandbox.moments import iso
from connector.sandbox.object_names import object_type
from connector.sandbox.record_json import history_entry
from connector.sandbox.state import OBJECT_TYPES

if TYPE_CHECKING:
    from connector.sandbox.account import Account
    from connector.sandbox.state import StoredObject


def state(account: Account, asked: Json) -> Json:
    """`?object=` gives one object type and its links, `from_id` and `limit` a part of it with `next_id` to go on."""
    kinds = _kinds(asked)
    made: Json = {"now": iso(account.now())}
    parts = {kind: _part(account, kind, asked) for kind in kinds}
    made["objects"] = {kind: {one: _record_json(record) for one, record in parts[kind].items()} for kind in kinds}
    whole = text(asked, "object") == ""
    made["associations"] = _rows(account, parts)
    if whole:
        made["owners"] = [owner_json(one) for one in account.portal.owners.values()]
        made["lists"] = {
            list_id: {
                "name": one.name,
                "members": sorted(one.members, key=int),
                "objectTypeId": one.object_type_id,
                "processingType": one.processing_type,
            }
            for list_id, one in account.portal.lists.items()
            if not one.deleted
        }
        made["pipelines"] = account.portal.pipelines
        made["properties"] = {kind: list(account.definitions[kind].values()) for kind in OBJECT_TYPES}
    else:
        last = [*parts[kinds[0]]][-1:]
        later = next(account.records(kinds[0]).from_id(int(last[0]) + 1), None) if last else None
        made["next_id"] = str(later[0]) if later else None
    return made


def digest(account: Account, asked: Json) -> Json:
    names = [one for one in text(asked, "properties").split(",") if one]
    made: Json = {kind: _object_digest(account, kind, names) for kind in _kinds(asked)}
    lists = {
        list_id: {"name": one.name, "count": len(one.members)}
        for list_id, one in account.portal.lists.items()
        if not one.deleted
    }
    return {
        "now": iso(account.now()),
        "objects": made,
        "associations": _links_digest(account),
        "lists": lists,
    }


def _kinds(asked: Json) -> tuple[str, ...]:
    asked_kind = text(asked, "object")
    return (object_type(asked_kind),) if asked_kind else OBJECT_TYPES


def _part(account: Account, kind: str, asked: Json) -> dict[str, StoredObject]:
    first, limit = text(asked, "from_id", "0"), text(asked, "limit", "0")
    if not (first.isdigit() and limit.isdigit()):
        raise invalid("from_id and limit must be whole numbers.")
    found = account.records(kind).from_id(int(first))
    return {str(number): record for number, record in itertools.islice(found, int(limit) or None)}


def _record_json(record: StoredObject) -> Json:
    return {
        "properties": record.properties,
        "history": {name: [history_entry(one) for one in entries] for name, entries in record.history.items()},
        "archived": record.archived,
        "archivedAt": iso(record.archived_at) if record.archived_at else None,
        "merged_into": record.merged_into,
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
    }


def _rows(account: Account, shown: dict[str, dict[str, StoredObject]]) -> list[list[object]]:
    """Links between live records, from the shown ones only, sorted."""
    rows = [
        row
        for kind, records in shown.items()
        for record_id, record in records.items()
        if not record.archived
        for row in account.links.rows_of((kind, record_id))
        if account.is_live(row[2], row[3])
    ]
    rows.sort(key=lambda row: (row[0], row[2], int(row[1]), int(row[3]), row[4]))
    return [list(row) for row in rows]


def _links_digest(account: Account) -> Json:
    sha, count = hashlib.sha256(), 0
    gone = {kind: account.records(kind).gone() for kind in OBJECT_TYPES}
    for kind in sorted(OBJECT_TYPES):
        for row in account.links.rows_from(kind):
            if row[1] not in gone[kind] and row[3] not in gone[row[2]]:
                sha.update(orjson.dumps(row) + b"\n")
                count += 1
    return {"count": count, "checksum": sha.hexdigest()}


def _object_digest(account: Account, kind: str, names: list[str]) -> Json:
    sha = hashlib.sha256()
    archived = merged = 0
    for number, record in account.records(kind).from_id(0):
        archived += record.archived and record.merged_into is None
        merged += record.merged_into is not None
        properties = record.properties
        chosen = {name: properties[name] for name in names if properties.get(name)} if names else properties
        line = [str(number), record.archived, record.merged_into, chosen]
        sha.update(orjson.dumps(line, option=orjson.OPT_SORT_KEYS) + b"\n")
    count = len(account.records(kind))
    live = count - archived - merged
    return {"count": count, "live": live, "archived": archived, "merged": merged, "checksum": sha.hexdigest()}
