"""Reading `order`: which of several rules writes a property. Only one may, or the files say which one comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from connector.records import CONTACTS
from rules import shapes
from rules.drafts import Family
from rules.model import Rule, family_of
from rules.read_writes import writable
from rules.reading import Reading
from rules.yaml_nodes import Entry

# By CRM property: the rules that write it, the first that holds before the others.
Order = Mapping[str, tuple[str, ...]]


def read_order(section: Entry | None, rules: Sequence[Rule], families: Mapping[str, Family], reading: Reading) -> Order:
    writers = _writers(rules)
    order: dict[str, tuple[str, ...]] = {}
    found = shapes.keys(section, ("contact",), reading.mistakes) if section is not None else {}
    for entry in shapes.entries(found["contact"], reading.mistakes) if "contact" in found else ():
        word = writable(entry, reading)
        if word is not None and word.property is not None:
            order[word.property] = _listed(entry, writers.get(word.property, ()), families, reading)
    for name, ids in writers.items():
        listed = [one for one in order.get(name, ()) if one in families]
        for one in ids if len(ids) > 1 else ():
            if one not in listed:
                _report(name, one, next(other for other in (*listed, *ids) if other != one), families, reading)
                break
    return order


def _writers(rules: Sequence[Rule]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for rule in rules:
        for name in rule.writes:
            found.setdefault(name, {})[family_of(rule.id)] = None
    return {name: tuple(ids) for name, ids in found.items()}


def _listed(entry: Entry, writers: Sequence[str], families: Mapping[str, Family], reading: Reading) -> tuple[str, ...]:
    nodes = shapes.texts(entry, reading.mistakes)
    for node in nodes:
        if node.text not in families:
            reading.mistakes.add(node.place, "unknown_rule", near=families, word=node.text)
        elif node.text not in writers:
            reading.mistakes.add(node.place, "writes_not", near=writers, word=node.text, property=entry.key)
    return tuple(dict.fromkeys(node.text for node in nodes))


def _report(name: str, one: str, other: str, families: Mapping[str, Family], reading: Reading) -> None:
    at, place = families[other].entry.place, families[one].entry.place
    if (at.file, at.line) > (place.file, place.line):
        one, other, at, place = other, one, place, at
    words = reading.dictionary.fields.properties[CONTACTS]
    word = next((word for word, behind in words.items() if behind == name), name)
    reading.mistakes.add(place, "two_writers", word=word, one=one, other=other, file=at.file, line=at.line)
