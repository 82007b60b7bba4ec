"""Points read from a rule file, and what they come to."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from connector.records import CONTACTS
from rules.conditions import Points
from rules.fields import FieldMap
from rules.mistakes import Mistakes
from rules.model import RuleSet
from rules.points import total, within_bounds
from rules.predicates import contact_scope
from rules.read_conditions import Subject
from rules.read_points import read_points
from rules.reading import Reading
from rules.scope import Ground
from rules.words import Dictionary
from rules.yaml_nodes import read_nodes
from tests.rules.portal import SUNDAY, Portal, make_catalogue, rule_text, rules_from


def read(text: str, rule_set: RuleSet) -> tuple[Points | None, list[str]]:
    mistakes = Mistakes()
    node = read_nodes("points.yaml", text.encode(), mistakes)
    assert node is not None
    reading = Reading(mistakes, Dictionary.of(make_catalogue(), FieldMap.of()), rule_set.vocabulary, {})
    points = read_points(Subject(CONTACTS, reading), {entry.key: entry for entry in node.entries})
    return points, [f"{one.line}:{one.column} {one.message.en}" for one in mistakes.errors]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("points: []", "1:1 There are no points"),
        ("points: [{add: 1.5, when: {lead_status: NEW}}]", "1:16 'add' needs a number"),
        ("points: [{add: 5}]", "1:10 'when' is missing"),
        ("points: [5]", "1:10 'points' needs 'key: value' lines"),
        ("points: [{add: 5, when: {lead_status: NEW}}]\nbetween: [1]", "2:10 'between' needs two whole numbers, the lower one first"),
        ("points: [{add: 5, when: {lead_status: NEW}}]\nbetween: [9, 1]", "2:10 The bounds are reversed (9 to 1)"),
    ],
)  # fmt: skip
def test_a_mistake_in_points_is_named(text: str, mistake: str, rule_set: RuleSet) -> None:
    assert read(text, rule_set)[1] == [mistake]


@pytest.mark.parametrize(
    ("score", "status", "worth"),
    [
        ("80", "NEW", 100),  # 70 + 40, at most 100
        ("80", "OPEN_DEAL", 70),
        (None, "NEW", 40),
        (None, "OPEN_DEAL", 1),  # nothing is known, at least 1
        (None, "UNQUALIFIED", 1),  # -30
    ],
)
def test_points_add_up_within_their_bounds(
    connection: Connection, tmp_path: Path, score: str | None, status: str, worth: int
) -> None:
    portal = Portal.on(connection, rules_from(tmp_path, rule_text("any", "- lead_score: {at_least: 0}")))
    portal.contact("one", status, lead_score=score)
    points, mistakes = read(
        "points:\n"
        "  - {name: {ja: 高得点, en: high}, add: 70, when: {lead_score: {at_least: 50}}}\n"
        "  - {add: 40, when: {lead_status: NEW}}\n"
        "  - {add: -30, when: {lead_status: UNQUALIFIED}}\n"
        "between: [1, 100]",
        portal.rule_set,
    )
    assert points is not None
    assert mistakes == []
    assert _worth(portal, points) == worth


def _worth(portal: Portal, points: Points) -> int:
    portal.derive()
    scope = contact_scope(Ground(portal.rule_set, portal.schema, portal.world(SUNDAY)))
    joined = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
    query = select(within_bounds(total(scope, points), points)).select_from(joined)
    return int(portal.connection.execute(query).scalar_one())
