"""The history of a queue's counts: what is written down, and since when a queue has been empty."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from jobs.database import writing
from jobs.ledger import findings, queue_counts
from jobs.ledger.queue_counts import Count, Emptied
from jobs.ledger.tables import queue_counts as table
from tests.jobs.ledger_builders import at, see


def note(engine: Engine, now: str, number: int, *, queue: str = "inquiry", oldest: datetime | None = None) -> int:
    today = at(f"{now[:5]} 00:00")
    with writing(engine) as connection:
        return queue_counts.record(connection, [Count(queue, number, oldest, 0)], at(now), today)


def empty_since(engine: Engine) -> dict[str, datetime]:
    with writing(engine) as connection:
        return queue_counts.zero_since(connection)


def test_a_count_is_written_when_it_changes(engine: Engine) -> None:
    written = [note(engine, "11-24 09:00", 2), note(engine, "11-24 09:05", 2), note(engine, "11-24 09:10", 3)]
    assert written == [1, 0, 1]


def test_a_count_is_written_once_a_day_although_nothing_changes(engine: Engine) -> None:
    written = [note(engine, day, 2) for day in ("11-24 23:59", "11-25 00:00", "11-25 09:00", "11-26 09:00")]
    assert written == [1, 1, 0, 1]


def test_another_oldest_one_is_a_change(engine: Engine) -> None:
    note(engine, "11-24 09:00", 2, oldest=at("11-20 09:00"))
    assert note(engine, "11-24 09:05", 2, oldest=at("11-21 09:00")) == 1


def test_a_stopped_clock_does_not_stop_the_count(engine: Engine) -> None:
    note(engine, "11-24 09:00", 2)
    note(engine, "11-24 09:00", 1)
    with writing(engine) as connection:
        assert connection.execute(select(table.c.number)).scalars().all() == [1]


@pytest.mark.parametrize(
    ("numbers", "since"),
    [
        ([3, 0, 0], "11-25 09:00"),
        ([0, 0, 0], "11-24 09:00"),
        ([0, 1, 0], "11-26 09:00"),
        ([0, 0, 1], None),
    ],
)
def test_a_queue_is_empty_since_it_last_became_so(engine: Engine, numbers: list[int], since: str | None) -> None:
    for day, number in zip(("11-24", "11-25", "11-26"), numbers, strict=True):
        note(engine, f"{day} 09:00", number)
    note(engine, "11-24 09:00", 5, queue="another")
    assert empty_since(engine) == ({} if since is None else {"inquiry": at(since)})


def test_a_record_with_several_findings_counts_once_since_the_first(engine: Engine) -> None:
    see(engine, {"501": "41", "502": "41"}, at("11-24 09:00"), rule="l1")
    see(engine, {"501": "41"}, at("11-20 09:00"), rule="l7")
    see(engine, {"503": "41"}, at("11-20 09:00"), rule="h1")
    with writing(engine) as connection:
        found = queue_counts.count_of_findings(connection, "fs-leak", ["l1", "l7"], at("11-21 00:00"))
        records = dict(connection.execute(queue_counts.with_findings(["l1", "l7"])).all())
    assert found == Count("fs-leak", 2, at("11-20 09:00"), 1)
    assert records == {"501": at("11-20 09:00"), "502": at("11-24 09:00")}


def test_closed_findings_keep_nobody_in_a_queue(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 09:00"))
    see(engine, {}, at("11-24 09:05"))
    with writing(engine) as connection:
        assert findings.count_open(connection) == {}
        assert queue_counts.count_of_findings(connection, "fs-leak", ["l1"], None) == Count("fs-leak", 0, None, None)


def test_an_empty_queue_knows_since_when_somebody_had_been_waiting(engine: Engine) -> None:
    history = [("11-20 09:00", 0), ("11-20 10:00", 2), ("11-24 09:00", 1), ("11-24 11:00", 0), ("11-25 09:00", 0)]
    for moment, number in history:
        note(engine, moment, number)
    note(engine, "11-24 09:00", 3, queue="in-progress")
    note(engine, "11-24 09:00", 0, queue="thirty-day")
    with writing(engine) as connection:
        found = queue_counts.emptied(connection, "inquiry", at("11-25 12:00"))
        assert found == Emptied(at=at("11-24 11:00"), filled_since=at("11-20 10:00"))
        assert queue_counts.emptied(connection, "inquiry", at("11-24 10:59")) is None
        assert queue_counts.emptied(connection, "in-progress", at("11-25 12:00")) is None
        assert queue_counts.emptied(connection, "thirty-day", at("11-25 12:00")) is None


def test_a_queue_that_was_filled_from_the_start_was_so_since_the_first_count(engine: Engine) -> None:
    for moment, number in [("11-20 09:00", 2), ("11-24 11:00", 0)]:
        note(engine, moment, number)
    with writing(engine) as connection:
        found = queue_counts.emptied(connection, "inquiry", at("11-24 11:00"))
    assert found == Emptied(at=at("11-24 11:00"), filled_since=at("11-20 09:00"))
