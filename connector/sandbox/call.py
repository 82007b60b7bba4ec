"""What a handler gets and gives: one API call, and its answer."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

import orjson

from connector.sandbox.errors import Json, invalid, unreadable_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.sandbox.account import Account


HIGHEST_ID = 10**18


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes
    origin: str
    params: dict[str, str]

    def text(self, name: str, default: str = "") -> str:
        values = self.query.get(name)
        return values[-1] if values else default

    def texts(self, name: str) -> list[str]:
        """Repeated and comma-separated values alike."""
        return [one for value in self.query.get(name, []) for one in value.split(",") if one]

    def flag(self, name: str) -> bool:
        return self.text(name).lower() == "true"

    def whole_number(self, name: str, default: int, highest: int) -> int:
        return checked_limit(self.text(name), name, default, highest)

    def json(self) -> object:
        try:
            return cast("object", orjson.loads(self.body))
        except orjson.JSONDecodeError as error:
            raise unreadable_body(error.lineno, error.colno, error.msg) from None

    def object(self) -> Json:
        return as_object(self.json())


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """`payload` None means an empty body."""

    status: int
    payload: object = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict[str, str])


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """`kind` is the word under which the request log counts the call."""

    method: str
    template: str
    kind: str
    handler: Callable[[Account, Call], Answer]


def as_object(value: object) -> Json:
    if not isinstance(value, dict):
        raise invalid("Invalid input JSON on line 1, column 1: expected an object")
    return cast("Json", value)


def objects(body: Json, key: str) -> list[Json]:
    found = body.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise invalid(f"Invalid input: '{key}' must be an array of objects")
    return [as_object(one) for one in cast("list[object]", found)]


def inner(body: Json, key: str) -> Json:
    found = body.get(key)
    return cast("Json", found) if isinstance(found, dict) else {}


def texts(body: Json, key: str) -> list[str]:
    found = body.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise invalid(f"Invalid input: '{key}' must be an array")
    return [str(one) for one in cast("list[object]", found)]


def text(body: Json, key: str, default: str = "") -> str:
    found = body.get(key)
    return default if found is None else str(found)


def whole_number(body: Json, key: str, default: int, highest: int) -> int:
    return checked_limit(text(body, key), key, default, highest)


def checked_limit(given: str, name: str, default: int, highest: int) -> int:
    if not given:
        return default
    try:
        number = int(given)
    except ValueError:
        raise invalid(f"Invalid {name} parameter: '{given}' is not a number") from None
    if number < 0 or number > highest:
        raise invalid(f"Invalid {name} parameter: {number} is not between 0 and {highest}")
    return number
