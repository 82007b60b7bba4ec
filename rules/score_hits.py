"""What the points of a rule come to for each contact, where the CRM shows something else.

Points are many conditions. They are added up once for each contact in a query of its own, fenced by OFFSET 0 so that no
database takes it apart and computes the sum again for every bound and band.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, case, cast, literal, select, true, union_all

from connector.mirror.tables import MirrorSchema, column_name
from connector.records import CONTACTS, Kind
from rules.compile import contacts, held_by, present, set_hits
from rules.model import Rule, RuleSet, ScoreAction
from rules.points import total, within_bounds
from rules.predicates import contact_scope, holds
from rules.scope import Ground, Rows, Scope
from rules.world import World


@dataclasses.dataclass(frozen=True, slots=True)
class _Written:
    """One of the two properties: the number or the rank."""

    name: str
    present: ColumnElement[Any]
    wanted: ColumnElement[Any]
    differs: ColumnElement[bool]
    held_by: ColumnElement[Any]


def value_hits(
    rule_set: RuleSet, rule: Rule, schema: MirrorSchema, world: World, only: Collection[str] | None = None
) -> list[Rows]:
    """Every value that a rule would write, whatever it is made from."""
    found = [set_hits(rule_set, rule, action, schema, world, only) for action in rule.sets]
    if rule.score is not None:
        found.append(score_hits(rule_set, rule, rule.score, schema, world, only))
    return found


def score_hits(
    rule_set: RuleSet,
    rule: Rule,
    action: ScoreAction,
    schema: MirrorSchema,
    world: World,
    only: Collection[str] | None = None,
) -> Rows:
    """The same columns as `set_hits`, one row for the number and one for the rank."""
    scope = contact_scope(Ground(rule_set, schema, world))
    added = _added(scope, rule, action, only)
    written = _written(added, action)
    targets = union_all(*(select(literal(n).label("n")) for n in range(len(written)))).subquery()

    def of_target(values: Sequence[Any]) -> ColumnElement[Any]:
        return case(*((targets.c.n == n, one) for n, one in enumerate(values)))

    return (
        select(
            added.c.record_id,
            of_target([literal(one.name, Text) for one in written]).label("property"),
            of_target([one.present for one in written]).label("present"),
            of_target([one.wanted for one in written]).label("wanted"),
            of_target([one.held_by for one in written]).label("held_by"),
        )
        .select_from(added.join(targets, true()))
        .where(of_target([one.differs for one in written]))
    )


def _added(scope: Scope, rule: Rule, action: ScoreAction, only: Collection[str] | None) -> FromClause:
    rule_set = scope.ground.rule_set
    columns = [scope.contact.c.id.label("record_id"), total(scope, action.points).label("sum")]
    for number, name in enumerate(rule.scored):
        ahead = rule_set.ahead_of(rule, name)
        columns += [present(scope, name).label(f"present_{number}"), held_by(scope, ahead).label(f"held_by_{number}")]
    if _is_number(scope, action):
        columns.append(scope.contact.c[column_name(action.property)].label("number"))
    return contacts(scope, only).with_only_columns(*columns).where(holds(scope, rule.when)).offset(0).subquery()


def _is_number(scope: Scope, action: ScoreAction) -> bool:
    return scope.ground.schema.kinds[CONTACTS].get(action.property) is Kind.NUMBER


def _written(added: FromClause, action: ScoreAction) -> list[_Written]:
    columns = added.c
    number = within_bounds(columns.sum, action.points)
    said = cast(number, Text)
    # "80" and "80.0" are the same number.
    differs = columns.number != number if "number" in columns else columns.present_0 != said
    found = [
        _Written(action.property, columns.present_0, said, differs.is_not(False), columns.held_by_0),
    ]
    if action.rank is not None:
        bands = ((number >= floor, literal(option, Text)) for option, floor in action.rank.bands)
        rank = case(*bands)
        differs = columns.present_1.is_distinct_from(rank)
        found.append(_Written(action.rank.property, columns.present_1, rank, differs, columns.held_by_1))
    return found
