"""Which parts of a condition would have to be otherwise for the whole to hold: the smallest sets of them first."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from rules.conditions import All, AnyOf, Cited, Comparison, Condition, First, Not, Related
from rules.explain import Line, Shape, shown_parts
from rules.model import Queue, Rule

# More are not looked at: a condition of a hundred parts has more ways than anybody would read.
_MOST = 12

# Numbers of lines, and whether each must hold.
Way = frozenset[tuple[int, bool]]


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """One line of an explanation with what was seen, and the lines it is made of. `value` is as the database gives it."""

    number: int
    line: Line
    held: bool | None
    value: Any
    parts: tuple[Part, ...]


def parts_seen(shape: Shape, row: Row[*tuple[Any, ...]], tops: int) -> list[Part]:
    """The first `tops` parts of an explanation; what comes after them explains a score."""
    position = 0

    def read(depth: int) -> Iterator[Part]:
        nonlocal position
        while position < len(shape.lines) and shape.lines[position].depth == depth:
            number = position
            position += 1
            held, value = row[2 * number + 2], row[2 * number + 3]
            inner = tuple(read(depth + 1))
            yield Part(number, shape.lines[number], None if held is None else bool(held), value, inner)

    return list(read(0))[:tops]


def tops_of(rule: Rule | Queue) -> tuple[Condition, ...]:
    return rule.when.items if isinstance(rule.when, All) else (rule.when,)


def flattened(parts: Sequence[Part]) -> dict[int, Part]:
    return {one.number: one for part in parts for one in (part, *flattened(part.parts).values())}


def ways_to_hold(parts: Sequence[Part]) -> list[Way]:
    """Each a set of lines that, being otherwise, would make all of `parts` hold, if all other lines stay as they are."""
    return _every([_ways(part, True) for part in parts])


def _ways(part: Part, wanted: bool) -> list[Way]:
    """Nothing has to change where it is so already."""
    condition = part.line.condition
    if part.held is wanted:
        return [frozenset()]
    if isinstance(condition, All | AnyOf):
        found = [_ways(one, wanted) for one in part.parts]
        return _every(found) if isinstance(condition, All) is wanted else _shortest([w for some in found for w in some])
    if isinstance(condition, Not):
        return _ways(part.parts[0], not wanted)
    if isinstance(condition, Cited) or _of_one_record(part):
        return _ways(part.parts[0], wanted)
    return [frozenset(((part.number, wanted),))]


def _of_one_record(part: Part) -> bool:
    """It asks one record, and there is one to be asked."""
    asks_one = isinstance(part.line.condition, First | Related) and bool(part.parts)
    return asks_one and part.parts[0].held is not None


def _every(found: Sequence[Sequence[Way]]) -> list[Way]:
    whole: list[Way] = [frozenset()]
    for some in found:
        whole = _shortest([one | other for one in whole for other in some])
    return whole


def _shortest(ways: Sequence[Way]) -> list[Way]:
    return sorted(dict.fromkeys(ways), key=len)[:_MOST]


def taken_as_given(rule: Rule | Queue, given: Mapping[int, bool]) -> Condition:
    """The rule's condition in which the parts with these numbers hold, or do not, whatever the record is like."""
    numbers = iter(range(10**6))
    return All(tuple(_rebuilt(top, numbers, given) for top in tops_of(rule)))


def _rebuilt(condition: Condition, numbers: Iterator[int], given: Mapping[int, bool]) -> Condition:
    """Counts as the explanation does."""
    number = next(numbers)
    inner = tuple(
        part.condition if part.point is not None and next(numbers) else _rebuilt(part.condition, numbers, given)
        for part in shown_parts(condition)
    )
    if number in given:
        return All(()) if given[number] else AnyOf(())
    if isinstance(condition, Comparison) or not inner:
        return condition
    if isinstance(condition, All | AnyOf):
        return dataclasses.replace(condition, items=inner)
    if isinstance(condition, Not):
        return Not(inner[0])
    assert isinstance(condition, Cited | First | Related)
    return dataclasses.replace(condition, condition=inner[0])
