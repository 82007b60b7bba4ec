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
from rules.score_hits import value_hits
from rules.text import Text
from rules.world import World

_SAMPLES = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """One rule's outcome under the one set and the other. `appears` and `disappears` are ids of contacts.

    `subject` is the list's name, the property with its value, or the name it had before where it is "renamed"; empty for
    a finding.
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


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule says of all contacts: who should act on which, who stands on which list, which value is wanted.

    `places` are (list, contact) of members only; `values` are (property, wanted value, contact); `made` are (task or
    note, its text, contact).
    """

    receivers: Mapping[str, str | None]
    places: frozenset[tuple[str, str]]
    values: frozenset[tuple[str, str, str]]
    made: frozenset[tuple[str, str, str]] = frozenset()

    def by_subject(self) -> dict[tuple[str, str], frozenset[str]]:
        """Contacts by what is said of them: ("finding", ""), ("list", its name), ("set", "property = value"), ("task",
        its title).
        """
        found: dict[tuple[str, str], set[str]] = {("finding", ""): set(self.receivers)}
        for name, contact in self.places:
            found.setdefault(("list", name), set()).add(contact)
        for name, wanted, contact in self.values:
            found.setdefault(("set", f"{name} = {wanted}"), set()).add(contact)
        for kind, text, contact in self.made:
            found.setdefault((kind, text), set()).add(contact)
        return {subject: frozenset(ids) for subject, ids in found.items()}


_NOTHING = Outcome({}, frozenset(), frozenset())


def compare(engine: Engine, old: Side, new: Side) -> list[Difference]:
    """Both sets look at the same state of the mirror."""
    with snapshot(engine) as connection:
        before = outcomes(connection, old)
        after = outcomes(connection, new)
    renamed = {
        former: rule.id
        for rule in new.rule_set.rules
        for former in rule.was
        if former in before and rule.id not in before
    }
    before = {renamed.get(rule_id, rule_id): outcome for rule_id, outcome in before.items()}
    titles = {rule.id: rule.title for rule in (*old.rule_set.rules, *new.rule_set.rules)}
    differences = [Difference(now, titles[now], "renamed", former, (), ()) for former, now in renamed.items()]
    for rule_id in dict.fromkeys((*after, *before)):
        was, will = before.get(rule_id, _NOTHING).by_subject(), after.get(rule_id, _NOTHING).by_subject()
        for kind, subject in sorted({*was, *will}):
            had, has = was.get((kind, subject), frozenset[str]()), will.get((kind, subject), frozenset[str]())
            if had != has:
                appears, disappears = sorted(has - had, key=int), sorted(had - has, key=int)
                differences.append(Difference(rule_id, titles[rule_id], kind, subject, appears, disappears))
    return differences


def outcomes(connection: Connection, side: Side) -> dict[str, Outcome]:
    """By rule. Writes nothing but the temporary tables that the rules read."""
    for statement in derive(side.rule_set, side.schema, side.world):
        connection.execute(statement)
    return {rule.id: _outcome(connection, side, rule) for rule in side.rule_set.rules}


def _outcome(connection: Connection, side: Side, rule: Rule) -> Outcome:
    rule_set, schema, world = side.rule_set, side.schema, side.world
    receivers: dict[str, str | None] = {}
    if rule.finding is not None:
        hits = connection.execute(compiler.finding_hits(rule_set, rule, schema, world))
        receivers = {row.record_id: row.receiver_owner_id for row in hits}
    places = {
        (action.name(row.item), row.record_id)
        for action in rule.lists
        for row in connection.execute(compiler.list_hits(rule_set, rule, action, schema, world))
        if row.held_by is None
    }
    values = {
        (row.property, row.wanted or "", row.record_id)
        for statement in value_hits(rule_set, rule, schema, world)
        for row in connection.execute(statement)
        if row.held_by is None
    }
    made = {
        (action.kind.value, action.text.in_language(world.language), row.record_id)
        for action in rule.creations
        for row in connection.execute(compiler.creation_hits(rule_set, rule, action, schema, world))
    }
    return Outcome(receivers, frozenset(places), frozenset(values), frozenset(made))
