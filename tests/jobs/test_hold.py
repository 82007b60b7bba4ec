"""What was decided at a good time and would arrive at a bad one waits, and says why."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from jobs.database import writing
from jobs.ledger import decisions
from tests.jobs.ledger_builders import at, decide_message, see
from tests.jobs.standins import StandInCourier
from tests.jobs.test_deliver import Words, send
from tests.jobs.test_remind import POLICY


def whys(engine: Engine) -> list[tuple[str, str]]:
    with writing(engine) as connection:
        return [(one.decision, one.reason) for one in decisions.reasons_for(connection, "contacts", "501")]


@pytest.fixture
def decided(engine: Engine) -> Engine:
    """A message to owner 41 about contact 501, which Slack has not taken yet."""
    see(engine, {"501": "41"}, at("11-24 08:00"))
    decide_message(engine, "owner:41", owner_id="41", finding_ids=[1])
    return engine


def test_what_was_decided_before_somebodys_quiet_hours_waits_for_their_end(decided: Engine) -> None:
    courier = StandInCourier()
    for moment in ("11-24 12:00", "11-24 12:05"):
        assert send(decided, courier, now=at(moment), quiet={"41"}).posted == 0
    assert send(decided, courier, now=at("11-24 13:00")).posted == 1
    assert whys(decided) == [("hold", "quiet_hours"), ("send", "first")]


@pytest.mark.parametrize(("moment", "reason"), [("11-24 18:00", "outside_hours"), ("11-28 10:00", "holiday")])
def test_what_was_decided_before_an_outage_waits_for_working_hours(decided: Engine, moment: str, reason: str) -> None:
    assert send(decided, StandInCourier(), now=at(moment)).posted == 0
    assert whys(decided) == [("hold", reason)]


def test_whoever_stands_in_is_the_one_who_is_left_alone(decided: Engine) -> None:
    courier, words = StandInCourier(), Words(stand_in="90")
    assert send(decided, courier, words, quiet={"90"}).posted == 0
    assert send(decided, courier, words, quiet={"41"}).posted == 1


def test_a_night_is_the_readers_own(decided: Engine) -> None:
    courier, london = StandInCourier(), {"41": ZoneInfo("Europe/London")}
    assert send(decided, courier, now=at("11-24 12:00"), zones=london).posted == 0
    assert whys(decided) == [("hold", "outside_hours")]
    assert send(decided, courier, now=at("11-24 20:00"), zones=london).posted == 1


def test_after_an_outage_nobody_gets_more_than_a_days_messages(engine: Engine) -> None:
    for day in range(16, 25):
        decide_message(engine, "manager:90", kind="manager", day=f"2026-11-{day}", owner_id="90")
    courier = StandInCourier()
    assert send(engine, courier).posted == POLICY.messages_per_day
    assert send(engine, courier, now=at("11-24 17:00")).posted == 0
    assert send(engine, courier, now=at("11-25 09:00")).posted == 9 - POLICY.messages_per_day


def test_what_somebody_gets_for_others_counts_as_the_own(engine: Engine) -> None:
    for owner_id in range(41, 50):
        decide_message(engine, f"owner:{owner_id}", kind="later", owner_id=str(owner_id))
    courier, words = StandInCourier(), Words(stand_in="90")
    assert send(engine, courier, words).posted == POLICY.messages_per_day
    assert send(engine, courier, words, now=at("11-25 09:00")).posted == 9 - POLICY.messages_per_day


def test_the_mornings_list_has_room_in_every_day(engine: Engine) -> None:
    for day in range(16, 25):
        decide_message(engine, "manager:90", kind="manager", day=f"2026-11-{day}", owner_id="90")
    courier = StandInCourier()
    send(engine, courier)
    decide_message(engine, "owner:90", owner_id="90")
    assert send(engine, courier).posted == 1


@pytest.mark.parametrize(
    ("kind", "conversation", "moment", "posted"),
    [
        ("digest", "owner:41", "11-25 08:59", 0),  # working hours begin with the digest
        ("leak_check", "channel:leak", "11-25 09:29", 0),
        ("leak_check", "channel:leak", "11-25 09:30", 1),
        ("leak_check", "channel:leak", "11-24 09:00", 1),  # it was decided on this day
    ],
)
def test_yesterdays_list_waits_for_todays_which_may_take_it_over(
    engine: Engine, kind: str, conversation: str, moment: str, posted: int
) -> None:
    decide_message(engine, conversation, kind=kind, day="2026-11-24")
    assert send(engine, StandInCourier(), now=at(moment)).posted == posted


def test_a_message_that_was_never_held_is_noted_once(decided: Engine) -> None:
    send(decided, StandInCourier())
    assert whys(decided) == []
