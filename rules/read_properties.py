"""Which properties of the CRM stand behind a condition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from connector.records import CONTACTS
from rules.conditions import Comparison, Condition, OfRecords, Word, walk
from rules.reading import Reading


def contact_properties(conditions: Iterable[Condition], reading: Reading) -> set[str]:
    """The contact's CRM properties that decide whether they hold."""
    words = {word for condition in conditions for part in walk(condition) for word in _words(part)}
    return {name for word in words for kind, name in reading.dictionary.reads(word) if kind == CONTACTS}


def _words(part: Condition) -> Iterator[Word]:
    if isinstance(part, Comparison):
        yield part.word
        if isinstance(part.operand, Word):
            yield part.operand
        for point in part.word.points.items if part.word.points else ():
            for inner in walk(point.when):
                yield from _words(inner)
    if isinstance(part, OfRecords):
        for inner in walk(part.relation.where):
            yield from _words(inner)
