r"""What a person in the CRM does, through the same write functions as the API.

| Call | Body |
|---|---|
| records, create | `{"op":"create","object","properties":{…},"associations":[{"to_object","to_id","type_id"?}]}` |
| records, others | `{"op":"update","object","id","properties"}`, `{"op":"archive"\|"restore","object","id"}`, `{"op":"merge","object","id","merge_id","new_id"?}`; `new_id`: into a record of its own |
| erase | `{"id"}`: a contact, for good |
| pipelines | `{"stage","set":{"label":…}}` changes a deal stage; all deals are stamped with one time |
| records, links | `{"op":"associate"\|"dissociate","object","id","to_object","to_id","type_id"?,"quiet"?}`; `quiet`: counters change, the modified time does not |
| bulk | `{"count","object"?,"ids"?,"from_id"?,"property"?,"value"?,"same_millisecond"?}`: touches the live records with the smallest ids |
| owners | `{"id","archived"?,"teams"?:[name…],"email"?}` |
| properties | `{"object","name","set":{…}}` changes a definition as it stands, `{"object","name","delete":true}` drops it |

Each takes `user_id` (or `updatedByUserId`), the person's user. `"validate":false` on records plants values the API would refuse.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from connector.sandbox import linking, merges, validate, writes
from connector.sandbox.association_types import default_link
from connector.sandbox.call import inner, objects, text, texts, whole_number
from connector.sandbox.errors import ApiError, Json, envelope, invalid, property_errors
from connector.sandbox.moments import iso
from connector.sandbox.object_names import object_type
from connector.sandbox.property_shapes import definition
from connector.sandbox.state import StoredTeam

if TYPE_CHECKING:
    from connector.sandbox.account import Account
    from connector.sandbox.links import Record

_HIGHEST = 10**18


def write_record(account: Account, asked: Json) -> Json:
    kind, actor = object_type(text(asked, "object", "contacts")), _actor(asked)
    operation = text(asked, "op")
    if operation == "create":
        values = _values(account, kind, asked, {})
        record_id = writes.create(account, kind, values, actor)
        for one in objects(asked, "associations"):
            linking.link(account, (kind, record_id), *_target(account, kind, one))
        return {"id": record_id}
    record_id = _known(account, kind, text(asked, "id"))
    match operation:
        case "update":
            values = _values(account, kind, asked, account.records(kind)[record_id].properties)
            writes.update(account, kind, record_id, values, actor)
        case "archive":
            writes.archive(account, kind, record_id)
        case "restore":
            writes.restore(account, kind, record_id)
        case "merge":
            other_id = _known(account, kind, text(asked, "merge_id"))
            if asked.get("new_id"):
                record_id = merges.merge_into_new(account, kind, record_id, other_id)
            else:
                merges.merge(account, kind, record_id, other_id)
        case "associate":
            other, type_id = _target(account, kind, asked)
            linking.link(account, (kind, record_id), other, type_id, quiet=bool(asked.get("quiet")))
        case "dissociate":
            other = (object_type(text(asked, "to_object")), text(asked, "to_id"))
            linking.unlink(account, (kind, record_id), other, quiet=bool(asked.get("quiet")))
        case _:
            raise invalid(
                f"'{operation}' is no op; known are create, update, archive, restore, merge, associate, dissociate"
            )
    return {"id": record_id}


def touch_many(account: Account, asked: Json) -> Json:
    """Without a property only the modified time moves."""
    kind = object_type(text(asked, "object", "contacts"))
    ids = texts(asked, "ids") or _smallest(account, kind, asked)
    name, at = text(asked, "property"), account.now()
    for record_id in ids:
        _known(account, kind, record_id)
        if name:
            writes.update(account, kind, record_id, {name: validate.as_text(asked.get("value"))}, _actor(asked))
        writes.touch(account, kind, record_id, at if asked.get("same_millisecond", True) else None)
    return {"ids": ids, "count": len(ids), "at": iso(at)}


def erase(account: Account, asked: Json) -> Json:
    record_id = _known(account, "contacts", text(asked, "id"))
    merges.erase(account, record_id)
    return {"id": record_id}


def change_stage(account: Account, asked: Json) -> Json:
    found = account.stage_json(text(asked, "stage"))
    if found is None:
        raise _unknown("stage", text(asked, "stage"))
    found |= inner(asked, "set")
    return touch_many(account, {"object": "deals", "count": len(account.records("deals"))})


def change_owner(account: Account, asked: Json) -> Json:
    found = account.portal.owners.get(text(asked, "id"))
    if found is None:
        raise _unknown("owner", text(asked, "id"))
    found.archived = bool(asked.get("archived", found.archived))
    found.email = text(asked, "email", found.email)
    if "teams" in asked:
        known = {team.name: team.id for owner in account.portal.owners.values() for team in owner.teams}
        names = texts(asked, "teams")
        found.teams = [
            StoredTeam(known.get(name, str(9000 + place)), name, primary=place == 0) for place, name in enumerate(names)
        ]
    return {"id": found.id, "archived": found.archived}


def change_property(account: Account, asked: Json) -> Json:
    """Unlike the API this may change anything, so that a changing schema can be tried out."""
    kind, name = object_type(text(asked, "object", "contacts")), text(asked, "name")
    known = account.definitions[kind]
    if asked.get("delete"):
        if known.pop(name, None) is None:
            raise _unknown("property", name)
    else:
        known[name] = known.get(name, definition(name, name, "string", "text", "")) | inner(asked, "set")
    account.portal.definitions[kind] = list(known.values())
    return {"name": name, "defined": name in known}


def _values(account: Account, kind: str, asked: Json, present: dict[str, str]) -> dict[str, str]:
    given = inner(asked, "properties")
    if asked.get("validate") is False:
        return {name: validate.as_text(value) for name, value in given.items()}
    values, problems = validate.checked(account, kind, given, present)
    if problems:
        raise ApiError(400, property_errors(problems, account.portal.portal_id))
    return values


def _target(account: Account, kind: str, one: Json) -> tuple[Record, int]:
    to_type = object_type(text(one, "to_object"))
    default = default_link(kind, to_type)
    type_id = whole_number(one, "type_id", default.type_id if default else 0, 1_000_000)
    linking.check_direction(kind, to_type, type_id)
    return (to_type, _known(account, to_type, text(one, "to_id"))), type_id


def _smallest(account: Account, kind: str, asked: Json) -> list[str]:
    count = whole_number(asked, "count", 0, _HIGHEST)
    first = whole_number(asked, "from_id", 0, _HIGHEST)
    live = account.records(kind).listed(first, archived=False)
    return [str(number) for number, _ in itertools.islice(live, count)]


def _actor(asked: Json) -> writes.Actor:
    given = text(asked, "user_id") or text(asked, "updatedByUserId")
    if given and not given.isdigit():
        raise invalid(f"user_id must be a user's number, not '{given}'")
    return writes.person(int(given) if given else None)


def _known(account: Account, kind: str, record_id: str) -> str:
    if record_id not in account.records(kind):
        raise _unknown(kind, record_id)
    return record_id


def _unknown(what: str, record_id: str) -> ApiError:
    return ApiError(404, envelope(f"There is no {what} {record_id}."))
