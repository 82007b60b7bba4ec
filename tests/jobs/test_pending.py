"""A match that must hold for some time before it is a finding."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from sqlalchemy import Engine

from jobs.database import writing
from jobs.ledger import pending
from tests.jobs.ledger_builders import at


def ripe(engine: Engine, seen: Collection[str], now: str, *, only: Collection[str] | None = None) -> set[str]:
    """What has been seen for two hours at this time of the day."""
    hour, minute = now.split(":")
    since = at(f"11-24 {int(hour) - 2:02}:{minute}")
    with writing(engine) as connection:
        return pending.ripe(connection, "r", set(seen), now=at(f"11-24 {now}"), since=since, only=only)


def test_what_has_held_long_enough_is_ripe(engine: Engine) -> None:
    said = [ripe(engine, ["501", "502"], now) for now in ("09:00", "10:59", "11:00", "11:05")]
    assert said == [set(), set(), {"501", "502"}, {"501", "502"}]


def test_a_break_starts_the_time_anew(engine: Engine) -> None:
    ripe(engine, ["501"], "09:00")
    ripe(engine, [], "10:00")
    assert [ripe(engine, ["501"], now) for now in ("10:30", "11:00", "12:30")] == [set(), set(), {"501"}]


def test_a_look_at_some_records_forgets_no_others(engine: Engine) -> None:
    ripe(engine, ["501", "502"], "09:00")
    assert ripe(engine, ["501"], "10:00", only=["501"]) == set()
    assert ripe(engine, ["501", "502"], "11:00") == {"501", "502"}


@pytest.mark.parametrize(("waiting", "left"), [(["r"], {"501"}), ([], set[str]())])
def test_what_belongs_to_no_waiting_rule_is_dropped(engine: Engine, waiting: list[str], left: set[str]) -> None:
    ripe(engine, ["501"], "09:00")
    with writing(engine) as connection:
        pending.forget(connection, waiting)
    assert ripe(engine, ["501"], "11:00") == left


def test_what_becomes_ripe_between_two_looks_is_due(engine: Engine) -> None:
    for seen, now in ((["501"], "09:00"), (["501", "502"], "09:30")):
        ripe(engine, seen, now)
    with writing(engine) as connection:
        due = [
            pending.due(connection, "r", after=at(f"11-24 {after}"), until=at(f"11-24 {until}"))
            for after, until in (("08:00", "08:59"), ("08:59", "09:00"), ("09:00", "09:30"))
        ]
    assert due == [set(), {"501"}, {"502"}]
