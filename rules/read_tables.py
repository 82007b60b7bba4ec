"""Rules that are tables: `first_match`, `every_match`, `allowed`. Each row becomes a condition of its own."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence

from rules import shapes
from rules.conditions import Cited, Condition, Not
from rules.implication import conjoined, exclude
from rules.mistakes import Place
from rules.read_conditions import EVERYTHING, Subject, read_condition
from rules.text import Text
from rules.yaml_nodes import Entry, ListNode, MappingNode

FIRST_MATCH, EVERY_MATCH, ALLOWED = "first_match", "every_match", "allowed"
TABLES = (FIRST_MATCH, EVERY_MATCH, ALLOWED)
LONGEST_NAME = 40
# What stands in a row beside its conditions. A property of such a name can be asked for under `all`.
_KEYS = ("name", "was", "then", "to", "otherwise")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """`condition` is the row's own; `found` the keys that are none; `entries` all of them."""

    name: str
    place: Place
    condition: Condition
    found: Mapping[str, Entry]
    entries: tuple[Entry, ...]

    @property
    def otherwise(self) -> bool:
        return "otherwise" in self.found


def read_rows(subject: Subject, table: Entry) -> tuple[Row, ...]:
    mistakes = subject.reading.mistakes
    nodes = shapes.items(table, mistakes)
    if isinstance(table.value, ListNode) and not nodes:
        mistakes.add(table.place, "empty_table", word=table.key)
    rows: dict[str, Row] = {}
    for number, node in enumerate(nodes, start=1):
        if not isinstance(node, MappingNode):
            mistakes.add(node.place, "expected_mapping", word=table.key)
            continue
        row = _row(subject, table.key, node, number)
        if row.name in rows:
            mistakes.add(row.place, "duplicate_row", word=row.name, line=rows[row.name].place.line)
        if row.otherwise and number != len(nodes):
            mistakes.add(row.place, "otherwise_last")
        rows.setdefault(row.name, row)
    return tuple(rows.values())


def _row(subject: Subject, shape: str, node: MappingNode, number: int) -> Row:
    mistakes = subject.reading.mistakes
    found = {entry.key: entry for entry in node.entries if entry.key in _KEYS}
    asked = MappingNode(node.place, tuple(entry for entry in node.entries if entry.key not in found))
    for key, entry in found.items():
        if (key == "otherwise" and shape != FIRST_MATCH) or (key in ("then", "to") and shape == ALLOWED):
            mistakes.add(entry.place, "not_here", word=key)
    name = _name(found["name"], subject) if "name" in found else None
    if "otherwise" not in found:
        condition = read_condition(subject, asked, shape)
    else:
        condition = EVERYTHING
        if shapes.flag(found["otherwise"], mistakes) is False:
            mistakes.add(found["otherwise"].value.place, "otherwise_is_true")
        if asked.entries:
            mistakes.add(asked.entries[0].place, "not_here", word=asked.entries[0].key)
    return Row(name or f"row-{number}", node.place, condition, found, node.entries)


def _name(entry: Entry, subject: Subject) -> str | None:
    name = shapes.text(entry, subject.reading.mistakes)
    if name is None or (_NAME.fullmatch(name) and len(name) <= LONGEST_NAME):
        return name
    subject.reading.mistakes.add(entry.value.place, "bad_row_name", word=name)
    return None


def row_id(rule_id: str, row: Row) -> str:
    return f"{rule_id}/{row.name}"


def row_title(title: Text, row: Row) -> Text:
    """How explanations name a row."""
    return Text(f"{title.ja}（{row.name}）", f"{title.en} ({row.name})")


def chosen(head: Condition, row: Row, before: Sequence[Row], rule: Cited) -> Condition:
    """When a table comes to this row: the head, the row itself, and none of the rows before it.

    A row that cannot hold beside this one need not be asked for.
    """
    possible = [one for one in before if not exclude(row.condition, one.condition)]
    return conjoined(head, row.condition, *(Not(cited(rule, one)) for one in possible))


def outside(head: Condition, rows: Sequence[Row], rule: Cited) -> Condition:
    """None of the rows of `allowed` is true."""
    return conjoined(head, *(Not(cited(rule, row)) for row in rows))


def cited(rule: Cited, row: Row) -> Cited:
    """One row alone, as explanations name it."""
    title = Text(f"{rule.title.ja}（{row.name}）", f"{rule.title.en} ({row.name})")
    return Cited(f"{rule.rule_id}/{row.name}", title, row.condition)
