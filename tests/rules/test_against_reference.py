"""Random conditions on awkward records: both databases, their explanations and a plain interpreter say the same."""

from __future__ import annotations

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from connector.records import CONTACTS
from rules.compile import finding_hits
from rules.conditions import Comparison, Condition, Operator
from rules.explain import Line, explain, read_explanation
from rules.model import RuleSet
from tests.rules.odd_records import TYPES, fill, rules_about_everything
from tests.rules.portal import PEOPLE, SUNDAY, Portal
from tests.rules.random_conditions import conditions, of_the_first, one_of_each
from tests.rules.reference import Reference, Seen

# One database serves all examples, and a slow machine makes slow examples.
_UNCHECKED = (
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
)
_OF_THE_STATUS = {Operator.IN_VOCABULARY, Operator.NOT_IN_VOCABULARY}
_OF_HISTORIES = {Operator.UNCHANGED_FOR, Operator.CHANGED_WITHIN, Operator.WAS_EVER}


@dataclasses.dataclass
class Trial:
    portal: Portal
    records: list[Seen]
    reference: Reference
    held: Counter[tuple[Operator, bool | None]] = dataclasses.field(default_factory=Counter[Any])

    @classmethod
    def on(cls, connection: Connection, rule_set: RuleSet, seed: int) -> Trial:
        portal, records = fill(connection, rule_set, seed)
        portal.derive()
        statuses = frozenset(status.value for status in rule_set.vocabulary.statuses)
        return cls(portal, records, Reference(SUNDAY, PEOPLE, statuses))

    def agree(self, condition: Condition) -> None:
        """The examination and the explanation of every contact, line by line, are what the reference says."""
        portal, world = self.portal, self.portal.world(SUNDAY)
        rule = dataclasses.replace(portal.rule_set.rules[0], when=condition)
        true = {one.id: self.reference.holds(condition, one, one) for one in self.records}
        hits = portal.connection.execute(finding_hits(portal.rule_set, rule, portal.schema, world))
        assert {row.record_id for row in hits} == {record_id for record_id, held in true.items() if held}
        query, shape = explain(portal.rule_set, rule, portal.schema, world)
        rows = {row.record_id: row for row in portal.connection.execute(query)}
        assert {record_id: bool(row.verdict) for record_id, row in rows.items()} == true
        for one in self.records:
            expected = [self.line(line, one) for line in shape.lines]
            assert [line.held for line in read_explanation(shape, rows[one.id])] == expected
            self.count(shape.lines, expected)

    def line(self, line: Line, contact: Seen) -> bool | None:
        if line.within is None:
            return self.reference.holds(line.condition, contact, contact)
        relation, pick = line.within
        found = self.reference.related(relation, contact)
        record = self.reference.first(pick, found) if pick else next(iter(found), None)
        return None if record is None else self.reference.holds(line.condition, contact, record)

    def count(self, lines: tuple[Line, ...], held: list[bool | None]) -> None:
        for line, answer in zip(lines, held, strict=True):
            if isinstance(line.condition, Comparison):
                self.held[line.condition.operator, answer] += 1


@pytest.fixture
def rule_set(tmp_path: Path) -> RuleSet:
    return rules_about_everything(tmp_path)


def compare(trial: Trial, drawn: st.SearchStrategy[Condition], examples: int, *, fixed: bool = True) -> None:
    # To shrink what fails takes minutes: `make soak` does.
    phases = (Phase.generate,) if fixed else tuple(Phase)
    chosen = settings(max_examples=examples, derandomize=fixed, phases=phases, deadline=None, database=None)

    @settings(chosen, suppress_health_check=_UNCHECKED)
    @given(drawn)
    def agree(condition: Condition) -> None:
        trial.agree(condition)

    agree()


def sheets(rule_set: RuleSet, object_type: str) -> st.SearchStrategy[Condition]:
    """Every operator at once, on contacts or on one related record of each."""
    every = one_of_each(object_type)
    return every if object_type == CONTACTS else of_the_first(rule_set.relations[object_type], every)


@pytest.mark.parametrize("object_type", TYPES)
def test_every_operator_means_the_same_everywhere(connection: Connection, rule_set: RuleSet, object_type: str) -> None:
    trial = Trial.on(connection, rule_set, 1)
    compare(trial, sheets(rule_set, object_type), 4 if object_type == CONTACTS else 3)
    asked = {operator for operator, _ in trial.held}
    assert asked >= (set(Operator) if object_type == CONTACTS else set(Operator) - _OF_THE_STATUS - _OF_HISTORIES)
    assert asked == {operator for operator, held in trial.held if held}, "an operator never held"
    assert asked == {operator for operator, held in trial.held if held is False}, "an operator always held"


def test_random_conditions_mean_the_same_everywhere(connection: Connection, rule_set: RuleSet) -> None:
    compare(Trial.on(connection, rule_set, 2), conditions(rule_set.relations), 20)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3, 7))
def test_many_random_conditions_mean_the_same_everywhere(connection: Connection, rule_set: RuleSet, seed: int) -> None:
    trial = Trial.on(connection, rule_set, seed)
    for object_type in TYPES:
        compare(trial, sheets(rule_set, object_type), 25, fixed=False)
    compare(trial, conditions(rule_set.relations), 250, fixed=False)
