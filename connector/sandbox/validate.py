"""Whether a value may be written, by the definition of its property, and the form it is stored in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.sandbox.call import inner, objects, text
from connector.sandbox.moments import iso, parse_moment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.sandbox.account import Account
    from connector.sandbox.errors import Json

_LONGEST_TEXT = 65_536
_EMAIL = re.compile(r"^[^@\s,;:<>()\[\]\"]+@[^@\s.]+(\.[^@\s.]+)+$")
_REQUIRED = {
    "deals": ("dealname", "dealstage", "pipeline"),
    "meetings": ("hs_timestamp",),
    "calls": ("hs_timestamp",),
    "emails": ("hs_timestamp",),
    "notes": ("hs_timestamp",),
    "tasks": ("hs_timestamp",),
}


class _RefusedError(Exception):
    """A value that its property cannot take."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def checked(
    account: Account, kind: str, given: Mapping[str, object], present: Mapping[str, str]
) -> tuple[dict[str, str], list[Json]]:
    """Values in stored form, and the problems as {name, error, message}; `present` is the record as it stands."""
    values: dict[str, str] = {}
    problems: list[Json] = []
    for name, value in given.items():
        try:
            stored = _checked_value(account, kind, name, as_text(value), present)
        except _RefusedError as refused:
            problems.append({"name": name, "error": refused.code, "message": refused.message})
            continue
        if name == "lifecyclestage" and _moves_backward(account, kind, stored, present.get(name, "")):
            continue
        values[name] = stored
    return values, problems


def missing_required(kind: str, values: Mapping[str, str]) -> list[str]:
    """Names that a create of this type cannot do without."""
    if kind == "contacts":
        some = any(values.get(name) for name in ("email", "firstname", "lastname"))
        return [] if some else ["email", "firstname", "lastname"]
    return [name for name in _REQUIRED.get(kind, ()) if not values.get(name)]


def as_text(value: object) -> str:
    """Numbers and booleans are accepted on write; null clears like an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _checked_value(account: Account, kind: str, name: str, value: str, present: Mapping[str, str]) -> str:
    definition = account.definitions[kind].get(name)
    if definition is None or definition.get("archived"):
        raise _RefusedError("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if _is_read_only(definition):
        raise _RefusedError("READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
    if value == "":
        return ""
    match definition["type"]:
        case "enumeration":
            return _choice(account, name, definition, value, present.get(name, ""))
        case "string":
            return _text(account, kind, name, value)
        case other:
            return _PLAIN[str(other)](value)


def _is_read_only(definition: Json) -> bool:
    return inner(definition, "modificationMetadata").get("readOnlyValue") is True


def _number(value: str) -> str:
    try:
        float(value)
    except ValueError:
        raise _RefusedError("INVALID_LONG", f"{value} was not a valid long.") from None
    return value


def _choice(account: Account, name: str, definition: Json, value: str, present: str) -> str:
    if definition.get("referencedObjectType") == "OWNER":
        if not value.isdigit():
            raise _RefusedError("INVALID_LONG", f"{value} was not a valid long.")
        if value not in account.portal.owners:
            raise _RefusedError("INVALID_OWNER_ID", f"Owner {value} does not exist.")
        return value
    allowed = account.stage_ids() if name == "dealstage" else option_values(definition)
    if definition["fieldType"] != "checkbox":
        return _one_of(value, allowed)
    chosen = [_one_of(one, allowed) for one in value.split(";") if one]
    if value.startswith(";"):
        # A leading semicolon adds to what is set already.
        chosen = [one for one in present.split(";") if one] + chosen
    return ";".join(dict.fromkeys(chosen))


def option_values(definition: Json) -> list[str]:
    return [text(one, "value") for one in objects(definition, "options")]


def _one_of(value: str, allowed: list[str]) -> str:
    if value not in allowed:
        raise _RefusedError("INVALID_OPTION", f"{value} was not one of the allowed options: [{', '.join(allowed)}]")
    return value


def _datetime(value: str) -> str:
    moment = parse_moment(value)
    if moment is None:
        raise _RefusedError("INVALID_LONG", f"{value} was not a valid long.")
    return iso(moment)


def _date(value: str) -> str:
    moment = parse_moment(value)
    if moment is None:
        raise _RefusedError("INVALID_DATE", f"{value} was not a valid date.")
    instant = iso(moment)
    if not instant.endswith("T00:00:00Z"):
        raise _RefusedError("INVALID_DATE", f"{value} is at {instant}; a date must be midnight UTC.")
    return instant[:10]


def _text(account: Account, kind: str, name: str, value: str) -> str:
    if len(value) > _LONGEST_TEXT:
        message = f"{name} has {len(value)} characters; {_LONGEST_TEXT} are allowed."
        raise _RefusedError("PROPERTY_VALUE_TOO_LONG", message)
    if kind == "contacts" and name == "email":
        if not _EMAIL.match(value):
            raise _RefusedError("INVALID_EMAIL", f"Email address {value} is invalid")
        value = value.lower()
        if value in account.blocked_emails:
            raise _RefusedError("EMAIL_BLOCKED", f"Email address {value} belongs to a permanently deleted contact.")
    return value


def _bool(value: str) -> str:
    return _one_of(value, ["true", "false"])


_PLAIN = {"number": _number, "bool": _bool, "datetime": _datetime, "date": _date}


def _moves_backward(account: Account, kind: str, value: str, present: str) -> bool:
    """HubSpot takes such a write and leaves the stage as it was."""
    if not value or not present:
        return False
    order = option_values(account.definitions[kind]["lifecyclestage"])
    return value in order and present in order and order.index(value) < order.index(present)
