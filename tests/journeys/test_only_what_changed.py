"""A round examines what changed and what time has reached; the night's full examination finds nothing to correct."""

from __future__ import annotations

import dataclasses
import random
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from jobs.cycle import run_cycle
from jobs.database import snapshot, writing
from jobs.ledger.tables import acts
from jobs.ledger.tables import findings as table
from jobs.wiring import Parts
from tests.journeys.stage import MORNING, Stage, people_of

STATUSES = ("NEW", "IN_PROGRESS", "OPEN_DEAL", "BAD_TIMING", "CONNECTED", "ATTEMPTED_TO_CONTACT", "UNQUALIFIED", "")
SEEDS = [1, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 12))]


on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def people_work(stage: Stage, chance: random.Random) -> None:
    """Statuses, owners and calls change; deals are won, lost and linked; contacts are archived and merged."""
    objects = stage.crm.state()["objects"]
    live = {kind: [i for i, one in objects[kind].items() if not one["archived"]] for kind in ("contacts", "deals")}
    for contact in chance.sample(live["contacts"], 3):
        stage.person_sets(contact, hs_lead_status=chance.choice(STATUSES))
    stage.person_sets(chance.choice(live["contacts"]), hubspot_owner_id=chance.choice(["", *people_of("FS")]))
    if live["deals"]:
        stage.loses_deal(chance.choice(live["deals"]))
    one, other, third, linked = chance.sample(live["contacts"], 4)
    match chance.randrange(4):
        case 0:
            stage.crm.control("records", op="archive", object="contacts", id=one)
        case 1:
            stage.crm.control("records", op="merge", object="contacts", id=other, merge_id=third)
        case _:
            deal = chance.choice(live["deals"])
            stage.crm.control(
                "records", op="associate", object="contacts", id=linked, to_object="deals", to_id=deal, quiet=True
            )


def assert_equals_the_truth(stage: Stage) -> None:
    truth = stage.truth()
    codes = {rule.code for rule in stage.program.rules().rules if rule.code}
    assert stage.found() == stage.true_findings(codes)
    assert stage.members() == {name: set(ids) for name, ids in truth["lists"].items() if ids}
    assert stage.held() == {name: set(ids) for name, ids in truth["held"].items() if ids}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_of_work_is_followed_by_what_changed(stage: Stage, seed: int) -> None:
    stage.set(200, seed)
    stage.without_slack()
    assert stage.make_round()["examination"]["why"] == "first"
    chance = random.Random(seed)
    for hours in (1, 2, 5, 8, 14):  # until half past eleven at night
        people_work(stage, chance)
        stage.it_is(MORNING + timedelta(hours=hours))
        examination = stage.make_round()["examination"]
        assert examination["kind"] == "changed"
        assert 0 < examination["contacts"] < 100
        assert_equals_the_truth(stage)
    people_work(stage, chance)
    stage.it_is("11-25 02:00")  # another day: limits have moved
    assert stage.make_round()["examination"]["kind"] == "changed"
    assert_equals_the_truth(stage)
    stage.it_is("11-25 03:00")
    examination = stage.make_round()["examination"]
    assert (examination["why"], examination["disagreements"]) == ("nightly", 0)


@on_one_database
def test_a_quiet_round_examines_nobody(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    stage.it_is(MORNING + timedelta(minutes=5))
    assert stage.make_round()["examination"] == {"kind": "changed", "contacts": 0, "disagreements": 0, "why": None}


@on_one_database
def test_everything_is_examined_when_somebody_takes_another_role(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    settings = stage.program.settings
    roles = {**settings.file.roles, "FS": ("IS",)}
    stage.close()
    stage.program = Parts(dataclasses.replace(settings, file=settings.file.model_copy(update={"roles": roles})))
    assert stage.make_round()["examination"]["why"] == "rules or people changed"


@on_one_database
def test_a_clock_that_goes_back_is_noticed(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    stage.it_is(MORNING - timedelta(hours=1))
    assert stage.make_round()["examination"]["why"] == "clock went back"


@on_one_database
def test_a_wrong_ledger_is_found_out_at_night(stage: Stage) -> None:
    """As if a change had been overlooked: the night counts it, says so and puts it right."""
    stage.without_slack()
    stage.make_first_round()
    overlooked = next(one for one in stage.findings("L7"))
    with writing(stage.program.engine) as connection:
        this = (table.c.rule == overlooked["rule"]) & (table.c.object_id == overlooked["id"])
        connection.execute(update(table).where(this).values(state="resolved", open_key=None, closed_at=MORNING))
    stage.it_is("11-24 10:30")
    stage.make_round()
    assert ("L7", overlooked["id"]) not in stage.found()
    stage.it_is("11-25 03:00")
    assert run_cycle(stage.program).document["examination"]["disagreements"] == 1
    assert ("L7", overlooked["id"]) in stage.found()


@on_one_database
def test_the_night_forgets_the_clicks_of_last_spring(stage: Stage) -> None:
    stage.without_slack()
    stage.make_first_round()
    with writing(stage.program.engine) as connection:
        connection.execute(insert(acts).values(id="old", at=MORNING - timedelta(days=200), actor="somebody"))
    for moment, left in (("11-24 23:00", ["old"]), ("11-25 03:00", [])):
        stage.it_is(moment)
        run_cycle(stage.program)
        with snapshot(stage.program.engine) as connection:
            assert list(connection.execute(select(acts.c.id)).scalars()) == left
