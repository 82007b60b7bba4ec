"""The v3 calls on lists (segments) and their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from connector.sandbox.call import HIGHEST_ID, Answer, Call, Route, checked_limit, text, texts
from connector.sandbox.errors import ApiError, Json, envelope, invalid
from connector.sandbox.moments import iso, to_ms
from connector.sandbox.object_names import TYPE_IDS, object_type
from connector.sandbox.state import StoredList

if TYPE_CHECKING:
    from datetime import datetime

    from connector.sandbox.account import Account

_PROCESSING_TYPES = ("MANUAL", "SNAPSHOT", "DYNAMIC")
_MOST_MEMBERS = 250


def create(account: Account, call: Call) -> Answer:
    body = call.object()
    name, kind = text(body, "name"), text(body, "processingType")
    if not name:
        raise invalid("A list needs a name.")
    if kind not in _PROCESSING_TYPES:
        raise invalid(f"{kind} was not one of the allowed processing types: {', '.join(_PROCESSING_TYPES)}")
    _check_free(account, name)
    type_id = TYPE_IDS[object_type(text(body, "objectTypeId"))]
    list_id = str(max((int(one) for one in account.portal.lists), default=0) + 1)
    account.portal.lists[list_id] = StoredList(name, type_id, kind, account.now())
    return Answer(200, {"list": _list_json(list_id, account.portal.lists[list_id], sized=True)})


def read(account: Account, call: Call) -> Answer:
    found = _found(account, call)
    return Answer(200, {"list": _list_json(call.params["list"], found, sized=True)})


def read_by_name(account: Account, call: Call) -> Answer:
    type_id = TYPE_IDS[object_type(call.params["type"])]
    for list_id, one in account.portal.lists.items():
        if one.name == call.params["name"] and one.object_type_id == type_id and not one.deleted:
            return Answer(200, {"list": _list_json(list_id, one, sized=True)})
    raise _unknown(call.params["name"])


def read_many(account: Account, call: Call) -> Answer:
    live = _live(account)
    wanted = [list_id for list_id in call.texts("listIds") if list_id in live]
    return Answer(200, {"lists": [_list_json(list_id, live[list_id], sized=True) for list_id in wanted]})


def search(account: Account, call: Call) -> Answer:
    body = call.object()
    offset = checked_limit(text(body, "offset"), "offset", 0, 1_000_000)
    count = checked_limit(text(body, "count"), "count", 20, 500)
    kinds, ids, query = texts(body, "processingTypes"), texts(body, "listIds"), text(body, "query").lower()
    found = [
        (list_id, one)
        for list_id, one in _live(account).items()
        if (not kinds or one.processing_type in kinds) and (not ids or list_id in ids) and query in one.name.lower()
    ]
    page = found[offset : offset + count]
    extra = texts(body, "additionalProperties")
    lists = [_list_json(*one) | {"additionalProperties": _additional(one[1], extra)} for one in page]
    end = offset + len(page)
    return Answer(200, {"offset": end, "hasMore": end < len(found), "lists": lists, "total": len(found)})


def rename(account: Account, call: Call) -> Answer:
    found = _found(account, call)
    name = call.text("listName")
    if name != found.name:
        _check_free(account, name)
        found.name = name
    return Answer(200, {"updatedList": _list_json(call.params["list"], found, sized=True)})


def delete(account: Account, call: Call) -> Answer:
    _found(account, call).deleted = True
    return Answer(204)


def restore(account: Account, call: Call) -> Answer:
    found = account.portal.lists.get(call.params["list"])
    if found is None:
        raise _unknown(call.params["list"])
    found.deleted = False
    return Answer(204)


def members(account: Account, call: Call) -> Answer:
    joined = sorted(_found(account, call).members.items(), key=lambda one: int(one[0]))
    after = call.whole_number("after", 0, HIGHEST_ID)
    rest = [one for one in joined if int(one[0]) >= after]
    limit = call.whole_number("limit", 100, _MOST_MEMBERS)
    following = rest[limit][0] if len(rest) > limit else ""
    return _members_answer(call, rest[:limit], len(joined), following)


def members_in_join_order(account: Account, call: Call) -> Answer:
    joined = sorted(_found(account, call).members.items(), key=lambda one: (one[1], int(one[0])))
    offset = call.whole_number("after", 0, HIGHEST_ID)
    limit = call.whole_number("limit", 100, _MOST_MEMBERS)
    following = str(offset + limit) if len(joined) > offset + limit else ""
    return _members_answer(call, joined[offset : offset + limit], len(joined), following)


def add(account: Account, call: Call) -> Answer:
    return _change_members(account, call, _ids(call), [])


def remove(account: Account, call: Call) -> Answer:
    return _change_members(account, call, [], _ids(call))


def add_and_remove(account: Account, call: Call) -> Answer:
    body = call.object()
    return _change_members(account, call, texts(body, "recordIdsToAdd"), texts(body, "recordIdsToRemove"))


def add_from(account: Account, call: Call) -> Answer:
    source = account.portal.lists.get(call.params["source"])
    if source is None or source.deleted:
        raise _unknown(call.params["source"])
    _change_members(account, call, list(source.members), [])
    return Answer(204)


def clear(account: Account, call: Call) -> Answer:
    _change_members(account, call, [], list(_found(account, call).members))
    return Answer(204)


def lists_of_record(account: Account, call: Call) -> Answer:
    type_id, record_id = TYPE_IDS[object_type(call.params["type"])], call.params["id"]
    results = [
        {
            "listId": list_id,
            "listVersion": 1,
            "firstAddedTimestamp": iso(one.members[record_id]),
            "lastAddedTimestamp": iso(one.members[record_id]),
        }
        for list_id, one in _live(account).items()
        if one.object_type_id == type_id and record_id in one.members
    ]
    return Answer(200, {"results": results, "total": len(results)})


def _change_members(account: Account, call: Call, to_add: list[str], to_remove: list[str]) -> Answer:
    """Members already there and ids not in the list are passed over; unknown records are reported missing."""
    found = _found(account, call)
    if found.processing_type == "DYNAMIC":
        message = f"List {call.params['list']} is DYNAMIC; memberships can be set on MANUAL and SNAPSHOT lists only."
        raise invalid(message, subCategory="ILS.INVALID_LIST_PROCESSING_TYPE")
    kind = object_type(found.object_type_id)
    now = account.now()
    added: list[str] = []
    missing: list[str] = []
    for record_id in dict.fromkeys(to_add):
        if not account.is_live(kind, record_id):
            missing.append(record_id)
        elif record_id not in found.members:
            found.members[record_id] = now
            added.append(record_id)
    removed = [one for one in dict.fromkeys(to_remove) if found.members.pop(one, None) is not None]
    missing += [one for one in dict.fromkeys(to_remove) if one not in removed and not account.is_live(kind, one)]
    # HubSpot spells the first key with an extra "s".
    return Answer(200, {"recordsIdsAdded": added, "recordIdsRemoved": removed, "recordIdsMissing": missing})


def _ids(call: Call) -> list[str]:
    body = call.json()
    if not isinstance(body, list):
        raise invalid("Invalid input: expected an array of record ids")
    return [str(one) for one in cast("list[object]", body)]


def _found(account: Account, call: Call) -> StoredList:
    found = account.portal.lists.get(call.params["list"])
    if found is None or found.deleted:
        raise _unknown(call.params["list"])
    return found


def _live(account: Account) -> dict[str, StoredList]:
    return {list_id: one for list_id, one in account.portal.lists.items() if not one.deleted}


def _check_free(account: Account, name: str) -> None:
    if any(one.name == name for one in account.portal.lists.values()):
        raise invalid(f"A list named '{name}' exists already.", subCategory="ILS.DUPLICATE_LIST_NAMES")


def _unknown(what: str) -> ApiError:
    message = f"List does not exist with ID or name {what}."
    return ApiError(404, envelope(message, "OBJECT_NOT_FOUND", subCategory="ILS.LIST_NOT_FOUND"))


def _list_json(list_id: str, one: StoredList, sized: bool = False) -> Json:
    made: Json = {
        "listId": list_id,
        "listVersion": 1,
        "name": one.name,
        "objectTypeId": one.object_type_id,
        "processingType": one.processing_type,
        "processingStatus": "COMPLETE",
        "createdAt": iso(one.created_at),
        "updatedAt": iso(one.created_at),
        "filtersUpdatedAt": iso(one.created_at),
    }
    return made | {"size": len(one.members)} if sized else made


def _additional(one: StoredList, wanted: list[str]) -> Json:
    values: Json = {"hs_list_size": str(len(one.members))}
    if one.members:
        values["hs_last_record_added_at"] = str(to_ms(max(one.members.values())))
    return {name: values.get(name) for name in wanted}


def _members_answer(call: Call, page: list[tuple[str, datetime]], total: int, following: str) -> Answer:
    results = [{"recordId": record_id, "membershipTimestamp": iso(joined_at)} for record_id, joined_at in page]
    payload: Json = {"results": results, "total": total}
    if following:
        payload["paging"] = {"next": {"after": following, "link": f"{call.origin}{call.path}?after={following}"}}
    return Answer(200, payload)


_LIST = "/crm/v3/lists/{list}"
_MEMBERS = f"{_LIST}/memberships"
ROUTES = (
    Route("POST", "/crm/v3/lists", "lists", create),
    Route("GET", "/crm/v3/lists", "lists", read_many),
    Route("POST", "/crm/v3/lists/search", "lists", search),
    Route("GET", _LIST, "lists", read),
    Route("DELETE", _LIST, "lists", delete),
    Route("PUT", f"{_LIST}/restore", "lists", restore),
    Route("PUT", f"{_LIST}/update-list-name", "lists", rename),
    Route("GET", "/crm/v3/lists/object-type-id/{type}/name/{name}", "lists", read_by_name),
    Route("GET", "/crm/v3/lists/records/{type}/{id}/memberships", "lists", lists_of_record),
    Route("GET", _MEMBERS, "memberships", members),
    Route("DELETE", _MEMBERS, "memberships", clear),
    Route("GET", f"{_MEMBERS}/join-order", "memberships", members_in_join_order),
    Route("PUT", f"{_MEMBERS}/add", "memberships", add),
    Route("PUT", f"{_MEMBERS}/remove", "memberships", remove),
    Route("PUT", f"{_MEMBERS}/add-and-remove", "memberships", add_and_remove),
    Route("PUT", f"{_MEMBERS}/add-from/{{source}}", "memberships", add_from),
)
