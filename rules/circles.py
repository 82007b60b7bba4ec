"""Rules that feed one another: one writes what another reads, which writes what the first one reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from connector.records import CONTACTS
from rules.conditions import Comparison, Condition, Count, First, Grouped, Related, Word, walk
from rules.model import Mode, Rule, family_of
from rules.reading import Reading


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """`rule` writes `property`, which the next one reads."""

    rule: str
    property: str


def circle(rules: Sequence[Rule], reading: Reading) -> list[Step]:
    """One circle, or nothing. What both of two rules write is no step: `order` says which of them does."""
    writing = [rule for rule in rules if rule.mode is not Mode.OBSERVE]
    reads = {rule.id: _reads(rule, reading) for rule in writing if rule.writes}
    steps = {
        rule.id: {
            other.id: name
            for other in writing
            for name in rule.writes
            if family_of(other.id) != family_of(rule.id)
            and name in reads.get(other.id, ())
            and name not in other.writes
        }
        for rule in writing
    }
    done: set[str] = set()
    for rule in writing:
        if path := _back_to_itself(rule.id, steps, done, ()):
            return [Step(one, steps[one][following]) for one, following in zip(path, (*path[1:], path[0]), strict=True)]
    return []


def _back_to_itself(
    rule: str, steps: Mapping[str, Mapping[str, str]], done: set[str], path: tuple[str, ...]
) -> tuple[str, ...]:
    if rule in path:
        return path[path.index(rule) :]
    if rule in done:
        return ()
    for following in steps[rule]:
        if found := _back_to_itself(following, steps, done, (*path, rule)):
            return found
    done.add(rule)
    return ()


def _reads(rule: Rule, reading: Reading) -> set[str]:
    """The contact's CRM properties that decide what it does."""
    words = {word for condition in rule.asked for part in walk(condition) for word in _words(part)}
    return {name for word in words for kind, name in reading.dictionary.reads(word) if kind == CONTACTS}


def _words(part: Condition) -> Iterator[Word]:
    if isinstance(part, Comparison):
        yield part.word
        if isinstance(part.operand, Word):
            yield part.operand
        for point in part.word.points.items if part.word.points else ():
            for inner in walk(point.when):
                yield from _words(inner)
    if isinstance(part, Related | First | Count | Grouped):
        for inner in walk(part.relation.where):
            yield from _words(inner)
