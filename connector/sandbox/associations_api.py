"""The v4 calls on links between records."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from connector.sandbox.association_types import LINK_TYPES, LinkType, default_link, link_types_between
from connector.sandbox.batch_api import batch_answer
from connector.sandbox.call import Answer, Call, Route, as_object, inner, objects, text, whole_number
from connector.sandbox.errors import Json, envelope, invalid, not_found
from connector.sandbox.linking import check_direction, link, unlink
from connector.sandbox.object_names import SINGULARS, TYPE_IDS, object_type

if TYPE_CHECKING:
    from connector.sandbox.account import Account
    from connector.sandbox.links import Record

_PAGE = 500
_MOST_READ = 1_000
_MOST_WRITTEN = 2_000


def batch_read(account: Account, call: Call) -> Answer:
    """An input without links is an error entry, and so turns the answer into a 207."""
    from_type, to_type = _pair(call)
    inputs = _inputs(call, _MOST_READ)
    results: list[Json] = []
    errors: list[Json] = []
    for from_id, after in {text(one, "id"): text(one, "after", "0") for one in inputs}.items():
        page, following = _page(account, (from_type, from_id), to_type, after, _PAGE)
        if not page:
            errors.append(_none_found(from_type, from_id, to_type))
            continue
        result: Json = {"from": {"id": from_id}, "to": page}
        if following:
            result["paging"] = {"next": {"after": following}}
        results.append(result)
    return batch_answer(account, 200, results, errors)


def batch_create(account: Account, call: Call) -> Answer:
    from_type, to_type = _pair(call)
    inputs = _inputs(call, _MOST_WRITTEN)
    wanted = [(_ends(one, from_type, to_type), _type_ids(objects(one, "types"), from_type, to_type)) for one in inputs]
    results: list[Json] = []
    errors: list[Json] = []
    for (one, other), type_ids in wanted:
        missing = _missing(account, one, other)
        if missing:
            errors.append(missing)
            continue
        for type_id in type_ids:
            link(account, one, other, type_id)
        results.append(_pair_json(one, other, type_ids))
    return batch_answer(account, 201, results, errors)


def batch_default(account: Account, call: Call) -> Answer:
    from_type, to_type = _pair(call)
    pairs = [_ends(one, from_type, to_type) for one in _inputs(call, _MOST_WRITTEN)]
    return _link_default(account, _default(from_type, to_type), pairs)


def batch_archive(account: Account, call: Call) -> Answer:
    from_type, to_type = _pair(call)
    for one in _inputs(call, _MOST_WRITTEN):
        for target in objects(one, "to"):
            unlink(account, (from_type, text(inner(one, "from"), "id")), (to_type, text(target, "id")))
    return Answer(204)


def labels(_: Account, call: Call) -> Answer:
    found = link_types_between(*_pair(call))
    results = [{"category": "HUBSPOT_DEFINED", "typeId": one.type_id, "label": one.label} for one in found]
    return Answer(200, {"results": results})


def read_one(account: Account, call: Call) -> Answer:
    record = (object_type(call.params["type"]), call.params["id"])
    if not account.is_live(*record):
        raise not_found()
    limit = call.whole_number("limit", _PAGE, _PAGE)
    page, following = _page(account, record, object_type(call.params["to"]), call.text("after", "0"), limit)
    payload: Json = {"results": page}
    if following:
        payload["paging"] = {"next": {"after": following, "link": f"{call.origin}{call.path}?after={following}"}}
    return Answer(200, payload)


def put_labelled(account: Account, call: Call) -> Answer:
    one, other = _path_ends(call)
    body = call.json()
    if not isinstance(body, list):
        raise invalid("Invalid input: expected an array of association types")
    specs = [as_object(spec) for spec in cast("list[object]", body)]
    type_ids = _type_ids(specs, one[0], other[0])
    _check_live(account, one, other)
    for type_id in type_ids:
        link(account, one, other, type_id)
    return Answer(201, _pair_json(one, other, type_ids))


def put_default(account: Account, call: Call) -> Answer:
    one, other = _path_ends(call)
    _check_live(account, one, other)
    return _link_default(account, _default(one[0], other[0]), [(one, other)])


def delete(account: Account, call: Call) -> Answer:
    unlink(account, *_path_ends(call))
    return Answer(204)


def _pair(call: Call) -> tuple[str, str]:
    return object_type(call.params["from"]), object_type(call.params["to"])


def _path_ends(call: Call) -> tuple[Record, Record]:
    one = (object_type(call.params["type"]), call.params["id"])
    return one, (object_type(call.params["to"]), call.params["to_id"])


def _ends(one: Json, from_type: str, to_type: str) -> tuple[Record, Record]:
    return (from_type, text(inner(one, "from"), "id")), (to_type, text(inner(one, "to"), "id"))


def _inputs(call: Call, most: int) -> list[Json]:
    inputs = objects(call.object(), "inputs")
    if len(inputs) > most:
        raise invalid(f"The maximum number of inputs supported in a batch request is {most}.")
    return inputs


def _type_ids(specs: list[Json], from_type: str, to_type: str) -> list[int]:
    type_ids = [whole_number(spec, "associationTypeId", 0, 1_000_000) for spec in specs]
    if not type_ids:
        raise invalid("At least one association type is required.")
    for type_id in type_ids:
        check_direction(from_type, to_type, type_id)
    return type_ids


def _page(account: Account, record: Record, to_type: str, after: str, limit: int) -> tuple[list[Json], str]:
    """Links to live records, by id, and the id to go on from; archived ends show no links."""
    if not account.is_live(*record):
        return [], ""
    linked = account.links.of(record, to_type)
    first = int(after) if after.isdigit() else 0
    ids = sorted(int(to_id) for to_id in linked if account.is_live(to_type, to_id) and int(to_id) >= first)
    page: list[Json] = [
        {"toObjectId": number, "associationTypes": _types_json(linked[str(number)])} for number in ids[:limit]
    ]
    return page, str(ids[limit]) if len(ids) > limit else ""


def _types_json(type_ids: set[int]) -> list[Json]:
    return [
        {"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": LINK_TYPES[type_id].label}
        for type_id in sorted(type_ids, reverse=True)
    ]


def _pair_json(one: Record, other: Record, type_ids: list[int]) -> Json:
    names = [LINK_TYPES[type_id].label for type_id in type_ids]
    return {
        "fromObjectTypeId": TYPE_IDS[one[0]],
        "fromObjectId": int(one[1]),
        "toObjectTypeId": TYPE_IDS[other[0]],
        "toObjectId": int(other[1]),
        "labels": [name for name in names if name],
    }


def _default(from_type: str, to_type: str) -> LinkType:
    found = default_link(from_type, to_type)
    if found is None:
        raise invalid(f"No default association exists between {from_type} and {to_type}.")
    return found


def _link_default(account: Account, kind: LinkType, pairs: list[tuple[Record, Record]]) -> Answer:
    results: list[Json] = []
    errors: list[Json] = []
    for one, other in pairs:
        missing = _missing(account, one, other)
        if missing:
            errors.append(missing)
            continue
        link(account, one, other, kind.type_id)
        for start, end, type_id in ((one, other, kind.type_id), (other, one, kind.inverse)):
            spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
            results.append({"from": {"id": start[1]}, "to": {"id": end[1]}, "associationSpec": spec})
    return batch_answer(account, 200, results, errors)


def _check_live(account: Account, *records: Record) -> None:
    if not all(account.is_live(*record) for record in records):
        raise not_found()


def _missing(account: Account, one: Record, other: Record) -> Json | None:
    gone = [record for record in (one, other) if not account.is_live(*record)]
    if not gone:
        return None
    message = f"The {SINGULARS[gone[0][0]]} with id {gone[0][1]} does not exist."
    return envelope(message, "OBJECT_NOT_FOUND", context={"ids": [record[1] for record in gone]})


def _none_found(from_type: str, from_id: str, to_type: str) -> Json:
    one, other = SINGULARS[from_type], SINGULARS[to_type]
    context = {"fromObjectId": [from_id], "fromObjectType": [one], "toObjectType": [other]}
    message = f"No {other} is associated with {one} {from_id}."
    sub_category = "crm.associations.NO_ASSOCIATIONS_FOUND"
    return envelope(message, "OBJECT_NOT_FOUND", subCategory=sub_category, context=context)


_BATCH = "/crm/v4/associations/{from}/{to}/batch"
_RECORD = "/crm/v4/objects/{type}/{id}/associations"
ROUTES = (
    Route("POST", f"{_BATCH}/read", "associations", batch_read),
    Route("POST", f"{_BATCH}/create", "association_write", batch_create),
    Route("POST", f"{_BATCH}/associate/default", "association_write", batch_default),
    Route("POST", f"{_BATCH}/archive", "association_write", batch_archive),
    Route("GET", "/crm/v4/associations/{from}/{to}/labels", "associations", labels),
    Route("PUT", f"{_RECORD}/default/{{to}}/{{to_id}}", "association_write", put_default),
    Route("GET", f"{_RECORD}/{{to}}", "associations", read_one),
    Route("PUT", f"{_RECORD}/{{to}}/{{to_id}}", "association_write", put_labelled),
    Route("DELETE", f"{_RECORD}/{{to}}/{{to_id}}", "association_write", delete),
)
