"""Who hears that a queue is empty again, when, and how often."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select

from jobs.database import writing
from jobs.ledger import deliveries, queue_counts
from jobs.ledger.queue_counts import Count
from jobs.ledger.tables import deliveries as table
from jobs.queue_zero import said_by, tell_of_empty_queues
from rules.fields import FieldMap
from rules.load import LIBRARY, load
from rules.model import People, Person, RuleSet
from tests.jobs.ledger_builders import at

HISTORY = [("11-19 09:00", 2), ("11-20 10:00", 1), ("11-24 10:00", 0)]


def person(owner_id: str, *roles: str, live: bool = True) -> Person:
    return Person(owner_id, f"P{owner_id}", None, None, live, frozenset(roles))


PEOPLE = People((person("41", "IS"), person("42", "IS"), person("43", "FS"), person("44", "IS", live=False)))


@pytest.fixture(scope="module")
def rule_set() -> RuleSet:
    found = load(LIBRARY, None, FieldMap.of()).rule_set
    assert found is not None
    return found


def count(engine: Engine, moment: str, number: int, queue: str = "inquiry") -> None:
    with writing(engine) as connection:
        queue_counts.record(connection, [Count(queue, number, None, None)], at(moment), at(f"{moment[:5]} 00:00"))


def tell(engine: Engine, rule_set: RuleSet, moment: str) -> list[tuple[str, list[str]]]:
    """Everything that was ever decided: to whom, and about which queues."""
    with writing(engine) as connection:
        tell_of_empty_queues(connection, rule_set, PEOPLE, at(moment))
        rows = connection.execute(select(table).order_by(table.c.created_at, table.c.conversation)).all()
        return [(row.owner_id, [queue.id for queue, _ in said_by(connection, row, rule_set)]) for row in rows]


def test_each_live_person_of_the_role_hears_once(engine: Engine, rule_set: RuleSet) -> None:
    for moment, number in HISTORY:
        count(engine, moment, number)
    for moment in ("11-24 10:00", "11-24 10:05", "11-25 09:00", "11-26 09:00"):
        assert tell(engine, rule_set, moment) == [("41", ["inquiry"]), ("42", ["inquiry"])]


def test_nobody_hears_while_somebody_waits_or_when_nobody_ever_did(engine: Engine, rule_set: RuleSet) -> None:
    count(engine, "11-24 09:00", 0)
    count(engine, "11-24 09:00", 2, "in-progress")
    assert tell(engine, rule_set, "11-24 10:00") == []


def test_what_fills_and_empties_within_a_day_is_no_news(engine: Engine, rule_set: RuleSet) -> None:
    for moment, number in [("11-20 09:00", 0), ("11-24 09:00", 3), ("11-24 15:00", 0)]:
        count(engine, moment, number)
    assert tell(engine, rule_set, "11-24 15:00") == []


def test_what_emptied_on_friday_night_is_told_on_the_next_open_day(engine: Engine, rule_set: RuleSet) -> None:
    for moment, number in [("11-18 09:00", 1), ("11-20 20:00", 0)]:
        count(engine, moment, number)
    assert len(tell(engine, rule_set, "11-24 09:00")) == 2


def test_what_is_too_old_is_no_news(engine: Engine, rule_set: RuleSet) -> None:
    for moment, number in [("11-10 09:00", 1), ("11-18 20:00", 0)]:
        count(engine, moment, number)
    assert tell(engine, rule_set, "11-24 09:00") == []


def test_another_queue_on_the_same_day_is_another_message(engine: Engine, rule_set: RuleSet) -> None:
    for moment, number in HISTORY:
        count(engine, moment, number)
        count(engine, moment, 1, "in-progress")
    tell(engine, rule_set, "11-24 10:05")
    count(engine, "11-24 15:00", 0, "in-progress")
    told = tell(engine, rule_set, "11-24 15:00")
    assert told == [("41", ["inquiry"]), ("42", ["inquiry"]), ("41", ["in-progress"]), ("42", ["in-progress"])]


def test_of_leaks_the_channel_is_told_instead(engine: Engine, rule_set: RuleSet) -> None:
    for moment, number in HISTORY:
        count(engine, moment, number, "fs-leak")
    assert tell(engine, rule_set, "11-24 10:00") == []


def test_whoever_could_not_be_told_is_not_told_round_after_round(engine: Engine, rule_set: RuleSet) -> None:
    for moment, number in HISTORY:
        count(engine, moment, number)
    tell(engine, rule_set, "11-24 10:00")
    with writing(engine) as connection:
        for row in deliveries.to_send(connection):
            deliveries.mark(connection, row.id, state="obsolete")
    assert len(tell(engine, rule_set, "11-24 10:05")) == 2


def test_good_news_that_slack_could_not_take_for_days_is_dropped(engine: Engine, rule_set: RuleSet) -> None:
    def waiting() -> int:
        with writing(engine) as connection:
            return len(deliveries.to_send(connection))

    for moment, number in HISTORY:
        count(engine, moment, number)
    tell(engine, rule_set, "11-24 10:00")
    tell(engine, rule_set, "11-25 09:00")
    assert waiting() == 2
    tell(engine, rule_set, "11-26 10:05")
    assert waiting() == 0
