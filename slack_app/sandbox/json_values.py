"""How a value that came from outside as JSON is looked at without guessing its type."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

Json: TypeAlias = dict[str, Any]


def as_object(value: object) -> Json | None:
    return cast("Json", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    return cast("list[Any]", value) if isinstance(value, list) else None


def object_or_empty(value: object) -> Json:
    return as_object(value) or {}


def objects(value: object) -> list[Json]:
    """The objects in a list; whatever else stands in it is left out."""
    return [item for item in map(as_object, as_list(value) or []) if item is not None]


def as_text(value: object) -> str:
    """The value if it is a string, a number written as Slack would write it, else the empty string."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    return str(value) if isinstance(value, (int, float)) else ""
