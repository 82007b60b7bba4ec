"""What is wrong with rules that can be read: rows that never match, rules in each other's way, nobody to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rules.circles import circle
from rules.conditions import All, Comparison, Condition, Operator
from rules.drafts import Draft, Family
from rules.implication import conjoined, exclude, implies
from rules.mistakes import Mistakes
from rules.model import Mode, People, ReceiverKind, Rule, family_of
from rules.read_order import Order
from rules.read_tables import EVERY_MATCH, FIRST_MATCH, Row
from rules.reading import Reading

_SHOWN = 12


def lint(families: Mapping[str, Family], rules: Sequence[Rule], order: Order, reading: Reading) -> None:
    drafts = {draft.id: draft for family in families.values() for draft in family.drafts}
    for family in families.values():
        _rows(family, reading.mistakes)
        if family.table is not None and family.table.key == EVERY_MATCH:
            _rows_that_write(family, [rule for rule in rules if family_of(rule.id) == family.entry.key], reading)
    _same_conditions(rules, drafts, reading.mistakes)
    _shadowed(rules, order, drafts, reading.mistakes)
    for rule in rules:
        draft = drafts[rule.id]
        if rule.mode is Mode.AUTO and rule.owner is None:
            reading.mistakes.warn(draft.found["mode"].place, "auto_without_owner")
        if reading.people is not None and rule.remind is not None and not _somebody(rule, reading.people):
            reading.mistakes.warn(draft.place, "nobody_to_tell", word=rule.id)
    if path := circle(rules, reading):
        place = drafts[path[0].rule].place
        said = " → ".join(f"{step.rule} ({step.property})" for step in path)
        reading.mistakes.add(place, "write_circle", path=f"{said} → {path[0].rule}")


def _rows(family: Family, mistakes: Mistakes) -> None:
    """Rows that no record can come to, and values that no row is for."""
    in_order = family.table is not None and family.table.key == FIRST_MATCH
    for number, row in enumerate(family.rows):
        if exclude(family.head, row.condition):
            mistakes.add(row.place, "row_against_when", word=row.name)
            continue
        condition = conjoined(family.head, row.condition)
        earlier = [one for one in family.rows[:number] if in_order and not one.otherwise]
        before = next((one for one in earlier if implies(condition, one.condition)), None)
        if before is not None:
            mistakes.add(row.place, "unreachable_row", word=row.name, other=before.name, line=before.place.line)
    if in_order and family.table is not None and not any(row.otherwise for row in family.rows):
        missing = _not_covered(family.head, family.rows)
        if missing:
            listed = ", ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
            mistakes.warn(family.table.place, "gap", values=listed)


def _not_covered(head: Condition, rows: Sequence[Row]) -> list[str]:
    """The options that no row names, where there is one property with options that all rows ask about."""
    named = [{one.word: _values(one) for one in _asked(row.condition)} for row in rows]
    shared = [word for word in (named[0] if named else {}) if all(word in one for one in named)]
    if len(shared) != 1:
        return []
    (word,) = shared
    covered = {value for one in named for value in one[word]}
    possible = next((_values(one) for one in _asked(head) if one.word == word), None)
    options = [option for option in word.options if possible is None or option.value in possible]
    return [option.label for option in options if option.value not in covered]


def _asked(condition: Condition) -> Iterator[Comparison]:
    """The plain choices that a condition asks for at its top."""
    for one in condition.items if isinstance(condition, All) else (condition,):
        if isinstance(one, Comparison) and one.operator in (Operator.IS, Operator.HAS_ANY):
            yield one


def _values(one: Comparison) -> tuple[str, ...]:
    return tuple(value for value in one.operand if isinstance(value, str)) if isinstance(one.operand, tuple) else ()


def _rows_that_write(family: Family, rules: Sequence[Rule], reading: Reading) -> None:
    """Two rows of `every_match` that can both hold must not write the same property."""
    for number, (rule, row) in enumerate(zip(rules, family.rows, strict=False)):
        for other, earlier in zip(rules[:number], family.rows, strict=False):
            both = [name for name in rule.writes if name in other.writes]
            if both and not exclude(row.condition, earlier.condition):
                at = earlier.place.line
                reading.mistakes.add(row.place, "rows_both_write", word=both[0], other=earlier.name, line=at)


def _same_conditions(rules: Sequence[Rule], drafts: Mapping[str, Draft], mistakes: Mistakes) -> None:
    seen: dict[Condition, Rule] = {}
    for rule in rules:
        first = seen.setdefault(rule.when, rule)
        if rule.when != All(()) and family_of(first.id) != family_of(rule.id):
            mistakes.warn(drafts[rule.id].place, "same_when", other=first.id, file=first.file, line=first.line)


def _shadowed(rules: Sequence[Rule], order: Order, drafts: Mapping[str, Draft], mistakes: Mistakes) -> None:
    """Rules that would write only where a rule that comes first holds as well."""
    for name, families in order.items():
        writers = [rule for one in families for rule in rules if family_of(rule.id) == one and name in rule.writes]
        for number, rule in enumerate(writers):
            ahead = (one for one in writers[:number] if one.mode is not Mode.OBSERVE)
            first = next(
                (one for one in ahead if family_of(one.id) != family_of(rule.id) and implies(rule.when, one.when)), None
            )
            if first is not None:
                mistakes.warn(drafts[rule.id].place, "shadowed", word=rule.id, other=first.id, property=name)


def _somebody(rule: Rule, people: People) -> bool:
    """Whether there is anybody at all whom the reminder could reach."""
    receivers = rule.remind.to if rule.remind else ()
    roles = [one.role if one.kind is ReceiverKind.ROLE else one.must_have_role for one in receivers]
    return not roles or any(role is None or people.with_role(role, live_only=True) for role in roles)
