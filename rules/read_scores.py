"""Reading `scores`: names for what points come to, which then stand in conditions like any number of the contact."""

from __future__ import annotations

from collections.abc import Sequence

from connector.records import CONTACTS, Kind
from rules import shapes
from rules.conditions import Points, Word
from rules.read_conditions import Subject
from rules.read_points import KEYS, read_points
from rules.reading import Reading
from rules.text import Text
from rules.yaml_nodes import Entry


def read_scores(sections: Sequence[Entry], reading: Reading) -> dict[str, Word]:
    """Every score by name. None is made of another one, so that there are no circles."""
    found: dict[str, Word] = {}
    for section in sections:
        for entry in shapes.entries(section, reading.mistakes):
            taken = entry.key in found or entry.key in reading.relations
            if taken or reading.dictionary.word(CONTACTS, entry.key) is not None:
                reading.mistakes.add(entry.place, "relation_is_word", word=entry.key)
            found[entry.key] = _score(entry, reading.counted_by(section.place.file, None))
    return found


def _score(entry: Entry, reading: Reading) -> Word:
    said = shapes.keys(entry, ("label", *KEYS), reading.mistakes, required=("points",))
    label = shapes.bilingual(said["label"], reading.mistakes) if "label" in said else Text(entry.key, entry.key)
    points = read_points(Subject(CONTACTS, reading), said) or Points(())
    return Word(CONTACTS, entry.key, Kind.NUMBER, label, points=points)
