"""Why a rule holds for a contact or does not: every part of its condition, with the value seen, from the same SQL."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, case, cast, func, literal, null, select

from connector.mirror.tables import MirrorSchema
from connector.records import CONTACTS, Kind
from rules.conditions import (
    ASKED_OF_CHANGES,
    All,
    Comparison,
    Condition,
    Count,
    First,
    Grouped,
    Pick,
    Point,
    Related,
    Relation,
    Sum,
    Via,
    parts_of,
)
from rules.describe import Wording, moment
from rules.model import Queue, Rule, RuleSet
from rules.predicates import asked_of, contact_scope, count_of, first_record, grouped_query, holds, linked, sum_of
from rules.scope import Ground, Rows, Scope, among
from rules.text import Text as Bilingual
from rules.values import since, value
from rules.world import World

_TWINS_SHOWN = 5
_OF_THE_STATUS = ("lead_status", "status_since", "previous_status", "last_step")


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One part of a condition. `within` is the one related record it is about; None for the contact itself.

    `add`: it gives so many points.
    """

    depth: int
    condition: Condition
    text: Bilingual
    within: tuple[Relation, Pick | None] | None = None
    add: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """What the columns of an explanation mean."""

    lines: tuple[Line, ...]
    ground: Ground


@dataclasses.dataclass(frozen=True, slots=True)
class Explained:
    """`held` None: there is no related record that could be asked. `value` None: missing, or nothing to show.

    `since` and `by` only stand beside the lead status: when it was set, unless that is the value, and by
    whom, or what the CRM names as source.
    """

    depth: int
    text: Bilingual
    value: str | None
    held: bool | None
    since: str | None = None
    by: str | None = None

    def as_json(self) -> dict[str, Any]:
        said = {"since": self.since, "by": self.by}
        return {
            "text": self.text.en,
            "text_ja": self.text.ja,
            "value": self.value,
            "held": self.held,
            "depth": self.depth,
            **{key: seen for key, seen in said.items() if seen is not None},
        }


def explain(
    rule_set: RuleSet, rule: Rule | Queue, schema: MirrorSchema, world: World, only: Collection[str] | None = None
) -> tuple[Rows, Shape]:
    """One row per contact: `record_id`, `verdict`, then held and value of each line; read it with the shape."""
    ground = Ground(rule_set, schema, world)
    scope = contact_scope(ground)
    tops = rule.when.items if isinstance(rule.when, All) else (rule.when,)
    lines = (*(line for top in tops for line in _lines(top, ground, 0, None)), *_point_lines(rule, ground))
    columns: list[ColumnElement[Any]] = [
        scope.contact.c.id.label("record_id"),
        _held(scope, rule.when).label("verdict"),
    ]
    for number, line in enumerate(lines):
        held, seen = _columns(scope, line)
        columns += [held.label(f"held_{number}"), seen.label(f"value_{number}")]
    facts = scope.facts.c
    columns += [facts.since.label("status_since"), facts.set_by.label("set_by"), facts.set_from.label("set_from")]
    joined = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
    query = select(*columns).select_from(joined)
    return (query if only is None else query.where(among(scope.facts.c.id, only))), Shape(lines, ground)


def read_explanation(shape: Shape, row: Row[*tuple[Any, ...]], *, every_point: bool = False) -> list[Explained]:
    """Of the points of a score, those that counted, or `every_point`: then there are as many lines for each record.

    The columns come in pairs after `record_id` and `verdict`.
    """
    explained = (
        (line, _explained(shape, line, row[2 * number + 2], row[2 * number + 3], row))
        for number, line in enumerate(shape.lines)
    )
    return [one for line, one in explained if every_point or line.add is None or one.held]


def _explained(shape: Shape, line: Line, held: Any, seen: Any, row: Row[*tuple[Any, ...]]) -> Explained:
    since = by = None
    if _is_about_status(line):
        person = shape.ground.world.people.person(row.set_by)
        by = person.name if person else row.set_from
        since = None if seen == row.status_since else moment(row.status_since, shape.ground.world)
    held = None if held is None else bool(held)
    return Explained(line.depth, line.text, _shown(line, seen, shape.ground), held, since, by)


def _is_about_status(line: Line) -> bool:
    asked = line.condition
    if line.add is not None:
        return False
    return isinstance(asked, Comparison) and asked.word.object_type == CONTACTS and asked.word.name in _OF_THE_STATUS


@dataclasses.dataclass(frozen=True, slots=True)
class Shown:
    """A part of a condition with a line of its own. `within`: the one record it is about, where that is another."""

    condition: Condition
    within: tuple[Relation, Pick | None] | None = None
    point: Point | None = None


def shown_parts(condition: Condition) -> tuple[Shown, ...]:
    """What is asked of many related records at once is one line; of a single one, each of its parts is shown."""
    if isinstance(condition, First):
        return (Shown(condition.condition, (condition.relation, condition.pick)),)
    if isinstance(condition, Related):
        asks_one = condition.relation.is_one and condition.condition is not None
        return (Shown(condition.condition, (condition.relation, None)),) if asks_one and condition.condition else ()
    if isinstance(condition, Comparison):
        points = condition.word.points.items if condition.word.points else ()
        return tuple(Shown(point.when, point=point) for point in points)
    if isinstance(condition, Count | Sum | Grouped):
        return ()
    return tuple(Shown(part) for part in parts_of(condition))


def _lines(
    condition: Condition, ground: Ground, depth: int, within: tuple[Relation, Pick | None] | None
) -> Iterator[Line]:
    wording = Wording(ground)
    yield Line(depth, condition, wording.line(condition), within)
    for shown in shown_parts(condition):
        if shown.point is not None:
            text = shown.point.name or wording.inline(shown.condition)
            yield Line(depth + 1, shown.condition, text, within, shown.point.add)
        else:
            yield from _lines(shown.condition, ground, depth + 1, shown.within or within)


def _point_lines(rule: Rule | Queue, ground: Ground) -> Iterator[Line]:
    """What each point of a score is given for, so that the number can be added up."""
    wording = Wording(ground)
    score = rule.score if isinstance(rule, Rule) else None
    for point in score.points.items if score else ():
        said = point.name or wording.inline(point.when)
        yield Line(0, point.when, Bilingual(f"{point.add:+d}点: {said.ja}", f"{point.add:+d}: {said.en}"))


def _columns(scope: Scope, line: Line) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    if line.add is not None:
        return _held(scope, line.condition), literal(f"{line.add:+d}", Text)
    if line.within is None:
        return _held(scope, line.condition), _value(scope, line.condition)
    found = first_record(scope, *line.within)
    held = asked_of(found, scope, _held(found.scope, line.condition)).limit(1).scalar_subquery()
    seen = asked_of(found, scope, _value(found.scope, line.condition)).limit(1).scalar_subquery()
    return held, seen


def _held(scope: Scope, condition: Condition) -> ColumnElement[Any]:
    return case((holds(scope, condition), 1), else_=0)


def _value(scope: Scope, condition: Condition) -> ColumnElement[Any]:
    if isinstance(condition, Comparison):
        seen = since if condition.operator in ASKED_OF_CHANGES else value
        return seen(scope, condition.word)
    if isinstance(condition, Related) and condition.relation.via is Via.OLDER_TWINS:
        return _twins(scope, condition)
    if isinstance(condition, Related | Count):
        return count_of(scope, condition.relation, condition.condition)
    if isinstance(condition, Sum):
        return sum_of(scope, condition)
    if isinstance(condition, Grouped):
        found, item, parts = grouped_query(scope, condition)
        return asked_of(found, scope, func.count(item.distinct())).where(*parts).scalar_subquery()
    return cast(null(), Text)


def _twins(scope: Scope, condition: Related) -> ColumnElement[Any]:
    """The first few, each with what the two contacts have in common: `501 (mail), 501 (name)`."""
    found = linked(scope, condition.relation)
    twin, kind = found.record.c.id, found.links[0].c.kind
    shown = cast(twin, Text) + literal(" (") + kind + literal(")")
    query = asked_of(found, scope, twin, kind, shown.label("shown")).distinct().order_by(twin, kind)
    if condition.condition is not None:
        query = query.where(holds(found.scope, condition.condition))
    some = query.limit(_TWINS_SHOWN).subquery()
    return select(func.aggregate_strings(some.c.shown, ", ")).scalar_subquery()


def _shown(line: Line, seen: Any, ground: Ground) -> str | None:
    if seen is None or line.add is not None:
        return seen
    if isinstance(seen, datetime):
        return moment(seen, ground.world)
    if isinstance(seen, float):
        return f"{seen:g}"
    word = line.condition.word if isinstance(line.condition, Comparison) else None
    if word is not None and word.kind is Kind.MULTI:
        return str(seen).strip(";")
    if word is not None and word.kind is Kind.OWNER:
        person = ground.world.people.person(str(seen))
        return f"{seen} ({person.name})" if person else str(seen)
    return str(seen)
