"""What another rule set would change now: findings it would open and close, places on lists, values it would write."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine

from connector.mirror.tables import MirrorSchema
from jobs.database import snapshot
from rules import compile as compiler
from rules.derive import derive
from rules.model import Rule, RuleSet
from rules.text import Text
from rules.world import World

_SAMPLES = 5

# What one rule says: (kind, subject) to contact ids. The kind is `finding`, `list` or `set`.
Said = Mapping[tuple[str, str], frozenset[str]]


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """One rule's outcome under the one set and the other. `appears` and `disappears` are ids of contacts.

    `subject` is the list's name or the property with its value, empty for a finding.
    """

    rule: str
    title: Text
    kind: str
    subject: str
    appears: Sequence[str]
    disappears: Sequence[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "title": dataclasses.asdict(self.title),
            "kind": self.kind,
            "subject": self.subject,
            "appears": len(self.appears),
            "disappears": len(self.disappears),
            "samples": {"appears": list(self.appears[:_SAMPLES]), "disappears": list(self.disappears[:_SAMPLES])},
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Side:
    """One rule set with what its statements need: its own calendar, and the columns that its properties have."""

    rule_set: RuleSet
    schema: MirrorSchema
    world: World


def compare(engine: Engine, old: Side, new: Side) -> list[Difference]:
    """Both sets look at the same state of the mirror. Rules whose version is the same are not asked twice."""
    with snapshot(engine) as connection:
        before = _said(connection, old)
        after = _said(connection, new)
    titles = {rule.id: rule.title for rule in (*old.rule_set.rules, *new.rule_set.rules)}
    differences: list[Difference] = []
    for rule_id in dict.fromkeys((*after, *before)):
        was, will = before.get(rule_id, {}), after.get(rule_id, {})
        for kind, subject in sorted({*was, *will}):
            had, has = was.get((kind, subject), frozenset[str]()), will.get((kind, subject), frozenset[str]())
            if had != has:
                appears, disappears = sorted(has - had, key=int), sorted(had - has, key=int)
                differences.append(Difference(rule_id, titles[rule_id], kind, subject, appears, disappears))
    return differences


def _said(connection: Connection, side: Side) -> dict[str, Said]:
    for statement in derive(side.rule_set, side.schema, side.world):
        connection.execute(statement)
    return {rule.id: _rule_says(connection, side, rule) for rule in side.rule_set.rules}


def _rule_says(connection: Connection, side: Side, rule: Rule) -> Said:
    found: dict[tuple[str, str], set[str]] = {}
    rule_set, schema, world = side.rule_set, side.schema, side.world
    if rule.finding is not None:
        hits = connection.execute(compiler.finding_hits(rule_set, rule, schema, world))
        found["finding", ""] = {row.record_id for row in hits}
    for action in rule.lists:
        for record_id, item, held_by in connection.execute(compiler.list_hits(rule_set, rule, action, schema, world)):
            if held_by is None:
                found.setdefault(("list", action.name(item)), set()).add(record_id)
    for action in rule.sets:
        for row in connection.execute(compiler.set_hits(rule_set, rule, action, schema, world)):
            found.setdefault(("set", f"{row.property} = {row.wanted or ''}"), set()).add(row.record_id)
    return {key: frozenset(ids) for key, ids in found.items()}
