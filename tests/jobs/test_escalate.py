"""What happens when an owner does nothing: a script over business days."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from jobs import escalate
from jobs.database import writing
from jobs.escalate import manager_of, team_of
from jobs.ledger import deliveries
from jobs.reminder_policy import Moment, Steps, Urgency
from rules.model import People
from tests.jobs.ledger_builders import at, see
from tests.jobs.reminding import PEOPLE, RULES, Days, make_person

ABOVE = ("team", "manager")
# 11-24 is a Tuesday, 11-28 and 11-29 a weekend.
WEEK = ("11-24", "11-25", "11-26", "11-27", "11-30", "12-01", "12-02", "12-03", "12-04")


@pytest.fixture
def days(engine: Engine) -> Days:
    """One finding of owner 41, open since the first morning."""
    see(engine, {"501": "41"}, at("11-24 08:00"), rule="h1")
    return Days(engine)


def test_after_two_days_the_owner_after_four_the_team_after_six_the_manager(days: Days) -> None:
    days.each_morning(*WEEK)
    assert days.sent(*ABOVE) == [("11-30", "team:FS", "team", 1), ("12-02", "manager:90", "manager", 1)]
    sends = [
        (why.at.astimezone(at("11-24 00:00").tzinfo).strftime("%m-%d"), why.reason)
        for why in days.reasons()
        if why.decision == "send"
    ]
    assert sends[:4] == [("11-24", "first"), ("11-25", "repeat_due"), ("11-26", "again"), ("11-27", "repeat_due")]
    now = days.finding()
    assert (now.state, now.level, now.level_reason, now.level_at) == ("escalated", 3, "no_act", at("12-02 09:30"))


def test_a_step_is_taken_once(days: Days) -> None:
    days.each_morning(*WEEK)
    for clock in ("09:35", "11:00", "17:59"):
        assert days.decide(f"12-04 {clock}").created == 0
    assert len(days.sent(*ABOVE)) == 2


def test_what_is_settled_goes_no_further(days: Days, engine: Engine) -> None:
    days.each_morning(*WEEK[:3])
    see(engine, {}, at("11-26 12:00"), rule="h1")
    days.each_morning(*WEEK[3:])
    assert days.sent(*ABOVE) == []


def test_an_acknowledgement_stops_the_days_and_then_they_count_anew(days: Days) -> None:
    days.each_morning(*WEEK[:3])
    days.acknowledge("11-27 10:00", until="11-30 10:00")
    days.each_morning("11-27", "11-30")
    days.decide("11-30 10:00")
    days.each_morning("12-01", "12-02")
    assert days.sent(*ABOVE) == [("12-02", "team:FS", "team", 1)]


def test_a_new_owner_begins_at_the_beginning(days: Days, engine: Engine) -> None:
    days.each_morning(*WEEK[:5])
    see(engine, {"501": "42"}, at("11-30 12:00"), rule="h1")
    assert (days.finding().state, days.finding().level) == ("open", 0)
    days.each_morning("12-01", "12-02", "12-03", "12-04", "12-07")
    assert days.sent(*ABOVE)[1:] == [("12-07", "team:IS", "team", 1)]


def test_while_slack_is_away_nobody_is_blamed(days: Days) -> None:
    days.arrives = False
    days.each_morning(*WEEK)
    assert (days.sent(*ABOVE), days.finding().level) == ([], 0)
    days.arrives = True
    days.each_morning("12-07")
    assert days.finding().level == 0


def test_what_slack_refused_goes_to_the_manager_who_is_told_so(days: Days) -> None:
    days.arrives = False
    for morning in WEEK[:2]:
        days.each_morning(morning)
        days.refuse_everything()
    days.arrives = True
    days.each_morning("11-26")
    assert days.sent("manager") == [("11-26", "manager:90", "manager", 1)]
    assert days.finding().level_reason == "not_delivered"


def test_a_conversation_above_gets_one_message_a_day(days: Days, engine: Engine) -> None:
    see(engine, {"601": "41", "602": "41"}, at("11-24 08:00"), rule="l1")
    days.each_morning(*WEEK[:5])
    assert days.sent("team") == [("11-30", "team:FS", "team", 3)]


def test_a_step_of_no_days_is_left_out(days: Days) -> None:
    days.steps = Steps(again_after=0, team_after=0, manager_after=2)
    days.each_morning(*WEEK[:4])
    assert days.sent(*ABOVE) == [("11-26", "manager:90", "manager", 1)]


def test_a_rule_may_keep_its_findings_from_others(days: Days) -> None:
    days.rules = {"h1": Urgency(0, leak=False, silent=False, escalates=False)}
    days.each_morning(*WEEK)
    assert days.sent(*ABOVE) == []


def test_where_there_is_nobody_above_it_says_so(days: Days) -> None:
    days.people = People((make_person("41", "FS"),))
    days.each_morning(*WEEK)
    assert days.sent(*ABOVE) == [("11-30", "team:FS", "team", 1)]
    assert ("manager:41", "hold", "nobody_above") in days.whys()


def test_a_message_above_changes_no_more_some_days_after_its_last_finding(days: Days, engine: Engine) -> None:
    days.each_morning(*WEEK[:5])
    see(engine, {}, at("11-30 12:00"), rule="h1")
    days.each_morning("12-01", "12-02", "12-03", "12-04", "12-07")
    with writing(engine) as connection:
        assert [row.superseded for row in deliveries.unsettled(connection) if row.kind == "team"] == [True]


def announced(days: Days, moment: str) -> tuple[int, str] | None:
    step = escalate.announced(days.finding(), days.rules, Moment(at(moment), days.policy), days.people)
    return (step.level, f"{step.day:%m-%d}") if step else None


def test_what_is_announced_is_what_happens(days: Days) -> None:
    said = {}
    for day in WEEK:
        days.each_morning(day)
        said[day] = announced(days, f"{day} 10:00")
    # Called again on 11-26, and on 11-30 the team: from then on the manager.
    team, manager = (2, "11-30"), (3, "12-02")
    assert list(said.values()) == [None, None, team, team, manager, manager, None, None, None]
    assert days.sent(*ABOVE) == [("11-30", "team:FS", "team", 1), ("12-02", "manager:90", "manager", 1)]


def test_at_rest_nothing_is_announced(days: Days) -> None:
    days.each_morning(*WEEK[:3])
    days.acknowledge("11-26 10:00", until="11-27 10:00")
    assert announced(days, "11-26 10:05") is None


def test_what_is_not_certain_is_not_announced(days: Days) -> None:
    days.each_morning(*WEEK[:3])
    assert announced(days, "12-01 10:00") is None  # the day has passed
    for changes in ({"weekly": True}, {"escalates": False}, {"silent": True}):
        days.rules = {"h1": Urgency(**{"rank": 0, "leak": False, "silent": False, **changes})}
        assert announced(days, "11-26 10:00") is None
    days.rules, days.people = RULES, People((make_person("41", "FS"),))
    days.each_morning("11-27", "11-30")
    assert announced(days, "11-30 10:00") is None  # nobody is above


@pytest.mark.parametrize(
    ("owner", "team", "manager"),
    [("41", "FS", "90"), ("42", "IS", "91"), ("90", "Manager", None), ("7", "", "90")],
)
def test_a_team_and_its_manager(owner: str, team: str, manager: str | None) -> None:
    assert (team_of(PEOPLE, owner), manager_of(PEOPLE, owner)) == (team, manager)
