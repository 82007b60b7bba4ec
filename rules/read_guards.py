"""Reading `guards` in the vocabulary: what must be so of a contact before a person may take a step."""

from __future__ import annotations

from collections.abc import Iterator

from connector.records import CONTACTS
from rules import shapes
from rules.read_conditions import EVERYTHING, Subject, read_condition
from rules.read_values import read_option
from rules.read_vocabulary import BLANK
from rules.reading import Reading
from rules.step_guard import Guard
from rules.text import Text
from rules.yaml_nodes import Entry, MappingNode

_KEYS = ("from", "to", "with", "needs", "message")


def read_guards(section: Entry, reading: Reading) -> tuple[Guard, ...]:
    """`section` is the vocabulary."""
    entries = section.value.entries if isinstance(section.value, MappingNode) else ()
    named = next((entry for entry in entries if entry.key == "guards"), None)
    if named is None:
        return ()
    return tuple(_guard(entry, reading) for entry in shapes.entries(named, reading.mistakes))


def _guard(entry: Entry, reading: Reading) -> Guard:
    mistakes = reading.mistakes
    found = shapes.keys(entry, _KEYS, mistakes, required=("from", "to", "needs", "message"))
    values = [status.value for status in reading.vocabulary.statuses]
    steps = [
        (None if come_from == BLANK else come_from, to)
        for come_from in _statuses(found, "from", [BLANK, *values], reading)
        for to in _statuses(found, "to", values, reading)
    ]
    for step in steps:
        if step not in reading.vocabulary.steps:
            mistakes.add(entry.place, "guard_of_no_step", word=f"{step[0] or BLANK} → {step[1]}")
    subject = Subject(CONTACTS, reading.counted_by(entry.place.file, None))
    return Guard(
        entry.key,
        frozenset(steps),
        read_condition(subject, found["needs"].value, "needs") if "needs" in found else EVERYTHING,
        shapes.bilingual(found["message"], mistakes) if "message" in found else Text(entry.key, entry.key),
        dict(_answers(found["with"], reading)) if "with" in found else {},
    )


def _statuses(found: dict[str, Entry], key: str, values: list[str], reading: Reading) -> list[str]:
    nodes = shapes.texts(found[key], reading.mistakes) if key in found else ()
    for node in nodes:
        if node.text not in values:
            reading.mistakes.add(node.place, "unknown_status", near=values, word=node.text)
    return [node.text for node in nodes if node.text in values]


def _answers(entry: Entry, reading: Reading) -> Iterator[tuple[str, frozenset[str]]]:
    """Of the reasons that are asked for with the status."""
    for one in shapes.entries(entry, reading.mistakes):
        word = reading.word(one, CONTACTS)
        if word is not None and word.property is not None:
            nodes = shapes.texts(one, reading.mistakes)
            options = (read_option(word, one, node, reading) for node in nodes)
            yield word.property, frozenset(option for option in options if option is not None)
