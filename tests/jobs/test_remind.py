"""Who is told what, and when: a script over time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, Engine, Row, select

from jobs import escalate
from jobs.database import writing
from jobs.ledger import deliveries, rests
from jobs.ledger.tables import deliveries as table
from jobs.readers import Readers
from jobs.remind import Decided, remind
from jobs.reminder_policy import Hours, Moment, Policy, Urgency
from rules.business_calendar import Calendar, Closure
from rules.model import People
from tests.jobs.ledger_builders import TOKYO, at, see

HOURS = Hours(time(9, 0), time(9, 30), time(9, 0), time(18, 0))
CALENDAR = Calendar(TOKYO, closures=(Closure((12, 29), (1, 3)),))
POLICY = Policy(HOURS, CALENDAR)
PEOPLE = People(())
RULES = {"l1": Urgency(0, leak=True, silent=False), "h1": Urgency(10, leak=False, silent=False)}


def decide(
    engine: Engine,
    now: datetime,
    rules: dict[str, Urgency] | None = None,
    *,
    quiet: Collection[str] = (),
    zones: Mapping[str, ZoneInfo] = {},
) -> Decided:
    decided = remind(engine, rules or RULES, Readers(Moment(now, POLICY), quiet, zones), PEOPLE)
    with writing(engine) as connection:
        for row in deliveries.to_send(connection):
            deliveries.mark(connection, row.id, state="sent", ts="1.0", channel="D1")
    return decided


def sent(engine: Engine) -> list[tuple[Any, ...]]:
    """(conversation, kind, number of findings, taken over) of every message so far."""
    with writing(engine) as connection:
        rows = connection.execute(select(table).order_by(table.c.created_at, table.c.conversation)).all()
        return [
            (row.conversation, row.kind, len(deliveries.findings_of(connection, row.id)), row.superseded)
            for row in rows
        ]


def test_in_the_morning_each_owner_gets_one_digest(engine: Engine) -> None:
    see(engine, {"501": "41", "502": "41", "503": "42"}, at("11-24 08:00"), rule="h1")
    assert decide(engine, at("11-24 09:00")).created == 2
    assert sent(engine) == [("owner:41", "digest", 2, False), ("owner:42", "digest", 1, False)]


def test_deciding_twice_decides_nothing_the_second_time(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 08:00"))
    decide(engine, at("11-24 09:30"))
    assert decide(engine, at("11-24 09:31")) == Decided(0, {})


def test_what_a_round_that_was_cut_off_has_not_decided_is_decided_by_the_next(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    see(engine, {"501": "41", "502": "42", "503": "43"}, at("11-24 08:00"), rule="h1")
    advance = escalate.advance

    def dies(connection: Connection, rows: Sequence[Row[Any]], *more: Any) -> Any:
        if rows[0].owner_id == "42":
            raise KeyboardInterrupt
        return advance(connection, rows, *more)

    monkeypatch.setattr(escalate, "advance", dies)
    with pytest.raises(KeyboardInterrupt):
        decide(engine, at("11-24 09:00"))
    monkeypatch.undo()
    assert sent(engine) == [("owner:41", "digest", 1, False)]
    assert decide(engine, at("11-24 09:05")).created == 2
    assert [conversation for conversation, *_ in sent(engine)] == ["owner:41", "owner:42", "owner:43"]


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ("11-22 10:00", "holiday"),  # Sunday
        ("11-23 10:00", "holiday"),  # 勤労感謝の日
        ("12-29 10:00", "holiday"),  # the first day of the firm's closure
        ("11-24 08:59", "outside_hours"),
        ("11-24 18:00", "outside_hours"),
    ],
)
def test_nobody_is_told_anything_while_closed(engine: Engine, now: str, reason: str) -> None:
    see(engine, {"501": "41"}, at("11-20 08:00"), rule="h1")
    assert decide(engine, at(now)) == Decided(0, {"owner:41": reason})


def test_whoever_wants_quiet_hears_of_it_afterwards(engine: Engine) -> None:
    see(engine, {"501": "41", "502": "42"}, at("11-24 08:00"), rule="h1")
    assert decide(engine, at("11-24 09:00"), quiet={"41"}) == Decided(1, {"owner:41": "quiet_hours"})
    assert decide(engine, at("11-24 10:00")) == Decided(1, {})
    assert [one[:2] for one in sent(engine)] == [("owner:42", "digest"), ("owner:41", "digest")]


def test_whoever_lives_by_another_clock_is_told_in_the_morning_there(engine: Engine) -> None:
    see(engine, {"501": "41", "502": "42"}, at("11-24 08:00"), rule="h1")
    abroad = {"41": ZoneInfo("America/New_York")}  # 14 hours behind
    assert decide(engine, at("11-25 09:00"), zones=abroad) == Decided(1, {"owner:41": "outside_hours"})
    assert decide(engine, at("11-25 22:59"), zones=abroad) == Decided(0, {"owner:41": "outside_hours"})
    assert decide(engine, at("11-25 23:00"), zones=abroad) == Decided(1, {})
    see(engine, {"501": "41", "502": "42", "503": "41"}, at("11-26 01:00"), rule="h1")
    assert decide(engine, at("11-26 01:00"), zones=abroad) == Decided(1, {"owner:42": "outside_hours"})
    assert [one[:2] for one in sent(engine)] == [("owner:42", "digest"), ("owner:41", "digest"), ("owner:41", "later")]


def test_the_firms_closed_days_are_everybodys(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-20 08:00"), rule="h1")
    abroad = {"41": ZoneInfo("America/New_York")}
    assert decide(engine, at("11-23 23:00"), zones=abroad) == Decided(0, {"owner:41": "holiday"})


def test_what_opens_after_the_digest_goes_out_with_its_cycle(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 08:00"), rule="h1")
    decide(engine, at("11-24 09:00"))
    see(engine, {"501": "41", "502": "41"}, at("11-24 11:00"), rule="h1")
    decide(engine, at("11-24 11:00"))
    assert sent(engine) == [("owner:41", "digest", 1, False), ("owner:41", "later", 1, False)]


def test_the_next_digest_takes_over_what_is_still_open(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 08:00"), rule="h1")
    decide(engine, at("11-24 09:00"))
    decide(engine, at("11-25 09:00"))
    assert sent(engine) == [("owner:41", "digest", 1, True), ("owner:41", "digest", 1, False)]


def test_an_acknowledged_finding_alone_asks_for_no_digest(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 08:00"), rule="h1")
    decide(engine, at("11-24 09:00"))
    with writing(engine) as connection:
        rows = rests.read(connection, [1])
        rests.acknowledge(connection, rows, by="佐藤", at=at("11-24 10:00"), until=at("11-25 10:00"))
    assert decide(engine, at("11-25 09:00")).created == 0


def test_the_leak_check_waits_for_its_own_time(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 08:00"))
    assert decide(engine, at("11-24 09:00")).held == {"channel:leak": "before_leak_check"}
    decide(engine, at("11-24 09:30"))
    assert ("channel:leak", "leak_check", 1, False) in sent(engine)


def test_back_at_zero_is_said_once(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 08:00"))
    decide(engine, at("11-24 09:30"))
    see(engine, {}, at("11-24 12:00"))
    decide(engine, at("11-25 09:30"))
    decide(engine, at("11-26 09:30"))
    assert [kind for conversation, kind, *_ in sent(engine) if conversation == "channel:leak"] == [
        "leak_check",
        "leak_free",
    ]


def test_without_leaks_the_channel_stays_silent(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 08:00"), rule="h1")
    decide(engine, at("11-24 09:30"))
    assert [conversation for conversation, *_ in sent(engine)] == ["owner:41"]


def test_a_silent_rule_tells_nobody(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-24 08:00"), rule="h1")
    silent = {"h1": Urgency(0, leak=False, silent=True)}
    assert decide(engine, at("11-24 09:30"), silent) == Decided(0, {})


def test_a_finding_without_a_receiver_is_nobodys_matter(engine: Engine) -> None:
    see(engine, {"501": None}, at("11-24 08:00"), rule="h1")
    decide(engine, at("11-24 09:30"))
    assert sent(engine) == [("owner:nobody", "digest", 1, False)]


def test_a_finding_that_moves_is_new_to_its_new_owner(engine: Engine) -> None:
    see(engine, {"501": "41", "502": "42"}, at("11-24 08:00"), rule="h1")
    decide(engine, at("11-24 09:00"))
    see(engine, {"501": "42", "502": "42"}, at("11-24 10:00"), rule="h1")
    decide(engine, at("11-24 10:00"))
    assert sent(engine)[-1] == ("owner:42", "later", 1, False)


def test_after_days_of_silence_one_digest_says_it_all(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-20 08:00"), rule="h1")
    remind(engine, RULES, Readers(Moment(at("11-20 09:00"), POLICY)), PEOPLE)
    remind(engine, RULES, Readers(Moment(at("11-24 09:00"), POLICY)), PEOPLE)
    with writing(engine) as connection:
        assert [row.day for row in deliveries.to_send(connection)] == ["2026-11-24"]


WEEKLY = {"h1": Urgency(0, leak=False, silent=False), "h5": Urgency(1, leak=False, silent=False, weekly=True)}


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("11-16 09:00", True),  # Monday
        ("11-17 09:00", False),
        ("11-24 09:00", True),  # Tuesday after a Monday that is a holiday
        ("11-25 09:00", False),
        ("12-28 09:00", True),  # the last day before the closure, a Monday
        ("11-21 09:00", False),  # Saturday
    ],
)
def test_weekly_findings_are_told_on_the_first_open_day_of_the_week(engine: Engine, now: str, told: bool) -> None:
    see(engine, {"501": "41"}, at("11-01 08:00"), rule="h5")
    assert decide(engine, at(now), WEEKLY).created == int(told)


def test_weekly_findings_stay_out_of_the_other_days_digests(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-16 08:00"), rule="h1")
    see(engine, {"502": "41"}, at("11-16 08:00"), rule="h5")
    decide(engine, at("11-16 09:00"), WEEKLY)
    decide(engine, at("11-17 09:00"), WEEKLY)
    assert [number for _, _, number, _ in sent(engine)] == [2, 1]


def test_a_finding_is_kept_quiet_while_another_about_the_same_record_is_open(engine: Engine) -> None:
    rules = {"h1": Urgency(0, leak=False, silent=False, quiet_if=frozenset({"l1"}))}
    see(engine, {"501": "41", "502": "42"}, at("11-24 08:00"), rule="h1")
    see(engine, {"501": "43"}, at("11-24 08:00"), rule="l1")
    assert decide(engine, at("11-24 09:00"), rules) == Decided(1, {"owner:41": "inhibited_by"})
    see(engine, {}, at("11-24 10:00"), rule="l1")
    assert decide(engine, at("11-24 10:05"), rules).created == 1
    assert {conversation for conversation, *_ in sent(engine)} == {"owner:42", "owner:41"}
