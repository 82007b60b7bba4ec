"""How one property definition looks as HubSpot's JSON: short builders for the tables of definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Definition = dict[str, object]

_CREATED_AT = "2025-09-01T00:00:00Z"


def options(pairs: Iterable[tuple[str, str]]) -> list[Definition]:
    """`pairs` are (internal value, label), in display order."""
    return [
        {"label": label, "value": value, "displayOrder": order, "hidden": False, "description": ""}
        for order, (value, label) in enumerate(pairs)
    ]


def definition(name: str, label: str, kind: str, field_type: str, group: str) -> Definition:
    """A HubSpot-defined, writable, visible property without options; the wrappers below change what differs."""
    return {
        "name": name,
        "label": label,
        "type": kind,
        "fieldType": field_type,
        "groupName": group,
        "description": "",
        "options": [],
        "displayOrder": -1,
        "calculated": False,
        "externalOptions": False,
        "hasUniqueValue": False,
        "hidden": False,
        "hubspotDefined": True,
        "formField": True,
        "archived": False,
        "modificationMetadata": {
            "archivable": False,
            "readOnlyDefinition": True,
            "readOnlyOptions": False,
            "readOnlyValue": False,
        },
        "createdAt": _CREATED_AT,
        "updatedAt": _CREATED_AT,
    }


def text(name: str, label: str, group: str, field_type: str = "text") -> Definition:
    return definition(name, label, "string", field_type, group)


def number(name: str, label: str, group: str) -> Definition:
    return definition(name, label, "number", "number", group)


def moment(name: str, label: str, group: str) -> Definition:
    """HubSpot gives `datetime` properties the field type `date`."""
    return definition(name, label, "datetime", "date", group)


def day(name: str, label: str, group: str) -> Definition:
    return definition(name, label, "date", "date", group)


def flag(name: str, label: str, group: str) -> Definition:
    made = definition(name, label, "bool", "booleancheckbox", group)
    return made | {"options": options([("true", "True"), ("false", "False")])}


def choice(
    name: str, label: str, group: str, pairs: Iterable[tuple[str, str]], field_type: str = "select"
) -> Definition:
    """`checkbox` as the field type makes it a multi-select, stored as `A;B`."""
    return definition(name, label, "enumeration", field_type, group) | {"options": options(pairs)}


def owner(name: str, label: str, group: str) -> Definition:
    made = definition(name, label, "enumeration", "select", group)
    return made | {"externalOptions": True, "referencedObjectType": "OWNER"}


def unique(made: Definition) -> Definition:
    return made | {"hasUniqueValue": True}


def hidden(made: Definition) -> Definition:
    return made | {"hidden": True}


def read_only(made: Definition) -> Definition:
    """Set by HubSpot: an API write is refused with READ_ONLY_VALUE."""
    return made | {
        "calculated": made["type"] == "number",
        "formField": False,
        "modificationMetadata": {
            "archivable": False,
            "readOnlyDefinition": True,
            "readOnlyOptions": True,
            "readOnlyValue": True,
        },
    }


def custom(made: Definition) -> Definition:
    """Made by the account's admins."""
    return made | {
        "hubspotDefined": False,
        "modificationMetadata": {
            "archivable": True,
            "readOnlyDefinition": False,
            "readOnlyOptions": False,
            "readOnlyValue": False,
        },
    }
