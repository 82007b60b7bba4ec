"""Whether a stored value matches one filter of a search: the operators, by the type of the property."""

from __future__ import annotations

import functools
import math
import re
from typing import TYPE_CHECKING, TypeVar

from connector.sandbox.call import text, texts
from connector.sandbox.errors import Json, invalid
from connector.sandbox.moments import epoch_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    Test = Callable[[str], bool]

Key = TypeVar("Key", float, str)

_SETS = ("IN", "NOT_IN")
_PRESENCE = ("HAS_PROPERTY", "NOT_HAS_PROPERTY")
_TOKENS = ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
_COMPARISONS = ("EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN")
_WORD = re.compile(r"[\w@.+-]+")


def value_test(definition: Json, one: Json) -> Test:
    """A test of the stored text, "" for unset. Of the negative operators only NOT_HAS_PROPERTY finds unset values."""
    operator, name = text(one, "operator"), str(definition["name"])
    if operator not in (*_SETS, *_PRESENCE, *_TOKENS, *_COMPARISONS):
        raise invalid(f"Invalid input: '{operator}' is not a filter operator")
    if operator in _PRESENCE:
        return bool if operator == "HAS_PROPERTY" else _is_unset
    if operator in _SETS:
        values = texts(one, "values")
        if not values:
            raise invalid(f"Invalid input: {operator} on {name} needs 'values'")
        return _set_test(definition, values, negated=operator == "NOT_IN")
    value = text(one, "value")
    if not value:
        raise invalid(f"Invalid input: {operator} on {name} needs 'value'")
    if operator in _TOKENS:
        return _token_test(value, negated=operator == "NOT_CONTAINS_TOKEN")
    high = text(one, "highValue", value)
    if operator == "BETWEEN" and "highValue" not in one:
        raise invalid(f"Invalid input: BETWEEN on {name} needs 'highValue'")
    if definition["type"] == "enumeration" and operator in ("EQ", "NEQ"):
        return _set_test(definition, [value], negated=operator == "NEQ")
    key = number_key(definition)
    if key is not None:
        return _comparison(operator, key, _operand(definition, value), _operand(definition, high))
    return _comparison(operator, str.lower, value.lower(), high.lower())


def number_key(definition: Json) -> Callable[[str], float] | None:
    """How stored texts of this property compare as numbers; None when they compare as texts."""
    return {"number": _as_number, "datetime": as_ms, "date": as_ms}.get(str(definition["type"]))


def _comparison(operator: str, key: Callable[[str], Key], low: Key, high: Key) -> Test:
    tests: dict[str, Test] = {
        "EQ": lambda stored: bool(stored) and key(stored) == low,
        "NEQ": lambda stored: bool(stored) and key(stored) != low,
        "LT": lambda stored: bool(stored) and key(stored) < low,
        "LTE": lambda stored: bool(stored) and key(stored) <= low,
        "GT": lambda stored: bool(stored) and key(stored) > low,
        "GTE": lambda stored: bool(stored) and key(stored) >= low,
        "BETWEEN": lambda stored: bool(stored) and low <= key(stored) <= high,
    }
    return tests[operator]


def _set_test(definition: Json, values: list[str], negated: bool) -> Test:
    if definition["type"] == "enumeration":
        # Case-sensitive, and a multi-select matches by any of its values or as a whole.
        chosen = set(values)
        return lambda stored: bool(stored) and (stored in chosen or not chosen.isdisjoint(stored.split(";"))) != negated
    key = number_key(definition)
    if key is not None:
        numbers = {_operand(definition, value) for value in values}
        return lambda stored: bool(stored) and (key(stored) in numbers) != negated
    # HubSpot lower-cases the stored side only, so that a value with a capital never matches.
    plain = set(values)
    return lambda stored: bool(stored) and (stored.lower() in plain) != negated


def _token_test(value: str, negated: bool) -> Test:
    pattern = re.compile("".join(".*" if one == "*" else re.escape(one) for one in value.lower()))

    def test(stored: str) -> bool:
        lowered = stored.lower()
        found = any(pattern.fullmatch(word) for word in (lowered, *_WORD.findall(lowered)))
        return bool(stored) and found != negated

    return test


def _operand(definition: Json, value: str) -> float:
    kind = definition["type"]
    if kind == "datetime" and not value.lstrip("-").isdigit():
        raise invalid(f"Invalid input: {definition['name']} compares with epoch milliseconds, not with '{value}'")
    number = _as_number(value) if kind == "number" else as_ms(value)
    if math.isnan(number):
        raise invalid(f"Invalid input: '{value}' is no value for {definition['name']}")
    return number


def _as_number(stored: str) -> float:
    try:
        return float(stored)
    except ValueError:
        return math.nan


@functools.lru_cache(maxsize=1 << 18)
def as_ms(stored: str) -> float:
    """Remembered, since every search compares the same stored texts again."""
    found = epoch_ms(stored)
    return math.nan if found is None else float(found)


def _is_unset(stored: str) -> bool:
    return not stored
