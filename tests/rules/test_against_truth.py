"""The shipped rules against the stand-in's truth, which reads the same conditions off the CRM's state in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import create_engine

from connector.sandbox.state import Portal
from connector.sandbox.truth import truth
from rules.model import RuleSet
from tests.rules.crm_portal import Mirrored
from tests.rules.portal import SUNDAY
from tests.rules.random_portal import edit, make_random_portal

LATER = (0, 1, 3, 30)


@pytest.fixture
def mirrored(database_url: str, rule_set: RuleSet) -> Iterator[Mirrored]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        yield Mirrored.on(connection, rule_set)
    engine.dispose()


def agree(mirrored: Mirrored, portal: Portal, now: datetime) -> None:
    true = truth(portal, now)
    codes = {rule.code for rule in mirrored.rule_set.rules if rule.code}
    assert mirrored.findings(portal, now) == {
        (one["code"], one["id"]) for one in true["findings"] if one["code"] in codes
    }
    members, held = mirrored.lists(portal, now)
    assert members == {name: set(ids) for name, ids in true["lists"].items()}
    assert held == {name: set(ids) for name, ids in true["held"].items()}


@pytest.mark.parametrize("seed", range(1, 9))
def test_awkward_portals_are_read_as_the_truth_reads_them(mirrored: Mirrored, seed: int) -> None:
    portal = make_random_portal(seed)
    for round_number in range(3):
        mirrored.fill(portal)
        for days in LATER:
            agree(mirrored, portal, SUNDAY + timedelta(days=days, hours=seed))
        edit(portal, seed * 10 + round_number)


def test_awkward_portals_show_every_code(rule_set: RuleSet) -> None:
    """Else the comparison would compare nothing."""
    portals = [make_random_portal(seed) for seed in range(1, 9)]
    found = {one["code"] for portal in portals for one in truth(portal, SUNDAY)["findings"]}
    assert {rule.code for rule in rule_set.rules if rule.code} <= found
