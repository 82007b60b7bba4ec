"""Scores: names for what points come to, asked about like any number of the contact."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rules.portal import IS_OWNER, Portal, rule_text, rules_from
from tests.rules.test_explain import explained

PortalWith = Callable[[str], Portal]
SCORE = """
scores:
  warmth:
    label: {ja: 温度, en: Warmth}
    points:
      - {name: {ja: 部長, en: Head}, add: 30, when: {jobtitle: 部長}}
      - {name: {ja: 取引あり, en: Deal}, add: 25, when: {open_deals: {exists: true}}}
      - {add: -10, when: {owner: {role: {is_not: IS}}}}
"""


def people_in(portal: Portal) -> dict[str, str]:
    found = {
        "cold": portal.contact("cold"),  # -10
        "head": portal.contact("head", jobtitle="部長", hubspot_owner_id=IS_OWNER),  # 30
        "all": portal.contact("all", jobtitle="部長"),  # 30 + 25 - 10
        "nothing": portal.contact("nothing", hubspot_owner_id=IS_OWNER),  # 0
    }
    portal.deal(found["all"])
    return found


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("warmth: {at_least: 30}", {"head", "all"}),
        ("warmth: {more_than: 30}", {"all"}),
        ("warmth: 45", {"all"}),
        ("warmth: 0", {"nothing"}),
        ("warmth: {less_than: 0}", {"cold"}),
        ("warmth: {between: [0, 30]}", {"head", "nothing"}),
        ("not: {warmth: {at_least: 30}}", {"cold", "nothing"}),
        ("warmth: {known: true}", {"cold", "head", "all", "nothing"}),
    ],
)
def test_a_score_is_a_number_that_is_never_missing(portal_with: PortalWith, when: str, found: set[str]) -> None:
    portal = portal_with(rule_text("x", f"- {when}") + SCORE)
    people_in(portal)
    assert portal.findings("x") == found


def test_a_score_can_be_kept_within_bounds(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("x", "- warmth: 1") + SCORE + "    between: [1, 40]\n")
    people_in(portal)
    assert portal.findings("x") == {"cold", "nothing"}


def test_an_explanation_shows_the_points_that_counted(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("x", "- warmth: {at_least: 40}") + SCORE)
    contacts = people_in(portal)
    _, lines = explained(portal, "x", contacts["all"])
    assert [(line.depth, line.text.en, line.value, line.held) for line in lines] == [
        (0, "Warmth is at least 40", "45", True),
        (1, "Head", "+30", True),
        (1, "Deal", "+25", True),
        (1, "Contact owner does not have the role IS", "-10", True),
    ]
    _, lines = explained(portal, "x", contacts["nothing"])
    assert [(line.value, line.held) for line in lines] == [("0", False)]


def test_other_points_are_another_version_of_the_rule(tmp_path: Path) -> None:
    rule = rule_text("x", "- warmth: {at_least: 40}")
    versions = {rules_from(tmp_path, rule + score).rules[0].version for score in (SCORE, SCORE.replace("30", "31"))}
    assert len(versions) == 2


def test_what_points_ask_about_is_mirrored(tmp_path: Path) -> None:
    assert "jobtitle" in rules_from(tmp_path, rule_text("x", "- warmth: 1") + SCORE).needs["contacts"]
