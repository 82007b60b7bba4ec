"""What can be told about two conditions without any record: whether one follows from the other, or rules it out.

"No" means "not surely": nothing here is guessed, and what is about related records is compared as it stands.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

from connector.records import Kind
from rules.conditions import All, AnyOf, Comparison, Condition, Not, Operator, Span

# A number at or above, and whether the bound itself counts.
_LOWER = {Operator.AT_LEAST: True, Operator.MORE_THAN: False}
_UPPER = {Operator.AT_MOST: True, Operator.LESS_THAN: False}
_COMPLEMENT: Mapping[Operator, Operator] = {
    Operator.IS: Operator.IS_NOT,
    Operator.IS_NOT: Operator.IS,
    Operator.HAS_ANY: Operator.HAS_NONE,
    Operator.HAS_NONE: Operator.HAS_ANY,
    Operator.KNOWN: Operator.UNKNOWN,
    Operator.UNKNOWN: Operator.KNOWN,
    Operator.AT_LEAST: Operator.LESS_THAN,
    Operator.LESS_THAN: Operator.AT_LEAST,
    Operator.AT_MOST: Operator.MORE_THAN,
    Operator.MORE_THAN: Operator.AT_MOST,
}
_OF_A_SET = {Operator.IS, Operator.HAS_ANY, Operator.HAS_ROLE}
_OUTSIDE_A_SET = {Operator.IS_NOT, Operator.HAS_NONE, Operator.HAS_NOT_ROLE}
_NEEDS_A_VALUE = {Operator.IS, Operator.HAS_ANY, *_LOWER, *_UPPER}
# Their values are compared letter by letter; texts may be equal in other ways.
_EXACT = {Kind.CHOICE, Kind.OWNER}


def conjoined(*conditions: Condition) -> Condition:
    """All of them, in one flat list."""
    items = tuple(item for one in conditions for item in (one.items if isinstance(one, All) else (one,)))
    return items[0] if len(items) == 1 else All(items)


def implies(first: Condition, second: Condition) -> bool:
    """Whether the second surely holds for every record for which the first does."""
    if first == second:
        return True
    if isinstance(second, All):
        return all(implies(first, item) for item in second.items)
    if isinstance(first, AnyOf):
        return bool(first.items) and all(implies(item, second) for item in first.items)
    return _implies_part(first, second)


def _implies_part(first: Condition, second: Condition) -> bool:
    if isinstance(second, AnyOf) and any(implies(first, item) for item in second.items):
        return True
    if isinstance(first, All):
        return any(implies(item, second) for item in first.items)
    if isinstance(first, Not) and isinstance(second, Not):
        return implies(second.item, first.item)
    return isinstance(first, Comparison) and isinstance(second, Comparison) and _follows(first, second)


def exclude(first: Condition, second: Condition) -> bool:
    """Whether surely no record fulfils both."""
    if isinstance(second, AnyOf):
        return bool(second.items) and all(exclude(first, item) for item in second.items)
    if isinstance(second, All):
        return any(exclude(first, item) for item in second.items)
    if isinstance(second, Not):
        return implies(first, second.item)
    if isinstance(first, Not):
        return implies(second, first.item)
    opposite = _complement(second) if isinstance(second, Comparison) else None
    return opposite is not None and implies(first, opposite)


def _complement(one: Comparison) -> Comparison | None:
    operator = _COMPLEMENT.get(one.operator)
    if operator is None or one.or_missing:
        return None
    # The opposite of a positive comparison also holds for a missing value.
    return dataclasses.replace(one, operator=operator, or_missing=one.operator in _NEEDS_A_VALUE)


def _follows(first: Comparison, second: Comparison) -> bool:
    if first.word != second.word:
        return False
    if _holds_for_missing(first) and not _holds_for_missing(second):
        return False
    if second.operator is Operator.KNOWN:
        return first.operator in _NEEDS_A_VALUE
    if first.operator is Operator.UNKNOWN:
        return _holds_for_missing(second)
    return _same_side(first, second) or _of_values(first, second) or _of_bounds(first, second)


def _holds_for_missing(one: Comparison) -> bool:
    return one.or_missing or one.operator in {*_OUTSIDE_A_SET, Operator.UNKNOWN}


def _same_side(first: Comparison, second: Comparison) -> bool:
    """Equal but for `or_missing`, or a longer time of the same unit."""
    if (first.operator, first.operand) == (second.operator, second.operand):
        return True
    if first.operator is not Operator.OLDER_THAN or second.operator is not Operator.OLDER_THAN:
        return False
    one, other = first.operand, second.operand
    if not isinstance(one, Span) or not isinstance(other, Span):
        return False
    return (one.unit, one.calendar) == (other.unit, other.calendar) and one.count >= other.count


def _of_values(first: Comparison, second: Comparison) -> bool:
    one, other = first.operand, second.operand
    if not isinstance(one, tuple) or not isinstance(other, tuple):
        return False
    if first.operator is second.operator:
        narrower, wider = (one, other) if first.operator in _OF_A_SET else (other, one)
        return first.operator in {*_OF_A_SET, *_OUTSIDE_A_SET} and set(narrower) <= set(wider)
    single = first.operator is Operator.IS and second.operator is Operator.IS_NOT and first.word.kind in _EXACT
    return single and not set(one) & set(other)


def _of_bounds(first: Comparison, second: Comparison) -> bool:
    for bounds, sign in ((_LOWER, 1), (_UPPER, -1)):
        if first.operator in bounds and second.operator in bounds:
            one, other = sign * _number(first), sign * _number(second)
            return one > other or (one == other and bounds[second.operator] >= bounds[first.operator])
    return False


def _number(one: Comparison) -> float:
    return float(one.operand) if isinstance(one.operand, int | float) else math.nan
