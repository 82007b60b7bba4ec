"""The shipped queues against the stand-in's counts, at the borders of days and of touches."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select

from connector.sandbox.generator import generate
from connector.sandbox.state import Portal
from connector.sandbox.truth import truth
from rules.derive import derive_for_queues
from rules.model import Queue, RuleSet
from rules.queue_hits import queue_count, queue_hits
from rules.scope import contact_facts
from tests.rules.crm_portal import Mirrored
from tests.rules.portal import SUNDAY, jst
from tests.rules.random_portal import edit, make_random_portal

# A Sunday, the last minute of a holiday and the first of the day after, month end, New Year's closing and opening days.
MOMENTS = [
    SUNDAY,
    jst("11-23 23:59"),
    jst("11-24 00:00"),
    jst("11-30 23:59"),
    jst("2026-12-29 00:00"),
    jst("2027-01-04 09:30"),
]
REPAIRS = frozenset({"H7", "H8", "H9", "H10", "H11", "H12"})


@pytest.fixture
def mirrored(connection: Connection, rule_set: RuleSet) -> Mirrored:
    return Mirrored.on(connection, rule_set)


@pytest.fixture
def sqlite(sqlite_url: str, rule_set: RuleSet) -> Iterator[Mirrored]:
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        yield Mirrored.on(connection, rule_set)
    engine.dispose()


def expected(rule_set: RuleSet, portal: Portal, now: datetime) -> dict[str, Any]:
    """The truth's counts; of the data to repair, those that a rule finds."""
    true: Any = truth(portal, now)
    built = REPAIRS & {rule.code for rule in rule_set.rules}
    repairs = {one["id"] for one in true["findings"] if one["code"] in built}
    assert built != REPAIRS or len(repairs) == true["queues"]["data_repair"]
    return {**true["queues"], "data_repair": len(repairs)}


def counted(mirrored: Mirrored, portal: Portal, now: datetime) -> dict[str, int]:
    world = mirrored.derive(portal, now)
    found = [(queue.id, queue_count(mirrored.rule_set, queue, mirrored.schema, world)) for queue in _queues(mirrored)]
    return {name.replace("-", "_"): mirrored.connection.execute(query).one().number for name, query in found}


def _queues(mirrored: Mirrored) -> tuple[Queue, ...]:
    return mirrored.rule_set.queues


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in (2, 3))])
def test_awkward_portals_are_counted_as_the_truth_counts_them(sqlite: Mirrored, seed: int) -> None:
    mirrored, portal = sqlite, make_random_portal(seed)
    for number in range(2):
        mirrored.fill(portal)
        for moment in MOMENTS:
            now = moment + timedelta(days=40 * number)
            assert counted(mirrored, portal, now) == expected(mirrored.rule_set, portal, now), now
        edit(portal, seed * 10 + number)


def test_a_realistic_portal_is_counted_as_the_truth_counts_it(mirrored: Mirrored) -> None:
    portal = generate(600, 1)
    mirrored.fill(portal)
    for now in MOMENTS:
        assert counted(mirrored, portal, now) == expected(mirrored.rule_set, portal, now), now


@pytest.mark.soak
@pytest.mark.parametrize("contacts", [600, 2400])
@pytest.mark.parametrize("seed", range(1, 6))
def test_many_realistic_portals_are_counted_as_the_truth_counts_them(
    mirrored: Mirrored, contacts: int, seed: int
) -> None:
    portal = generate(contacts, seed)
    mirrored.fill(portal)
    for now in MOMENTS:
        assert counted(mirrored, portal, now) == expected(mirrored.rule_set, portal, now), now


def test_awkward_portals_fill_every_queue(rule_set: RuleSet) -> None:
    """Else the comparison would compare nothing."""
    assert all(expected(rule_set, make_random_portal(1), SUNDAY).values())


def test_deriving_for_the_candidates_alone_finds_whom_deriving_for_all_finds(mirrored: Mirrored) -> None:
    portal = make_random_portal(2)
    mirrored.fill(portal)
    world = mirrored.derive(portal, SUNDAY)
    queues = [queue for queue in _queues(mirrored) if not queue.findings]
    queries = [queue_hits(mirrored.rule_set, queue, mirrored.schema, world) for queue in queues]
    everybody = [{*mirrored.connection.execute(query)} for query in queries]
    for statement in derive_for_queues(mirrored.rule_set, queues, mirrored.schema, world):
        mirrored.connection.execute(statement)
    some = mirrored.connection.execute(select(contact_facts.c.id)).all()
    assert [{*mirrored.connection.execute(query)} for query in queries] == everybody
    assert len(some) < len(portal.objects["contacts"])
