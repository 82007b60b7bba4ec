"""What people put to rest: who is first, what an old click may not undo, and when it wakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, Row

from jobs.database import writing
from jobs.ledger import rests
from tests.jobs.ledger_builders import at, see

NOON, EVENING, FRIDAY = at("11-24 12:00"), at("11-24 17:00"), at("11-27 09:00")


@pytest.fixture
def found(engine: Engine) -> Row[Any]:
    """One open finding, as somebody read it."""
    see(engine, {"501": "41"}, at("11-24 09:30"))
    return row(engine)


def row(engine: Engine) -> Row[Any]:
    with writing(engine) as connection:
        return rests.read(connection, [1])[0]


def acknowledge(engine: Engine, seen: Row[Any], by: str = "佐藤") -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return rests.acknowledge(connection, [seen], by=by, at=NOON, until=EVENING)


def snooze(engine: Engine, seen: Row[Any], by: str = "髙橋") -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return rests.snooze(connection, [seen], by=by, at=NOON, until=FRIDAY)


def unsnooze(engine: Engine, seen: Row[Any]) -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return rests.unsnooze(connection, [seen], at=EVENING)


def wake(engine: Engine, moment: str) -> int:
    with writing(engine) as connection:
        return rests.wake(connection, at(moment))


def test_of_two_people_who_saw_the_same_the_first_wins(engine: Engine, found: Row[Any]) -> None:
    assert len(acknowledge(engine, found, by="佐藤")) == 1
    assert acknowledge(engine, found, by="髙橋") == snooze(engine, found) == []
    assert (row(engine).acknowledged_by, row(engine).acknowledged_at) == ("佐藤", NOON)


def test_a_snooze_takes_the_place_of_an_acknowledgement(engine: Engine, found: Row[Any]) -> None:
    acknowledge(engine, found)
    assert len(snooze(engine, row(engine))) == 1
    now = row(engine)
    assert (now.state, now.snoozed_by, now.snoozed_until, now.acknowledged_until) == ("snoozed", "髙橋", FRIDAY, None)
    assert wake(engine, "11-26 17:00") == 0


def test_an_acknowledgement_does_not_end_a_snooze(engine: Engine, found: Row[Any]) -> None:
    snooze(engine, found)
    assert acknowledge(engine, row(engine)) == []
    assert row(engine).state == "snoozed"


def test_an_old_click_does_not_end_a_newer_snooze(engine: Engine, found: Row[Any]) -> None:
    snooze(engine, found)
    first = row(engine)
    assert len(unsnooze(engine, first)) == 1
    snooze(engine, row(engine))
    assert unsnooze(engine, first) == []
    assert row(engine).state == "snoozed"


@pytest.mark.parametrize(
    ("rest", "just_before", "over", "why"),
    [(acknowledge, "11-24 16:59", "11-24 17:00", "still_on_it"), (snooze, "11-27 08:59", "11-27 09:00", "snooze_over")],
)
def test_a_rest_wakes_when_it_runs_out_and_not_before(
    engine: Engine, found: Row[Any], rest: Any, just_before: str, over: str, why: str
) -> None:
    rest(engine, found)
    assert (wake(engine, just_before), wake(engine, over), wake(engine, over)) == (0, 1, 0)
    now = row(engine)
    assert (now.state, now.ping_why, now.ping_at) == ("reminded", why, at(over))
    assert (now.acknowledged_by, now.snoozed_by) == (None, None)


def test_a_snooze_ends_when_the_matter_is_settled(engine: Engine, found: Row[Any]) -> None:
    snooze(engine, found)
    see(engine, {}, EVENING)
    assert (row(engine).state, wake(engine, "11-27 09:00")) == ("resolved", 0)


def test_a_snooze_ends_when_somebody_else_has_to_act(engine: Engine, found: Row[Any]) -> None:
    snooze(engine, found)
    see(engine, {"501": "42"}, EVENING)
    assert (row(engine).state, row(engine).snoozed_until) == ("open", None)


def test_nothing_is_put_to_rest_that_is_settled(engine: Engine, found: Row[Any]) -> None:
    see(engine, {}, NOON)
    assert acknowledge(engine, row(engine)) == snooze(engine, row(engine)) == []
