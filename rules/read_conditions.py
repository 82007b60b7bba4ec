"""Reading `when`: a list means all, `all`, `any`, `not` nest, a key is a word or a relation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from connector.records import CONTACTS, Kind
from rules import shapes
from rules.conditions import (
    All,
    AnyOf,
    Condition,
    Count,
    First,
    Grouped,
    Not,
    Pick,
    Quantifier,
    Related,
    Relation,
    Sum,
)
from rules.read_comparisons import read_comparisons
from rules.reading import Reading
from rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode

EVERYTHING = All(())
_CONNECTIVES = ("all", "any", "not")
_QUANTIFIERS = {"any": Quantifier.ANY, "none": Quantifier.NONE, "all": Quantifier.ALL}
ASKED_OF_MANY = ("exists", "any", "none", "all", "count", "sum", "latest", "earliest", "per")


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """What kind of record a condition is about. Only a contact's condition may ask for related records."""

    object_type: str
    reading: Reading

    @property
    def relations(self) -> tuple[str, ...]:
        return tuple(self.reading.relations) if self.object_type == CONTACTS else ()


def read_condition(subject: Subject, node: Node, key: str) -> Condition:
    """`key` is what the condition stands under. Mistakes are reported, and what they stand in is left out."""
    if isinstance(node, ListNode | MappingNode) and _is_empty(node):
        subject.reading.mistakes.add(node.place, "empty_condition", word=key)
        return EVERYTHING
    if isinstance(node, ListNode):
        return _all([read_condition(subject, item, key) for item in node.items])
    if isinstance(node, MappingNode):
        return _all([_read_entry(subject, entry) for entry in node.entries])
    subject.reading.mistakes.add(node.place, "expected_mapping", word=key)
    return EVERYTHING


def _is_empty(node: Node) -> bool:
    return (isinstance(node, ListNode) and not node.items) or (isinstance(node, MappingNode) and not node.entries)


def _all(items: list[Condition]) -> Condition:
    return items[0] if len(items) == 1 else All(tuple(items))


def _read_entry(subject: Subject, entry: Entry) -> Condition:
    if entry.key in _CONNECTIVES:
        return _read_connective(subject, entry)
    relation = subject.reading.related(entry.key) if subject.relations else None
    if relation is not None:
        return _read_related(subject, relation, entry)
    also = (*_CONNECTIVES, *subject.relations)
    word = subject.reading.word_named(entry.key, entry, subject.object_type, also)
    if word is None:
        return EVERYTHING
    return _all([*read_comparisons(word, entry.value, subject.reading)])


def _read_connective(subject: Subject, entry: Entry) -> Condition:
    if entry.key == "not":
        return Not(read_condition(subject, entry.value, entry.key))
    if _is_empty(entry.value):
        subject.reading.mistakes.add(entry.value.place, "empty_condition", word=entry.key)
    if isinstance(entry.value, ListNode):
        items = [read_condition(subject, item, entry.key) for item in entry.value.items]
    else:
        items = [_read_entry(subject, one) for one in shapes.entries(entry, subject.reading.mistakes)]
    return All(tuple(items)) if entry.key == "all" else AnyOf(tuple(items))


def _read_related(subject: Subject, relation: Relation, entry: Entry) -> Condition:
    inside = shapes.entries(entry, subject.reading.mistakes)
    if _is_empty(entry.value):
        subject.reading.mistakes.add(entry.value.place, "empty_condition", word=entry.key)
    if relation.is_one:
        return _read_single(subject, relation, inside)
    if inside and all(one.key not in ASKED_OF_MANY for one in inside):
        subject.reading.mistakes.add_about(entry.value.place, "no_quantifier", relation.label)
        return EVERYTHING
    asked = shapes.keys(entry, ASKED_OF_MANY, subject.reading.mistakes) if inside else {}
    parts = [part for key, one in asked.items() if key != "per" and (part := _read_part(subject, relation, one))]
    if "per" not in asked:
        return _all([*parts])
    name = shapes.text(asked["per"], subject.reading.mistakes) or ""
    per = subject.reading.word_named(name, asked["per"], relation.object_type)
    return EVERYTHING if per is None else Grouped(relation, per, tuple(parts))


def _read_single(subject: Subject, relation: Relation, entries: Sequence[Entry]) -> Condition:
    """A relation of one record at most: its conditions stand right under its name."""
    found: list[Condition] = []
    inside: list[Entry] = []
    for entry in entries:
        if entry.key == "exists":
            part = _read_exists(subject, relation, entry)
            found += [part] if part else []
        else:
            inside.append(entry)
    if inside:
        related = Subject(relation.object_type, subject.reading)
        condition = _all([_read_entry(related, entry) for entry in inside])
        found.append(Related(relation, Quantifier.ANY, condition))
    return _all(found)


def _read_part(subject: Subject, relation: Relation, entry: Entry) -> Related | First | Count | Sum | None:
    related = Subject(relation.object_type, subject.reading)
    if entry.key == "exists":
        return _read_exists(subject, relation, entry)
    if entry.key == "count":
        return _read_count(related, relation, entry)
    if entry.key == "sum":
        return _read_sum(related, relation, entry)
    if entry.key in ("latest", "earliest"):
        return _read_first(related, relation, entry)
    # `none: {}` asks that there is no related record at all.
    condition = None if _is_empty(entry.value) else read_condition(related, entry.value, entry.key)
    return Related(relation, _QUANTIFIERS[entry.key], condition)


def _read_exists(subject: Subject, relation: Relation, entry: Entry) -> Related | None:
    wanted = shapes.flag(entry, subject.reading.mistakes)
    if wanted is None:
        return None
    return Related(relation, Quantifier.ANY if wanted else Quantifier.NONE)


def _read_count(related: Subject, relation: Relation, entry: Entry) -> Count | None:
    mistakes = related.reading.mistakes
    found = shapes.keys(entry, ("where", "at_least", "at_most"), mistakes)
    if "at_least" not in found and "at_most" not in found:
        mistakes.add(entry.place, "missing_key", word="at_least")
        return None
    where = found.get("where")
    return Count(
        relation,
        read_condition(related, where.value, "where") if where else None,
        shapes.whole_number(found["at_least"], mistakes) if "at_least" in found else None,
        shapes.whole_number(found["at_most"], mistakes) if "at_most" in found else None,
    )


def _read_sum(related: Subject, relation: Relation, entry: Entry) -> Sum | None:
    mistakes = related.reading.mistakes
    found = shapes.keys(entry, ("of", "where", "at_least", "at_most"), mistakes, required=("of",))
    if "at_least" not in found and "at_most" not in found:
        mistakes.add(entry.place, "missing_key", word="at_least")
    name = shapes.text(found["of"], mistakes) if "of" in found else None
    of = related.reading.word_named(name, found["of"], relation.object_type) if name is not None else None
    if of is not None and of.kind is not Kind.NUMBER:
        mistakes.add_about(found["of"].value.place, "no_number_to_add", of.label)
    bounds = {key: shapes.number(found[key].value) for key in ("at_least", "at_most") if key in found}
    for key in [key for key, bound in bounds.items() if bound is None]:
        mistakes.add(found[key].value.place, "expected_number", word=key)
    where = read_condition(related, found["where"].value, "where") if "where" in found else None
    return None if of is None else Sum(relation, of, where, bounds.get("at_least"), bounds.get("at_most"))


def _read_first(related: Subject, relation: Relation, entry: Entry) -> First | None:
    """`latest: {by: closed_at, state: lost}`: `by` orders, the rest must hold for the record that comes first."""
    mistakes = related.reading.mistakes
    inside = shapes.entries(entry, mistakes)
    by = next((one for one in inside if one.key == "by"), None)
    if by is None:
        mistakes.add(entry.place, "missing_key", word="by")
        return None
    pick = read_pick(related, Entry(entry.key, by.place, by.value))
    condition = _all([_read_entry(related, one) for one in inside if one.key != "by"])
    return None if pick is None else First(relation, pick, condition)


def read_pick(related: Subject, entry: Entry) -> Pick | None:
    """`latest: created_at` or `earliest: starts_at`."""
    if not isinstance(entry.value, ScalarNode) or not shapes.is_text(entry.value):
        related.reading.mistakes.add(entry.value.place, "expected_text", word=entry.key)
        return None
    named = Entry(entry.value.text, entry.value.place, entry.value)
    word = related.reading.word(named, related.object_type)
    return None if word is None else Pick(word, latest=entry.key == "latest")
