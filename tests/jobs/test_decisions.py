"""Why somebody was told, or was not: kept once for each change of mind."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select

from jobs.database import writing
from jobs.ledger import rests
from jobs.ledger.tables import decisions
from jobs.reminder_policy import Urgency
from tests.jobs.ledger_builders import at, see
from tests.jobs.reminding import Days


@pytest.fixture
def days(engine: Engine) -> Days:
    """One finding of owner 41."""
    see(engine, {"501": "41"}, at("11-23 08:00"), rule="h1")
    return Days(engine)


def number(days: Days) -> int:
    with writing(days.engine) as connection:
        return connection.execute(select(func.count()).select_from(decisions)).scalar_one()


def test_idle_rounds_write_nothing(days: Days) -> None:
    for moment in ("11-23 10:00", "11-23 10:05", "11-23 10:10"):
        days.decide(moment)
    assert days.whys() == [("owner:41", "hold", "holiday")]
    for moment in ("11-24 09:30", "11-24 09:35", "11-24 12:00", "11-24 20:00"):
        days.decide(moment)
    assert days.whys()[1:] == [("owner:41", "send", "first")]


@pytest.mark.parametrize(
    ("moment", "reason"),
    [("11-23 10:00", "holiday"), ("11-24 08:30", "outside_hours"), ("11-24 18:00", "outside_hours")],
)
def test_what_cannot_be_told_now_says_why(days: Days, moment: str, reason: str) -> None:
    days.decide(moment)
    assert days.whys() == [("owner:41", "hold", reason)]


def test_a_finding_kept_quiet_names_what_comes_first(days: Days, engine: Engine) -> None:
    days.rules = {
        "h1": Urgency(0, leak=False, silent=False, quiet_if=frozenset({"l1"})),
        "l1": Urgency(1, leak=False, silent=False),
    }
    see(engine, {"501": "42"}, at("11-23 08:00"), rule="l1")
    days.each_morning("11-24")
    (kept, *_) = [one for one in days.reasons() if one.conversation == "owner:41"]
    assert (kept.decision, kept.reason, kept.detail, kept.state) == ("hold", "inhibited_by", "l1", "suppressed")
    see(engine, {}, at("11-24 10:00"), rule="l1")
    days.decide("11-24 10:05")
    assert days.finding().state == "reminded"
    assert days.whys()[-1] == ("owner:41", "send", "first")


def test_what_was_told_before_it_was_kept_quiet_is_as_it_was_afterwards(days: Days, engine: Engine) -> None:
    days.rules = {
        "h1": Urgency(0, leak=False, silent=False, quiet_if=frozenset({"l1"})),
        "l1": Urgency(1, leak=False, silent=False),
    }
    days.each_morning("11-24")
    see(engine, {"501": "41"}, at("11-24 10:00"), rule="l1")
    days.decide("11-24 10:05")
    assert days.finding().state == "suppressed"
    see(engine, {}, at("11-24 11:00"), rule="l1")
    days.decide("11-24 11:05")
    assert (days.finding().state, days.finding().quieted_by) == ("reminded", None)


def test_who_has_put_it_to_rest_is_the_reason(days: Days) -> None:
    days.each_morning("11-24")
    days.snooze("11-24 10:00", until="11-27 09:00")
    days.each_morning("11-25", "11-26", "11-27")
    assert days.whys()[1:] == [("owner:41", "hold", "snoozed"), ("owner:41", "send", "snooze_over")]


def test_a_rest_that_ends_in_the_day_calls_once_in_the_thread_of_its_message(days: Days, engine: Engine) -> None:
    see(engine, {"502": "41"}, at("11-23 08:00"), rule="l1")
    days.each_morning("11-24")
    days.snooze("11-24 10:00", until="11-24 11:00")
    days.decide("11-24 11:00")
    days.decide("11-24 11:05")
    assert days.sent("nudge") == [("11-24", "owner:41", "nudge", 1)]
    assert days.whys()[-1] == ("owner:41", "send", "snooze_over")


def test_still_on_it_is_asked_once_and_the_morning_after_it_is_a_reminder_like_any(days: Days) -> None:
    days.each_morning("11-24")
    days.acknowledge("11-24 10:00", until="11-25 10:00")
    days.decide("11-24 10:05")
    days.decide("11-25 10:00")
    assert days.whys()[-1] == ("owner:41", "send", "still_on_it")
    days.decide("11-25 11:00")
    days.each_morning("11-26")
    assert [why for *_, why in days.whys()] == ["first", "acknowledged", "still_on_it", "repeat_due"]


def test_a_persons_cap_holds_what_is_over_until_the_morning(days: Days, engine: Engine) -> None:
    days.messages_per_day = 2
    days.each_morning("11-24")
    see(engine, {"501": "41", "502": "41"}, at("11-24 10:00"), rule="h1")
    days.decide("11-24 10:05")
    see(engine, {"501": "41", "502": "41", "503": "41"}, at("11-24 11:00"), rule="h1")
    assert days.decide("11-24 11:05").held == {"owner:41": "message_budget"}
    assert days.whys("503") == [("owner:41", "hold", "message_budget")]
    days.each_morning("11-25")
    assert days.whys("503")[-1] == ("owner:41", "send", "first")
    assert days.sent()[-1] == ("11-25", "owner:41", "digest", 3)


def test_a_false_alarm_is_told_to_nobody_and_ends_as_one(days: Days, engine: Engine) -> None:
    days.each_morning("11-24")
    row = days.finding()
    with writing(engine) as connection:
        rests.dismiss(connection, [row], by="佐藤", at=at("11-24 10:00"), note="取引先の担当者です")
    days.each_morning("11-25")
    assert days.whys()[-1] == ("owner:41", "hold", "dismissed")
    see(engine, {"501": "42"}, at("11-25 10:00"), rule="h1")
    assert days.finding().state == "suppressed"
    see(engine, {}, at("11-25 11:00"), rule="h1")
    assert (days.finding().state, days.finding().closed_reason) == ("resolved", "dismissed")


def test_what_nobody_mends_expires_and_stays_the_same_matter(days: Days, engine: Engine) -> None:
    days.each_morning("11-24")
    with writing(engine) as connection:
        assert rests.expire(connection, at("11-23 00:00")) == 0
        assert rests.expire(connection, at("11-24 00:00")) == 1
    days.each_morning("11-25")
    assert (days.finding().state, days.whys()[-1]) == ("expired", ("owner:41", "hold", "expired"))
    assert see(engine, {"501": "41"}, at("11-25 10:00"), rule="h1").opened == 0
    see(engine, {}, at("11-25 11:00"), rule="h1")
    assert days.finding().state == "resolved"


def test_a_leak_that_the_channel_hears_of_for_the_first_time_is_told_as_such(engine: Engine) -> None:
    see(engine, {"501": "41"}, at("11-23 08:00"))
    days = Days(engine)
    days.each_morning("11-24")
    see(engine, {"501": "41", "502": "41"}, at("11-24 12:00"))
    days.each_morning("11-25")
    there = [(one.decision, one.reason) for one in days.reasons("502") if one.conversation == "channel:leak"]
    assert there == [("send", "first")]


def test_a_call_that_was_given_up_with_its_message_is_made_by_the_next(days: Days) -> None:
    days.each_morning("11-24", "11-25")
    days.arrives = False
    days.each_morning("11-26")  # two days without an act: called again, but Slack is away
    days.arrives = True
    days.each_morning("11-27")
    assert [reason for _, _, reason in days.whys()[-2:]] == ["again", "again"]
