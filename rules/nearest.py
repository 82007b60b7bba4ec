"""What would make a rule hold for a contact that it does not hold for: the nearest thing, to be tried before it is said."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from connector.records import CONTACTS, Kind
from rules.compare import POSITIVE_OF
from rules.conditions import Comparison, Condition, First, Not, Operator, Quantifier, Related, Word, walk
from rules.describe import Wording
from rules.explain import Shape
from rules.model import Queue, Rule
from rules.scope import Ground
from rules.text import Text
from rules.turning_points import turns_at
from rules.values import is_derived
from rules.ways import Part, Way, flattened, parts_seen, taken_as_given, tops_of, ways_to_hold
from rules.witnesses import witnesses

_MOST_VALUES = 8
_NEGATIVE_OF = {positive: negative for negative, positive in POSITIVE_OF.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """A property of the contact, and a value with which the rule would hold; None is no value."""

    word: Word
    value: str | None

    @property
    def property(self) -> str:
        assert self.word.property is not None, "what is derived is not changed"
        return self.word.property


@dataclasses.dataclass(frozen=True, slots=True)
class Nearest:
    """All of `changes` and `conditions` together, from the moment `at` on; with `at` None at once.

    `conditions` are about related records, or about what follows from a history: no value of the contact makes them so.
    `texts` say both. `when` is the rule's condition with these conditions taken as given.
    """

    changes: tuple[Change, ...]
    conditions: tuple[Text, ...]
    texts: tuple[Text, ...]
    at: datetime | None
    when: Condition

    @property
    def values(self) -> dict[str, str | None]:
        return {change.property: change.value for change in self.changes}

    def text(self, ground: Ground) -> Text:
        day = _day(self.at, ground)
        what = Text("、かつ ".join(one.ja for one in self.texts), "; ".join(one.en for one in self.texts))
        if not self.texts:
            return Text(
                f"何も変わらなければ、{day.ja}から当たります", f"it will match from {day.en} if nothing changes"
            )
        if self.at is None:
            return Text(f"次のようであれば当たります: {what.ja}", f"it would match if: {what.en}")
        return Text(
            f"次のようであれば、{day.ja}から当たります: {what.ja}", f"it would match from {day.en} if: {what.en}"
        )


def nearest_ways(
    rule: Rule | Queue, shape: Shape, row: Row[*tuple[Any, ...]], present: Mapping[str, str | None]
) -> Iterator[Nearest]:
    """What may make it hold, the smallest number of changes first, waiting before changing; each is to be tried.

    `row` is the rule's explanation, `present` the contact's properties.
    """
    parts = parts_seen(shape, row, len(tops_of(rule)))
    seen, maker = flattened(parts), _Maker(rule, shape.ground, present)
    whole = [one for way in ways_to_hold(parts) for one in maker.sorts(way, seen)]
    for sorted_way in sorted(whole, key=lambda one: one.cost):
        yield from maker.made(sorted_way)


@dataclasses.dataclass(frozen=True, slots=True)
class _Sorted:
    """One way: what time does, what other values do, and what neither does."""

    by_time: tuple[datetime, ...]
    by_value: tuple[tuple[Part, bool], ...]
    as_given: tuple[tuple[Part, bool], ...]

    @property
    def cost(self) -> tuple[int, int]:
        """Waiting is one thing, however many limits are waited for."""
        changed = len(self.by_value) + len(self.as_given)
        return changed + bool(self.by_time), changed


@dataclasses.dataclass(frozen=True, slots=True)
class _Maker:
    rule: Rule | Queue
    ground: Ground
    present: Mapping[str, str | None]

    def sorts(self, way: Way, seen: Mapping[int, Part]) -> list[_Sorted]:
        """With waiting where that helps; and without."""
        parts = [(seen[number], wanted) for number, wanted in sorted(way)]
        turns = [turns_at(self.ground, part.line.condition, part.value, wanted=wanted) for part, wanted in parts]
        waiting = self._sorted(parts, turns)
        return [waiting, self._sorted(parts, [None] * len(parts))] if waiting.by_time else [waiting]

    def _sorted(self, parts: Sequence[tuple[Part, bool]], turns: Sequence[datetime | None]) -> _Sorted:
        left = [one for one, at in zip(parts, turns, strict=True) if at is None]
        by_value = tuple(one for one in left if _is_of_a_value(one[0]))
        as_given = tuple(one for one in left if not _is_of_a_value(one[0]))
        return _Sorted(tuple(at for at in turns if at is not None), by_value, as_given)

    def made(self, way: _Sorted) -> Iterator[Nearest]:
        at = max(way.by_time, default=None)
        conditions = tuple(self._condition(part, wanted=wanted) for part, wanted in way.as_given)
        when = taken_as_given(self.rule, {part.number: wanted for part, wanted in way.as_given})
        words = {_comparison(part).word: None for part, _ in way.by_value}
        pools = [self._values(word, way) for word in words]
        for chosen in itertools.islice(itertools.product(*pools), _MOST_VALUES):
            changes = tuple(itertools.starmap(Change, zip(words, chosen, strict=True)))
            said = tuple(self._said(change, way) for change in changes)
            yield Nearest(changes, conditions, (*said, *conditions), at, when)

    def _values(self, word: Word, way: _Sorted) -> list[str | None]:
        """Those that the changed parts ask for; then those that the other parts about the word ask for."""
        present = self.present.get(word.property or "")
        changed = [(_comparison(part), wanted) for part, wanted in way.by_value]
        others = [(one, True) for one in self._about(word)]
        pool = [
            value
            for comparison, wanted in (*changed, *others)
            if comparison.word == word
            for value in witnesses(self.ground, comparison, present, wanted=wanted)
        ]
        return [*dict.fromkeys(value for value in pool if (value or None) != (present or None))]

    def _about(self, word: Word) -> list[Comparison]:
        parts = [one for one in walk(self.rule.when) if isinstance(one, Comparison)]
        return [*dict.fromkeys(one for one in parts if word in (one.word, one.operand))]

    def _said(self, change: Change, way: _Sorted) -> Text:
        """What is asked of the value; where more than one thing is asked of it, a value that answers them all."""
        asked = [(part, wanted) for part, wanted in way.by_value if _comparison(part).word == change.word]
        if len(asked) == len(self._about(change.word)) == 1:
            return self._condition(asked[0][0], wanted=asked[0][1])
        if change.value is None:
            return Wording(self.ground).inline(Comparison(change.word, Operator.UNKNOWN))
        several = change.word.kind is Kind.MULTI
        items = tuple(change.value.split(";")) if several else (change.value,)
        operator = Operator.HAS_EXACTLY if several else Operator.IS
        return Wording(self.ground).inline(Comparison(change.word, operator, items))

    def _condition(self, part: Part, *, wanted: bool) -> Text:
        condition = part.line.condition if wanted else _otherwise(part.line.condition)
        if part.line.within is not None:
            relation, pick = part.line.within
            asked = Related(relation, Quantifier.ANY, condition) if pick is None else First(relation, pick, condition)
            return Wording(self.ground).inline(asked)
        return Wording(self.ground).inline(condition)


def _comparison(part: Part) -> Comparison:
    assert isinstance(part.line.condition, Comparison)
    return part.line.condition


def _is_of_a_value(part: Part) -> bool:
    """Asked of a property of the contact, as it stands there, and of nothing else."""
    asked = part.line.condition
    if not isinstance(asked, Comparison) or isinstance(asked.operand, Word) or part.line.add is not None:
        return False
    plain = asked.word.object_type == CONTACTS and asked.word.property is not None and not is_derived(asked.word)
    return plain and asked.operator not in (Operator.UNCHANGED_FOR, Operator.CHANGED_WITHIN)


def _otherwise(condition: Condition) -> Condition:
    if isinstance(condition, Comparison) and not condition.or_missing:
        operator = POSITIVE_OF.get(condition.operator) or _NEGATIVE_OF.get(condition.operator)
        return dataclasses.replace(condition, operator=operator) if operator else Not(condition)
    other = {Quantifier.ANY: Quantifier.NONE, Quantifier.NONE: Quantifier.ANY}
    if isinstance(condition, Related) and condition.quantifier in other:
        return dataclasses.replace(condition, quantifier=other[condition.quantifier])
    return Not(condition)


_WEEKDAYS = Text("月火水木金土日", "Mon Tue Wed Thu Fri Sat Sun")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


def _day(at: datetime | None, ground: Ground) -> Text:
    """In the firm's time zone, with the year where it is another one."""
    if at is None:
        return Text("", "")
    zone = ground.world.calendar.zone
    local, this_year = at.astimezone(zone), ground.world.now.astimezone(zone).year
    clock, weekday = f"{local:%H:%M}", local.weekday()
    in_ja, in_en = (f"{local.year}年", f" {local.year}") if local.year != this_year else ("", "")
    return Text(
        f"{in_ja}{local.month}月{local.day}日（{_WEEKDAYS.ja[weekday]}）{clock}",
        f"{_WEEKDAYS.en.split()[weekday]} {local.day} {_MONTHS.split()[local.month - 1]}{in_en} {clock}",
    )
