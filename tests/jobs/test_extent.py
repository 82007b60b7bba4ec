"""What an examination looks at: some contacts where it is known who may differ, else all, and the reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import Engine, create_engine

from jobs import extent as extents
from jobs.database import writing
from jobs.extent import Extent, Why, extent, ground_of, last_nightly
from jobs.ledger import plan_lines
from jobs.ledger.examinations import Examined
from jobs.ledger.tables import metadata
from rules.model import RuleSet
from rules.world import World
from tests.jobs.ledger_builders import TOKYO, at, make_line
from tests.rules.portal import PEOPLE, Portal, schema_for, shipped_rules

NOW = at("11-24 09:30")
BEFORE = Examined(NOW - timedelta(minutes=5), "ground", NOW - timedelta(hours=6))


@pytest.fixture(scope="module")
def rule_set() -> RuleSet:
    return shipped_rules()


def found(
    rule_set: RuleSet,
    last: Examined | None = BEFORE,
    changed: Collection[str] | None = ("501",),
    now: datetime = NOW,
) -> Extent:
    with create_engine("sqlite://").connect() as connection:
        schema = Portal.on(connection, rule_set).schema
        metadata.create_all(connection)
        world = World(now, PEOPLE, rule_set.calendar)
        return extent(connection, rule_set, schema, world, last=last, ground="ground", changed=changed, full_at=time(3))


def test_only_what_changed_is_looked_at(rule_set: RuleSet) -> None:
    assert found(rule_set) == Extent(frozenset({"501"}), None)
    assert found(rule_set).only == {"501"}


def test_whoever_a_write_waits_for_is_looked_at_again(engine: Engine, rule_set: RuleSet) -> None:
    """Its wait may be over by time alone."""
    lines = [make_line("502", state="held_back"), make_line("503"), make_line("504", name="list", state="held_back")]
    lines.append(make_line("505", state="held_back", cause=plan_lines.comes_first("other").en))
    with writing(engine) as connection:
        plan_lines.add(connection, lines, plan=plan_lines.PlanOpener(1, "v1", NOW), now=NOW)
        assert plan_lines.held_back_records(connection) == {"502"}


@pytest.mark.parametrize(
    ("last", "changed", "why"),
    [
        (None, (), Why.FIRST),
        (dataclasses.replace(BEFORE, ground="another"), (), Why.GROUND),
        (dataclasses.replace(BEFORE, moment=NOW + timedelta(milliseconds=1)), (), Why.CLOCK),
        (BEFORE, None, Why.MARKED),
    ],
)
def test_everything_is_looked_at_where_anybody_may_differ(
    rule_set: RuleSet, last: Examined | None, changed: Collection[str] | None, why: Why
) -> None:
    assert found(rule_set, last, changed) == Extent(None, why)


def test_the_night_looks_at_everything_and_knows_who_may_differ(rule_set: RuleSet) -> None:
    nightly = found(rule_set, dataclasses.replace(BEFORE, full_moment=at("11-24 02:59")))
    assert (nightly.why, nightly.suspects, nightly.only) == (Why.NIGHTLY, {"501"}, None)


def test_a_great_many_are_looked_at_all_together(rule_set: RuleSet) -> None:
    many = [str(one) for one in range(1, extents.MANY + 2)]
    assert found(rule_set, changed=many).why is Why.MANY


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("11-24 03:00", "11-24 03:00"),
        ("11-24 02:59", "11-23 03:00"),
        ("11-24 23:59", "11-24 03:00"),
    ],
)
def test_a_night_begins_at_its_time_in_the_calendars_zone(now: str, due: str) -> None:
    assert last_nightly(at(now), time(3), TOKYO) == at(due)


def test_another_role_or_rule_is_another_ground(rule_set: RuleSet) -> None:
    schema, world = schema_for(rule_set), World(NOW, PEOPLE, rule_set.calendar)
    first, *others = PEOPLE.persons
    moved = dataclasses.replace(PEOPLE, persons=(dataclasses.replace(first, roles=frozenset({"Ops"})), *others))
    grounds = {
        ground_of(rule_set, schema, world),
        ground_of(rule_set, schema, dataclasses.replace(world, people=moved)),
        ground_of(dataclasses.replace(rule_set, rules=rule_set.rules[1:]), schema, world),
    }
    assert len(grounds) == 3
    assert ground_of(shipped_rules(), schema_for(shipped_rules()), world) in grounds
