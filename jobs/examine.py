"""Runs the compiled rules on one snapshot of the mirror and collects what they say.

Writes nothing but the keys by which contacts are recognised as one person, which must be up to date before.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from connector.batches import pieces
from connector.mirror.tables import MirrorSchema
from connector.records import CONTACTS
from jobs.database import snapshot
from jobs.ledger.findings import open_records
from jobs.ledger.memberships import Place
from jobs.ledger.tables import findings
from jobs.match_keys import refresh_match_keys
from jobs.standing import resting_rules
from rules import compile as compiler
from rules.derive import derive
from rules.explain import explain, read_explanation
from rules.model import CreateAction, Rule, RuleSet
from rules.scope import among, contact_facts
from rules.score_hits import value_hits
from rules.text import Text
from rules.world import World

_AT_ONCE = 500


@dataclasses.dataclass(frozen=True, slots=True)
class WantedValue:
    """A value that a rule wants a record to have; `held_by` is the rule that writes the property instead."""

    object_id: str
    property: str
    present: str | None
    wanted: str | None
    held_by: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class WantedCreation:
    """A task or note that should have been made for a record, its text, and for whom; `relies_on` are the contact's
    values that say so.
    """

    object_id: str
    action: CreateAction
    text: str
    receiver: str | None
    relies_on: Mapping[str, str | None]


@dataclasses.dataclass(frozen=True, slots=True)
class RuleExamined:
    """What one rule says: records and receivers of its finding, places on its lists, values it wants, what it makes."""

    rule: Rule
    receivers: Mapping[str, str | None]
    evidence: Mapping[str, Sequence[Mapping[str, Any]]]
    since: Mapping[str, datetime]
    places: Sequence[Place]
    values: Sequence[WantedValue]
    creations: Sequence[WantedCreation]


@dataclasses.dataclass(frozen=True, slots=True)
class Examination:
    """`only` are the contacts that were asked for, None for all, and `contacts` how many of them there are;
    `gone` those with open findings that are no more. `resting` are rules that were not asked, by id, and why.
    """

    rules: Sequence[RuleExamined]
    gone: Mapping[str, str]
    only: Collection[str] | None
    contacts: int
    resting: Mapping[str, Text] = dataclasses.field(default_factory=dict[str, Text])


@dataclasses.dataclass(frozen=True, slots=True)
class _Look:
    """One examination under way: the snapshot it reads and all that the statements are made from."""

    connection: Connection
    rule_set: RuleSet
    schema: MirrorSchema
    world: World
    only: Collection[str] | None


def examine(
    engine: Engine, rule_set: RuleSet, schema: MirrorSchema, world: World, only: Collection[str] | None
) -> Examination:
    """Everything is read from one state of the database, so that no rule sees half of a change."""
    refresh_match_keys(engine, rule_set, schema, only)
    with snapshot(engine) as connection:
        for statement in derive(rule_set, schema, world, only=only):
            connection.execute(statement)
        look = _Look(connection, rule_set, schema, world, only)
        resting = resting_rules(connection, rule_set, world.now)
        rules = [_one(look, rule) for rule in rule_set.rules if rule.id not in resting]
        contacts = connection.execute(select(func.count()).select_from(contact_facts)).scalar_one()
        return Examination(rules, _gone(connection, schema, only), only, contacts, resting)


def _one(look: _Look, rule: Rule) -> RuleExamined:
    receivers: dict[str, str | None] = {}
    evidence: dict[str, Sequence[Mapping[str, Any]]] = {}
    since: dict[str, datetime] = {}
    if rule.finding is not None:
        hits = look.connection.execute(
            compiler.finding_hits(look.rule_set, rule, look.schema, look.world, only=look.only)
        )
        receivers = {row.record_id: row.receiver_owner_id for row in hits}
        known = open_records(look.connection, rule.id, look.only)
        fresh = [i for i in receivers if i not in known]
        evidence = _evidence(look, rule, fresh)
        since = _since(look, fresh)
    places, values, creations = _places(look, rule), _values(look, rule), _creations(look, rule)
    return RuleExamined(rule, receivers, evidence, since, places, values, creations)


def _evidence(look: _Look, rule: Rule, ids: Sequence[str]) -> dict[str, Sequence[Mapping[str, Any]]]:
    """The values behind each new finding, kept because the records will change."""
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for some in pieces(ids, _AT_ONCE):
        statement, shape = explain(look.rule_set, rule, look.schema, look.world, some)
        for row in look.connection.execute(statement):
            found[row.record_id] = [node.as_json() for node in read_explanation(shape, row)]
    return found


def _since(look: _Look, ids: Sequence[str]) -> dict[str, datetime]:
    """Since when each contact has had its present status."""
    found: dict[str, datetime] = {}
    for some in pieces(ids, _AT_ONCE):
        query = select(contact_facts.c.id, contact_facts.c.since).where(contact_facts.c.id.in_(some))
        found.update(look.connection.execute(query).all())
    return found


def _places(look: _Look, rule: Rule) -> list[Place]:
    places: list[Place] = []
    for action in rule.lists:
        hits = look.connection.execute(
            compiler.list_hits(look.rule_set, rule, action, look.schema, look.world, only=look.only)
        )
        places += [Place(action.name(item), record_id, item, *rest) for record_id, item, *rest in hits]
    return places


def _values(look: _Look, rule: Rule) -> list[WantedValue]:
    statements = value_hits(look.rule_set, rule, look.schema, look.world, only=look.only)
    return [WantedValue(*row) for statement in statements for row in look.connection.execute(statement)]


def _creations(look: _Look, rule: Rule) -> list[WantedCreation]:
    found: list[WantedCreation] = []
    for action in rule.creations:
        hits = compiler.creation_hits(look.rule_set, rule, action, look.schema, look.world, only=look.only)
        text = action.text.in_language(look.world.language)
        for record_id, receiver, *seen in look.connection.execute(hits):
            relies_on = dict(zip(action.relies_on, seen, strict=True))
            found.append(WantedCreation(record_id, action, text, receiver, relies_on))
    return found


def _gone(connection: Connection, schema: MirrorSchema, only: Collection[str] | None) -> dict[str, str]:
    contacts = schema.table(CONTACTS)
    query = select(contacts.c.id, contacts.c.merged_into).where(
        contacts.c.archived_at.is_not(None) | contacts.c.merged_into.is_not(None)
    )
    if only is None:
        found = select(findings.c.object_id).where(findings.c.object_type == CONTACTS, findings.c.open_key.is_not(None))
        query = query.where(contacts.c.id.in_(found))
    else:
        query = query.where(among(contacts.c.id, only))
    return {i: "merged_into" if merged else "record_archived" for i, merged in connection.execute(query)}
