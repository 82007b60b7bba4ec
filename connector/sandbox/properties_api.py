"""The calls on property definitions: list, read, create, update, archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.sandbox.call import Answer, Call, Route, as_object, objects, text
from connector.sandbox.errors import ApiError, Json, envelope, invalid, not_found
from connector.sandbox.holders import Holders
from connector.sandbox.moments import iso
from connector.sandbox.object_names import object_type
from connector.sandbox.property_shapes import custom, definition, options

if TYPE_CHECKING:
    from connector.sandbox.account import Account

_FIELD_TYPES = {
    "bool": ("booleancheckbox",),
    "enumeration": ("select", "radio", "checkbox", "booleancheckbox"),
    "date": ("date",),
    "datetime": ("date",),
    "string": ("text", "textarea", "html", "phonenumber", "file"),
    "number": ("number",),
}
_MOST_UNIQUE = 10
_EDITABLE = ("label", "description", "groupName", "displayOrder", "hidden", "formField", "fieldType", "type")


def list_all(account: Account, call: Call) -> Answer:
    kind, archived = object_type(call.params["type"]), call.flag("archived")
    found = [one for one in account.definitions[kind].values() if bool(one.get("archived")) == archived]
    return Answer(200, {"results": found})


def read(account: Account, call: Call) -> Answer:
    return Answer(200, _found(account, call, archived=call.flag("archived")))


def batch_read(account: Account, call: Call) -> Answer:
    kind, body = object_type(call.params["type"]), call.object()
    known = account.definitions[kind]
    names = [text(one, "name") for one in objects(body, "inputs")]
    results = [known[name] for name in names if name in known]
    now = iso(account.now())
    return Answer(200, {"status": "COMPLETE", "results": results, "startedAt": now, "completedAt": now})


def create(account: Account, call: Call) -> Answer:
    kind, body = object_type(call.params["type"]), call.object()
    name = text(body, "name")
    for key in ("name", "label", "groupName", "type", "fieldType"):
        if not text(body, key):
            raise invalid(f"A property needs {key}.")
    if name != name.lower() or not name.replace("_", "a").isalnum():
        raise invalid(f"The property name '{name}' must be lower-case letters, digits and underscores.")
    if name in account.definitions[kind]:
        raise ApiError(409, envelope(f"A property named '{name}' already exists.", "CONFLICT"))
    if text(body, "fieldType") not in _FIELD_TYPES.get(text(body, "type"), ()):
        raise invalid(f"fieldType {text(body, 'fieldType')} does not go with type {text(body, 'type')}.")
    made = custom(
        definition(name, text(body, "label"), text(body, "type"), text(body, "fieldType"), text(body, "groupName"))
    )
    now = iso(account.now())
    made |= {"options": _options(body), "createdAt": now, "updatedAt": now, "description": text(body, "description")}
    if body.get("hasUniqueValue") is True:
        _make_unique(account, kind, made)
    account.definitions[kind][name] = made
    _publish(account, kind)
    return Answer(201, made)


def update(account: Account, call: Call) -> Answer:
    kind, found, body = object_type(call.params["type"]), _found(account, call, archived=False), call.object()
    if "hasUniqueValue" in body and body["hasUniqueValue"] != found["hasUniqueValue"]:
        raise invalid("Uniqueness can only be set when a property is created.")
    found |= {key: body[key] for key in _EDITABLE if key in body}
    if "options" in body:
        metadata = as_object(found["modificationMetadata"])
        if metadata.get("readOnlyOptions"):
            raise invalid(f"The options of {found['name']} cannot be changed.")
        found["options"] = _options(body)
    found["updatedAt"] = iso(account.now())
    _publish(account, kind)
    return Answer(200, found)


def archive(account: Account, call: Call) -> Answer:
    kind, found = object_type(call.params["type"]), _found(account, call, archived=False)
    if found.get("hubspotDefined"):
        raise invalid(f"{found['name']} is defined by HubSpot and cannot be archived.")
    found |= {"archived": True, "archivedAt": iso(account.now())}
    _publish(account, kind)
    return Answer(204)


def _found(account: Account, call: Call, archived: bool) -> Json:
    found = account.definitions[object_type(call.params["type"])].get(call.params["name"])
    if found is None or bool(found.get("archived")) != archived:
        raise not_found(f"{call.params['name']} does not exist.")
    return found


def _options(body: Json) -> list[Json]:
    given = objects(body, "options")
    made = options([(text(one, "value"), text(one, "label")) for one in given])
    values = [text(one, "value") for one in given]
    if len(set(values)) < len(values):
        raise invalid("Two options of a property cannot have the same value.")
    return [
        new | {key: one[key] for key in ("hidden", "displayOrder", "description") if key in one}
        for new, one in zip(made, given, strict=True)
    ]


def _make_unique(account: Account, kind: str, made: Json) -> None:
    name = str(made["name"])
    if sum(1 for unique_kind, _ in account.unique if unique_kind == kind) >= _MOST_UNIQUE:
        raise invalid(f"{kind} already have {_MOST_UNIQUE} unique properties.")
    made["hasUniqueValue"] = True
    account.unique[kind, name] = Holders(kind, name, {}, account.file)


def _publish(account: Account, kind: str) -> None:
    account.portal.definitions[kind] = list(account.definitions[kind].values())


_ALL = "/crm/v3/properties/{type}"
ROUTES = (
    Route("GET", _ALL, "properties", list_all),
    Route("POST", _ALL, "properties", create),
    Route("POST", f"{_ALL}/batch/read", "properties", batch_read),
    Route("GET", f"{_ALL}/{{name}}", "properties", read),
    Route("PATCH", f"{_ALL}/{{name}}", "properties", update),
    Route("DELETE", f"{_ALL}/{{name}}", "properties", archive),
)
