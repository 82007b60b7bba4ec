"""One statement per rule: which contacts it finds, which lists they belong on, which values it would set.

All of them read the tables that `derive` has made on the same connection.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    select,
    union_all,
)

from connector.columns import RecordId
from connector.mirror.tables import MirrorSchema
from rules.conditions import All, Grouped, grouped_part
from rules.list_details import place_details
from rules.model import CreateAction, ListAction, NamedOwner, Receiver, ReceiverKind, Rule, RuleSet, SetAction
from rules.predicates import asked_of, contact_scope, grouped_query, holds, linked, of_one_group
from rules.scope import Ground, Rows, Scope, among
from rules.values import contains, value
from rules.world import World


def finding_hits(
    rule_set: RuleSet, rule: Rule, schema: MirrorSchema, world: World, only: Collection[str] | None = None
) -> Rows:
    """`record_id`, and who gets the reminder: `receiver_owner_id`, with `receiver_role` where it fell to a role."""
    scope = contact_scope(Ground(rule_set, schema, world))
    receiver, role = _receiver(scope, rule.remind.to if rule.remind is not None else ())
    columns = (
        scope.contact.c.id.label("record_id"),
        receiver.label("receiver_owner_id"),
        role.label("receiver_role"),
    )
    return contacts(scope, only).with_only_columns(*columns).where(holds(scope, rule.when))


def list_hits(
    rule_set: RuleSet,
    rule: Rule,
    action: ListAction,
    schema: MirrorSchema,
    world: World,
    only: Collection[str] | None = None,
) -> Rows:
    """`record_id`, `item` (of which list), `held_by`: the id of the rule that keeps the contact off it, or NULL; and the
    details of each place.
    """
    scope = contact_scope(Ground(rule_set, schema, world))
    grouped = grouped_part(rule.when)
    query = contacts(scope, only)
    if grouped is None:
        items = _options(action)
        item: ColumnElement[Any] = items.c.item
        query = query.join(items, contains(value(scope, action.one_per), item)).where(holds(scope, rule.when))
        details = place_details(scope, action, None)
    else:
        query, item, within = _per_group(scope, rule, grouped, query.distinct())
        details = place_details(scope, action, (grouped, within))
    holding = held_by(scope, [rule_set.rule(rule_id) for rule_id in action.hold])
    columns = (scope.contact.c.id.label("record_id"), item.label("item"), holding.label("held_by"), *details)
    return query.with_only_columns(*columns)


def set_hits(
    rule_set: RuleSet,
    rule: Rule,
    action: SetAction,
    schema: MirrorSchema,
    world: World,
    only: Collection[str] | None = None,
) -> Rows:
    """`record_id`, `property`, `present`, `wanted`, where the two differ; values as the CRM writes them.

    `held_by` is the id of the rule that writes the property instead, or NULL.
    """
    scope = contact_scope(Ground(rule_set, schema, world))
    found, value_set = _value_set(scope, action)
    shown = present(scope, action.property)
    wanted: ColumnElement[Any] = cast(null(), Text) if value_set is None else literal(value_set, Text)
    columns = (
        scope.contact.c.id.label("record_id"),
        literal(action.property).label("property"),
        shown.label("present"),
        wanted.label("wanted"),
        held_by(scope, rule_set.ahead_of(rule, action.property)).label("held_by"),
    )
    differs = shown.is_distinct_from(wanted) if found else false()
    return contacts(scope, only).with_only_columns(*columns).where(holds(scope, rule.when), differs)


def creation_hits(
    rule_set: RuleSet,
    rule: Rule,
    action: CreateAction,
    schema: MirrorSchema,
    world: World,
    only: Collection[str] | None = None,
) -> Rows:
    """`record_id`, `receiver_owner_id`, and as `seen_0`, `seen_1` … the values of what the action relies on."""
    scope = contact_scope(Ground(rule_set, schema, world))
    receiver, _ = _receiver(scope, action.to)
    columns = (
        scope.contact.c.id.label("record_id"),
        receiver.label("receiver_owner_id"),
        *(present(scope, name).label(f"seen_{number}") for number, name in enumerate(action.relies_on)),
    )
    return contacts(scope, only).with_only_columns(*columns).where(holds(scope, rule.when))


def _value_set(scope: Scope, action: SetAction) -> tuple[bool, str | None]:
    """Whether there is something to write, and what."""
    if not isinstance(action.value, NamedOwner):
        return True, action.value
    person = scope.ground.world.people.named(action.value)
    return person is not None and person.live, person.owner_id if person else None


def present(scope: Scope, property_name: str) -> ColumnElement[Any]:
    """The value as the CRM writes it."""
    return func.nullif(scope.contact.c.properties[property_name].as_string(), "")


def contacts(scope: Scope, only: Collection[str] | None) -> Rows:
    joined = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
    query = select(scope.contact.c.id).select_from(joined)
    return query if only is None else query.where(among(scope.facts.c.id, only))


def _options(action: ListAction) -> FromClause:
    values = [option.value for option in action.one_per.options]
    rows = [select(literal(item, Text).label("item")) for item in values]
    if not rows:
        return select(literal("", Text).label("item")).where(literal(value=False)).subquery()
    return union_all(*rows).subquery()


def _per_group(scope: Scope, rule: Rule, grouped: Grouped, query: Rows) -> tuple[Rows, ColumnElement[Any], Scope]:
    found, item, parts = grouped_query(scope, grouped)
    rest = All(tuple(one for one in _tops(rule) if one is not grouped))
    return (
        query.join(found.source, and_(*found.where)).where(*parts, holds(scope, rest)),
        item,
        of_one_group(scope, grouped, found, item),
    )


def _tops(rule: Rule) -> tuple[Any, ...]:
    return rule.when.items if isinstance(rule.when, All) else (rule.when,)


def held_by(scope: Scope, rules: Sequence[Rule]) -> ColumnElement[Any]:
    """The id of the first of the rules that holds, or NULL."""
    if not rules:
        return cast(null(), Text)
    return case(*((holds(scope, rule.when), rule.id) for rule in rules))


def _receiver(scope: Scope, tried: Sequence[Receiver]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The first receiver that there is; with equals in a role, the one with the smallest id."""
    owners = [_owner(scope, receiver) for receiver in tried if receiver.kind is not ReceiverKind.ROLE]
    nobody = cast(null(), RecordId)
    owner = func.coalesce(*owners, nobody, nobody)  # SQLite's coalesce wants two at least
    role, person = _first_in_role(scope, [one.role for one in tried if one.role is not None])
    fallen_to = case((owner.is_(None), literal(role, Text)))
    return func.coalesce(owner, literal(person, RecordId)), fallen_to


def _first_in_role(scope: Scope, roles: list[str]) -> tuple[str | None, str | None]:
    people = scope.ground.world.people
    for role in roles:
        if ids := people.with_role(role, live_only=True):
            return role, ids[0]
    return (roles[0] if roles else None), None


def _owner(scope: Scope, receiver: Receiver) -> ColumnElement[Any]:
    people, word, role = scope.ground.world.people, receiver.word, receiver.must_have_role
    assert word is not None, "the loader gives every owner receiver its word"
    able = people.live_ids if role is None else people.with_role(role, live_only=True)
    if receiver.relation is None:
        owner = value(scope, word)
        return case((owner.in_(able), owner))
    found = linked(scope, scope.ground.rule_set.relations[receiver.relation])
    owner = value(found.scope, word)
    return asked_of(found, scope, owner).where(owner.in_(able)).limit(1).scalar_subquery()
