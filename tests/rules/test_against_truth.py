"""The shipped rules against the stand-in's truth, which reads the same conditions off the CRM's state in plain Python."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from connector.sandbox.generator import generate
from connector.sandbox.state import Portal
from connector.sandbox.truth import truth
from rules.explain import explain, read_explanation
from rules.model import RuleSet
from tests.rules.crm_portal import Mirrored
from tests.rules.portal import SUNDAY
from tests.rules.random_portal import edit, make_random_portal

LATER = (0, 1, 3, 30)


@pytest.fixture
def mirrored(connection: Connection, rule_set: RuleSet) -> Mirrored:
    return Mirrored.on(connection, rule_set)


def agree(mirrored: Mirrored, portal: Portal, now: datetime) -> None:
    true = truth(portal, now)
    codes = {rule.code for rule in mirrored.rule_set.rules if rule.code}
    assert mirrored.findings(portal, now) == {
        (one["code"], one["id"]) for one in true["findings"] if one["code"] in codes
    }
    members, held = mirrored.lists(portal, now)
    assert members == {name: set(ids) for name, ids in true["lists"].items()}
    assert held == {name: set(ids) for name, ids in true["held"].items()}


def agree_for_a_month(mirrored: Mirrored, portal: Portal, edits: int, seed: int) -> None:
    for number in range(edits + 1):
        mirrored.fill(portal)
        for days in LATER:
            agree(mirrored, portal, SUNDAY + timedelta(days=days, hours=seed * number))
        edit(portal, seed * 10 + number)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_awkward_portals_are_read_as_the_truth_reads_them(mirrored: Mirrored, seed: int) -> None:
    agree_for_a_month(mirrored, make_random_portal(seed), 1, seed)


def test_a_realistic_portal_is_read_as_the_truth_reads_it(mirrored: Mirrored) -> None:
    agree_for_a_month(mirrored, generate(600, 1), 1, 1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3, 30))
def test_many_awkward_portals_are_read_as_the_truth_reads_them(mirrored: Mirrored, seed: int) -> None:
    agree_for_a_month(mirrored, make_random_portal(seed), 3, seed)


@pytest.mark.soak
@pytest.mark.parametrize("contacts", [600, 2400])
@pytest.mark.parametrize("seed", range(1, 6))
def test_many_realistic_portals_are_read_as_the_truth_reads_them(mirrored: Mirrored, contacts: int, seed: int) -> None:
    agree_for_a_month(mirrored, generate(contacts, seed), 2, seed)


def test_awkward_portals_show_every_code(rule_set: RuleSet) -> None:
    """Else the comparison would compare nothing."""
    found = {one["code"] for seed in (1, 2) for one in truth(make_random_portal(seed), SUNDAY)["findings"]}
    assert {rule.code for rule in rule_set.rules if rule.code} <= found


def test_explanations_agree_with_the_examination(mirrored: Mirrored) -> None:
    portal = make_random_portal(1)
    mirrored.fill(portal)
    found = mirrored.findings(portal, SUNDAY)
    world = mirrored.derive(portal, SUNDAY)
    for rule in mirrored.rule_set.rules:
        query, shape = explain(mirrored.rule_set, rule, mirrored.schema, world)
        rows = mirrored.connection.execute(query).all()
        for row in rows:
            tops = [line.held for line in read_explanation(shape, row) if line.depth == 0]
            assert bool(row.verdict) is all(tops), rule.id
        if rule.code:
            assert {(rule.code, row.record_id) for row in rows if row.verdict} == {
                one for one in found if one[0] == rule.code
            }


def test_examining_some_contacts_gives_what_examining_all_gives_for_them(mirrored: Mirrored) -> None:
    portal = make_random_portal(2)
    mirrored.fill(portal)
    everything = mirrored.findings(portal, SUNDAY)
    ids = [*portal.objects["contacts"]]
    parts = [mirrored.findings(portal, SUNDAY, ids[start::4]) for start in range(4)]
    assert set.union(*parts) == everything
    assert sum(map(len, parts)) == len(everything)
