"""Whole portals at the moments at which days are easily miscounted: findings, lists and queues equal the truth."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from connector.sandbox.generator import generate
from connector.sandbox.state import Portal
from connector.sandbox.truth import truth
from rules.model import RuleSet
from rules.queue_hits import queue_count
from tests.rules.crm_portal import Mirrored
from tests.rules.portal import jst

# The moment, and by how many days the whole portal is moved so that people were at work until shortly before it.
MOMENTS: Mapping[str, tuple[datetime, int]] = {
    "the last minute before a limit of days": (jst("11-19 23:59"), 0),
    "the border itself": (jst("11-20 00:00"), 0),
    "a minute beside it": (jst("11-20 00:01"), 0),
    "a Monday holiday": (jst("11-23 12:00"), 0),
    "the first minute after it": (jst("11-24 00:00"), 0),
    "the last minute of a month": (jst("11-30 23:59"), 7),
    "the day before New Year's closure": (jst("12-28 18:00"), 35),
    "in New Year's closure": (jst("2027-01-01 00:00"), 35),
    "New Year's reopening": (jst("2027-01-04 00:00"), 35),
    "the day before Golden Week": (jst("2027-04-28 23:59"), 154),
    "in Golden Week": (jst("2027-05-04 12:00"), 154),
    "the first day after Golden Week": (jst("2027-05-06 09:00"), 154),
}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def mirrored(connection: Connection, rule_set: RuleSet) -> Mirrored:
    return Mirrored.on(connection, rule_set)


def agree(mirrored: Mirrored, portal: Portal, now: datetime) -> None:
    true: Any = truth(portal, now)
    found = mirrored.findings(portal, now)
    assert found == {(one["code"], one["id"]) for one in true["findings"]}
    members, held = mirrored.lists(portal, now)
    assert members == {name: set(ids) for name, ids in true["lists"].items()}
    assert held == {name: set(ids) for name, ids in true["held"].items()}
    assert queues(mirrored, portal, now, found) == true["queues"]


def queues(mirrored: Mirrored, portal: Portal, now: datetime, found: set[tuple[str, str]]) -> dict[str, int]:
    """Those of findings are counted in the ledger: here by what was found."""
    world = mirrored.derive(portal, now)
    of_rules = {rule.id: rule.code or rule.id for rule in mirrored.rule_set.rules}
    counts: dict[str, int] = {}
    for queue in mirrored.rule_set.queues:
        name = queue.id.replace("-", "_")
        if queue.findings:
            codes = {of_rules[one] for one in queue.findings}
            counts[name] = len({contact for code, contact in found if code in codes})
        else:
            query = queue_count(mirrored.rule_set, queue, mirrored.schema, world)
            counts[name] = mirrored.connection.execute(query).one().number
    return counts


def moved(portal: Portal, days: int) -> Portal:
    """The same firm, so many days later: every time of every record."""
    by = timedelta(days=days)
    for records in portal.objects.values():
        for record in records.values():
            record.created_at += by
            record.updated_at += by
            record.archived_at = record.archived_at and record.archived_at + by
            for name, value in record.properties.items():
                if _INSTANT.fullmatch(value):
                    later = datetime.fromisoformat(value) + by
                    record.properties[name] = later.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            for name, entries in record.history.items():
                moved_entries = [dataclasses.replace(one, timestamp=one.timestamp + by) for one in entries]
                record.history[name] = moved_entries
    return portal


def agree_at_every_moment(mirrored: Mirrored, contacts: int, seed: int) -> None:
    for days in dict.fromkeys(days for _, days in MOMENTS.values()):
        portal = moved(generate(contacts, seed), days)
        mirrored.fill(portal)
        for name, (now, of) in MOMENTS.items():
            if of == days:
                try:
                    agree(mirrored, portal, now)
                except AssertionError as error:
                    raise AssertionError(f"at {name}") from error


@on_sqlite
def test_a_portal_is_read_rightly_at_every_moment(mirrored: Mirrored) -> None:
    agree_at_every_moment(mirrored, 600, 1)


@pytest.mark.soak
def test_each_moment_differs_from_the_one_before() -> None:
    """Else it would test nothing new. A minute after midnight nothing falls due, nor while the firm is closed."""
    answers = {
        name: str(truth(moved(generate(600, 1), days), now)["findings"]) for name, (now, days) in MOMENTS.items()
    }
    pairs = zip(answers, [*answers][1:], strict=False)
    assert [after for before, after in pairs if answers[before] == answers[after]] == [
        "a minute beside it",
        "in New Year's closure",
    ]


@pytest.mark.soak
@on_sqlite
@pytest.mark.parametrize(
    ("contacts", "seed"),
    [*((600, seed) for seed in range(1, 21)), *((2400, seed) for seed in range(1, 4)), (60_000, 1)],
)
def test_many_portals_are_read_rightly_at_every_moment(mirrored: Mirrored, contacts: int, seed: int) -> None:
    agree_at_every_moment(mirrored, contacts, seed)


@pytest.mark.soak
@on_postgresql
@pytest.mark.parametrize("seed", range(1, 6))
def test_postgresql_reads_portals_rightly_at_every_moment(mirrored: Mirrored, seed: int) -> None:
    agree_at_every_moment(mirrored, 600, seed)
