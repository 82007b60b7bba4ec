"""Reading points: `points: [{add: 25, when: {…}}]` and the bounds that `between` keeps their sum in."""

from __future__ import annotations

from collections.abc import Mapping

from rules import shapes
from rules.conditions import Point, Points
from rules.read_conditions import Subject, read_condition
from rules.yaml_nodes import Entry, MappingNode, Node

KEYS = ("points", "between")
_ROW_KEYS = ("name", "add", "when")


def read_points(subject: Subject, found: Mapping[str, Entry]) -> Points | None:
    """`found` are the keys beside each other, of which those in KEYS are read; None where there are no points."""
    if "points" not in found:
        return None
    nodes = shapes.items(found["points"], subject.reading.mistakes)
    if not nodes:
        subject.reading.mistakes.add(found["points"].place, "no_points")
    items = [point for node in nodes if (point := _point(subject, node))]
    low, high = _bounds(subject, found["between"]) if "between" in found else (None, None)
    return Points(tuple(items), low, high)


def _point(subject: Subject, node: Node) -> Point | None:
    mistakes = subject.reading.mistakes
    if not isinstance(node, MappingNode):
        mistakes.add(node.place, "expected_mapping", word="points")
        return None
    found = shapes.known_keys(node, node.place, _ROW_KEYS, mistakes, required=("add", "when"))
    if not {"add", "when"} <= found.keys():
        return None
    add = shapes.signed_number(found["add"], mistakes)
    when = read_condition(subject, found["when"].value, "when")
    name = shapes.bilingual(found["name"], mistakes) if "name" in found else None
    return None if add is None else Point(add, when, name)


def _bounds(subject: Subject, entry: Entry) -> tuple[int | None, int | None]:
    mistakes = subject.reading.mistakes
    bounds = [
        shapes.signed_number(Entry(entry.key, node.place, node), mistakes) for node in shapes.items(entry, mistakes)
    ]
    if len(bounds) != 2:
        mistakes.add(entry.value.place, "expected_bounds", word=entry.key)
        return None, None
    low, high = bounds
    if low is not None and high is not None and low > high:
        mistakes.add(entry.value.place, "reversed_bounds", low=low, high=high)
    return low, high
