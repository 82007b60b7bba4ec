"""The calls on single records: list, read, create, update, archive, merge, GDPR delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox import merges, validate, writes
from connector.sandbox.association_types import LINK_TYPES
from connector.sandbox.call import Answer, Call, Route, inner, objects, text, whole_number
from connector.sandbox.errors import ApiError, Json, conflict, envelope, invalid, not_found, odd_id, property_errors
from connector.sandbox.linking import check_direction, link
from connector.sandbox.object_names import object_type
from connector.sandbox.record_json import render, render_written, shape

if TYPE_CHECKING:
    from connector.sandbox.account import Account
    from connector.sandbox.links import Record
    from connector.sandbox.record_json import Shape
    from connector.sandbox.state import StoredObject

API_USER = writes.integration("1357924")
_MERGEABLE = ("contacts", "companies", "deals")


def list_page(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    form = _asked_shape(account, kind, call)
    limit = call.whole_number("limit", 10, 50 if form.histories else 100)
    if limit < 1:
        raise invalid("Invalid limit parameter: it must be at least 1")
    after = call.text("after", "0")
    if not after.isdigit():
        raise invalid(f"Invalid after parameter: '{after}'")
    archived = call.flag("archived")
    results: list[Json] = []
    next_id = ""
    for number, record in account.records(kind).listed(int(after), archived=archived):
        if len(results) == limit:
            next_id = str(number)
            break
        results.append(render(account, kind, str(number), record, form))
    return Answer(200, {"results": results} | _paging(call, next_id))


def read(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    record_id, record = _found(account, kind, call, archived=call.flag("archived"))
    return Answer(200, render(account, kind, record_id, record, _asked_shape(account, kind, call)))


def create(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    body = call.object()
    values = values_to_create(account, kind, inner(body, "properties"))
    wanted = checked_links(account, kind, body)
    record_id = create_linked(account, kind, values, wanted)
    record = account.records(kind)[record_id]
    answer = render_written(account, kind, record_id, record, record.properties)
    return Answer(201, answer, {"Location": f"{call.origin}{call.path}/{record_id}"})


def update(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    record_id, _ = _found(account, kind, call, archived=False)
    values = values_to_update(account, kind, record_id, inner(call.object(), "properties"))
    changed = writes.update(account, kind, record_id, values, API_USER)
    record = account.records(kind)[record_id]
    return Answer(200, render_written(account, kind, record_id, record, [*values, *changed]))


def archive(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    record_id = call.params["id"]
    if not record_id.isdigit():
        raise odd_id()
    if account.is_live(kind, record_id):
        writes.archive(account, kind, record_id)
    return Answer(204)


def merge(account: Account, call: Call) -> Answer:
    kind = object_type(call.params["type"])
    if kind not in _MERGEABLE:
        raise invalid(f"Objects of type {kind} cannot be merged.")
    body = call.object()
    winner, loser = text(body, "primaryObjectId"), text(body, "objectIdToMerge")
    if winner == loser:
        raise invalid(f"Cannot merge object {winner} with itself.")
    for record_id in (winner, loser):
        if not account.is_live(kind, record_id):
            raise not_found()
    merges.merge(account, kind, winner, loser)
    return Answer(200, render(account, kind, winner, account.records(kind)[winner], shape(account, kind, ())))


def gdpr_delete(account: Account, call: Call) -> Answer:
    body = call.object()
    given = text(body, "objectId")
    if text(body, "idProperty") == "email":
        given = account.unique["contacts", "email"].of(given.lower()) or ""
    record_id = account.survivor_id("contacts", given)
    if record_id not in account.records("contacts"):
        raise not_found()
    merges.erase(account, record_id)
    return Answer(204)


def values_to_create(account: Account, kind: str, given: Json) -> dict[str, str]:
    """Stored forms of the values of a new record; raises what HubSpot would answer."""
    values, problems = validate.checked(account, kind, given, {})
    if problems:
        raise ApiError(400, property_errors(problems, account.portal.portal_id))
    missing = validate.missing_required(kind, values)
    if missing:
        message = f"Error creating {kind.upper()}. Some required properties were not set."
        raise invalid(message, context={"properties": missing})
    check_unique(account, kind, values, "")
    return values


def values_to_update(account: Account, kind: str, record_id: str, given: Json) -> dict[str, str]:
    present = account.records(kind)[record_id].properties
    values, problems = validate.checked(account, kind, given, present)
    if problems:
        raise ApiError(400, property_errors(problems, account.portal.portal_id))
    check_unique(account, kind, values, record_id)
    return values


def check_unique(account: Account, kind: str, values: dict[str, str], own_id: str) -> None:
    for name, value in values.items():
        holders = account.unique.get((kind, name))
        holder = None if holders is None else holders.of(value)
        if holder is None or holder == own_id:
            continue
        if name == "email":
            raise conflict(holder)
        problem: Json = {"name": name, "error": "CONFLICTING_UNIQUE_VALUE", "message": f"{value} is held by {holder}"}
        raise ApiError(400, property_errors([problem], account.portal.portal_id))


def checked_links(account: Account, kind: str, body: Json) -> list[tuple[Record, int]]:
    """The links asked for at create, as (other record, type id from the new record's side)."""
    wanted: list[tuple[Record, int]] = []
    unknown: list[str] = []
    for one in objects(body, "associations"):
        to_id = text(inner(one, "to"), "id")
        for spec in objects(one, "types"):
            type_id = whole_number(spec, "associationTypeId", 0, 1_000_000)
            found = LINK_TYPES.get(type_id)
            to_type = found.to_type if found else kind
            check_direction(kind, to_type, type_id)
            if account.is_live(to_type, to_id):
                wanted.append(((to_type, to_id), type_id))
            else:
                unknown.append(f"{to_type}={to_id}")
    if unknown:
        raise ApiError(
            400,
            envelope(
                "One or more associations are invalid", "VALIDATION_ERROR", context={"INVALID_OBJECT_IDS": unknown}
            ),
        )
    return wanted


def create_linked(account: Account, kind: str, values: dict[str, str], wanted: list[tuple[Record, int]]) -> str:
    record_id = writes.create(account, kind, values, API_USER)
    for other, type_id in wanted:
        link(account, (kind, record_id), other, type_id)
    return record_id


def _found(account: Account, kind: str, call: Call, archived: bool) -> tuple[str, StoredObject]:
    given = call.params["id"]
    id_property = call.text("idProperty")
    if id_property and id_property != "hs_object_id":
        holders = account.unique.get((kind, id_property))
        if holders is None:
            raise invalid(f"Unable to perform read by non-unique property {id_property}")
        given = holders.of(given.lower() if id_property == "email" else given) or "0"
    elif not given.isdigit():
        raise odd_id()
    record_id = account.survivor_id(kind, given)
    record = account.records(kind).get(record_id)
    if record is None or record.archived != archived:
        raise not_found()
    return record_id, record


def _asked_shape(account: Account, kind: str, call: Call) -> Shape:
    linked = [object_type(one) for one in call.texts("associations")]
    return shape(account, kind, call.texts("properties"), call.texts("propertiesWithHistory"), linked)


def _paging(call: Call, after: str) -> Json:
    if not after:
        return {}
    return {"paging": {"next": {"after": after, "link": f"{call.origin}{call.path}?after={after}"}}}


_ONE = "/crm/v3/objects/{type}/{id}"
ROUTES = (
    Route("GET", "/crm/v3/objects/{type}", "list", list_page),
    Route("POST", "/crm/v3/objects/{type}", "create", create),
    Route("POST", "/crm/v3/objects/{type}/merge", "merge", merge),
    Route("POST", "/crm/v3/objects/contacts/gdpr-delete", "gdpr_delete", gdpr_delete),
    Route("GET", _ONE, "read", read),
    Route("PATCH", _ONE, "update", update),
    Route("DELETE", _ONE, "archive", archive),
)
