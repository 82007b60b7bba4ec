"""Rules that feed one another: one writes what another reads, which writes what the first one reads."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from rules.model import Mode, Rule, family_of
from rules.read_properties import contact_properties
from rules.reading import Reading


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """`rule` writes `property`, which the next one reads."""

    rule: str
    property: str


def circle(rules: Sequence[Rule], reading: Reading) -> list[Step]:
    """One circle, or nothing. What both of two rules write is no step: `order` says which of them does."""
    writing = [rule for rule in rules if rule.mode is not Mode.OBSERVE]
    reads = {rule.id: contact_properties(rule.asked, reading) for rule in writing if rule.writes}
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
