"""Tasks and notes are made once, whatever is lost on the way; an undo takes them away while nobody has worked on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, Row, select, update

from connector.creations import UNDER_WAY
from connector.errors import CrmUnavailable
from connector.gateway import Refusal
from connector.records import Version
from jobs.apply import Applied, Author, apply
from jobs.database import writing
from jobs.ledger import audit, plan_lines
from jobs.ledger.plan_lines import Line, PlanOpener
from jobs.ledger.tables import plan_lines as table
from jobs.ledger.undone import Target
from jobs.undo import Desk, Undoing, take_back
from tests.jobs.ledger_builders import at, make_line
from tests.jobs.standins import StandInGateway

NOW = at("11-24 09:30")
AGAIN = NOW + UNDER_WAY
AUTHOR = Author("person 41 Sato Hana", "cli")
VALUES = {"hs_task_subject": "電話する", "hs_timestamp": "2026-11-26T09:00:00.000Z", "hs_task_status": "NOT_STARTED"}


def task(object_id: str = "501", **more: Any) -> Line:
    creates = {"values": VALUES | more.pop("values", {}), "relies_on": more.pop("relies_on", {})}
    changes: dict[str, Any] = {"name": "task", "after": "電話する", "rule": "call", "creates": creates, **more}
    return make_line(object_id, **changes)


def wanted(engine: Engine, *lines: Line, now: datetime = NOW, only: Collection[str] | None = None) -> None:
    """What a round does where the rule holds for these contacts."""
    with writing(engine) as connection:
        plan_lines.let_go(connection, "call", {line.object_id for line in lines}, only)
        plan_lines.reconcile(connection, "call", lines, plan=PlanOpener(1, "v1", now), now=now, only=only)


def approve(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(table).where(table.c.state == "proposed").values(state="approved"))


def write(engine: Engine, gateway: StandInGateway, now: datetime = NOW) -> Applied:
    approve(engine)
    return apply(engine, gateway, author=Author("mimawari", "cycle"), now=now)


def rows(engine: Engine) -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def states(engine: Engine) -> list[str]:
    return [row.state for row in rows(engine)]


def contacts(*ids: str) -> StandInGateway:
    return StandInGateway({i: {"hs_lead_status": "NEW"} for i in ids or ("501",)})


def take(engine: Engine, gateway: StandInGateway, number: int, kind: str = "line") -> Undoing:
    return take_back(Desk(engine, gateway, AUTHOR, AGAIN), Target(kind, number))


def test_a_task_is_made_and_its_line_knows_it(engine: Engine) -> None:
    gateway = contacts()
    wanted(engine, task())
    applied = write(engine, gateway)
    ((record_id, made),) = gateway.made.items()
    (row,) = rows(engine)
    assert (applied.applied, row.state, row.created_id, row.written) == (1, "applied", record_id, True)
    assert made["hs_task_subject"] == "電話する"
    with writing(engine) as connection:
        (entry,) = audit.read(connection, record_key=("contacts", "501"), since=None)
    assert (entry["action"], entry["after"]) == ("create.applied", "電話する")


def test_a_note_is_of_the_moment_at_which_it_is_made(engine: Engine) -> None:
    gateway = contacts()
    wanted(engine, task(name="note", creates={"values": {"hs_note_body": "メモ"}, "relies_on": {}}))
    write(engine, gateway)
    assert gateway.made["9001"]["hs_timestamp"] == "2026-11-24T00:30:00.000Z"


def test_while_the_rule_goes_on_holding_no_second_one_is_made(engine: Engine) -> None:
    gateway = contacts()
    for minutes in (0, 5, 10):
        wanted(engine, task(), now=NOW + timedelta(minutes=minutes))
        write(engine, gateway, NOW + timedelta(minutes=minutes))
    assert (len(gateway.made), len(rows(engine))) == (1, 1)


def test_another_title_makes_no_second_one(engine: Engine) -> None:
    gateway = contacts()
    wanted(engine, task())
    write(engine, gateway)
    wanted(engine, task(after="メールする"))
    write(engine, gateway)
    assert len(gateway.made) == 1


def test_once_the_rule_has_held_no_more_a_new_one_is_made(engine: Engine) -> None:
    gateway = contacts()
    for lines in ((task(),), (), (task(),)):
        wanted(engine, *lines)
        write(engine, gateway)
    assert (len(gateway.made), states(engine)) == (2, ["applied", "applied"])


def test_a_look_at_other_contacts_lets_nothing_go(engine: Engine) -> None:
    gateway = contacts("501", "502")
    wanted(engine, task("501"), task("502"))
    write(engine, gateway)
    wanted(engine, task("502"), only={"502"})
    wanted(engine, task("501"), task("502"))
    assert len(rows(engine)) == 2


def test_day_and_receiver_of_a_planned_task_move_on_without_a_new_line(engine: Engine) -> None:
    wanted(engine, task())
    wanted(engine, task(values={"hubspot_owner_id": "42"}))
    (row,) = rows(engine)
    assert (row.state, row.creates["values"]["hubspot_owner_id"]) == ("proposed", "42")


@pytest.mark.parametrize("happened", [True, False])
def test_after_a_lost_answer_nothing_is_made_twice_and_nothing_forgotten(engine: Engine, happened: bool) -> None:
    gateway = contacts("501", "502")
    wanted(engine, task("501"), task("502"))
    gateway.trouble, gateway.trouble_after = CrmUnavailable("lost"), happened
    assert write(engine, gateway).trouble == "lost"
    early = write(engine, gateway, AGAIN - timedelta(seconds=1))
    assert (states(engine), early.trouble and "looked up" in early.trouble) == (["writing"] * 2, True)
    assert write(engine, gateway, AGAIN).applied == 2
    assert (len(gateway.made), {row.created_id for row in rows(engine)}) == (2, set(gateway.made))


def test_a_line_that_another_process_is_making_is_left_to_it(engine: Engine) -> None:
    gateway = contacts()
    wanted(engine, task())
    approve(engine)
    with writing(engine) as connection:
        ids = [row.id for row in connection.execute(select(table.c.id))]
        first = plan_lines.claim(connection, ids, now=NOW, tried_before=NOW - UNDER_WAY)
        second = plan_lines.claim(connection, ids, now=NOW, tried_before=NOW - UNDER_WAY)
    assert (first, second) == (set(ids), set())
    write(engine, gateway)
    assert gateway.made == {}


def test_what_the_rule_saw_must_still_be_so(engine: Engine) -> None:
    gateway = contacts("501", "502")
    wanted(engine, task("501", relies_on={"hs_lead_status": "OPEN_DEAL"}), task("503"))
    applied = write(engine, gateway)
    assert (applied.conflict, applied.failed, gateway.made) == (1, 1, {})
    assert "hs_lead_status of the contact has changed" in rows(engine)[0].cause
    assert "no longer in HubSpot" in rows(engine)[1].cause


def test_what_the_crm_refuses_fails_with_its_cause_and_may_be_wanted_again(engine: Engine) -> None:
    gateway = contacts()
    gateway.refusals = {"1": Refusal("the owner does not exist")}
    wanted(engine, task())
    assert write(engine, gateway).failed == 1
    wanted(engine, task())
    assert states(engine) == ["failed", "proposed"]


def test_an_untouched_task_is_taken_away_and_stays_away_while_the_rule_holds(engine: Engine) -> None:
    gateway = contacts()
    wanted(engine, task())
    write(engine, gateway)
    assert take(engine, gateway, 1).applied.applied == 1
    wanted(engine, task())
    write(engine, gateway)
    assert (gateway.made, states(engine)) == ({}, ["undone", "applied"])
    wanted(engine)
    wanted(engine, task())
    assert states(engine) == ["undone", "applied", "proposed"]


def test_a_task_that_somebody_has_worked_on_stays_and_is_said_so(engine: Engine) -> None:
    gateway = contacts()
    wanted(engine, task())
    write(engine, gateway)
    gateway.history = {"9001": {"hs_task_status": [version("NOT_STARTED"), version("COMPLETED", user_id=1)]}}
    undoing = take(engine, gateway, 1)
    assert (undoing.applied.conflict, len(gateway.made)) == (1, 1)
    (line,) = undoing.applied.lines
    assert "worked on this task (hs_task_status): user 1 changed it to COMPLETED" in line["cause"]


def version(value: str, user_id: int | None = None) -> Version:
    return Version(value, NOW, "CRM_UI" if user_id else "INTEGRATION", None, user_id)


def test_what_was_taken_away_is_not_made_again_by_an_undo(engine: Engine) -> None:
    gateway = contacts()
    wanted(engine, task())
    write(engine, gateway)
    take(engine, gateway, 1)
    undoing = take(engine, gateway, 2)
    assert (undoing.applied.conflict, gateway.made) == (1, {})
    assert "recycle bin" in undoing.applied.lines[0]["cause"]


def test_an_undo_whose_answer_is_lost_ends_like_one_that_is_not(engine: Engine) -> None:
    gateway = contacts()
    wanted(engine, task())
    write(engine, gateway)
    gateway.trouble, gateway.trouble_after = CrmUnavailable("lost"), True
    assert take(engine, gateway, 1).applied.trouble == "lost"
    take(engine, gateway, 1)
    assert (gateway.made, states(engine)) == ({}, ["undone", "applied"])


def test_tasks_of_two_rules_are_two_and_neither_stands_in_the_way_of_the_other(engine: Engine) -> None:
    gateway = contacts()
    with writing(engine) as connection:
        lines = [task(state="approved"), task(rule="write", state="approved")]
        plan_lines.add(connection, lines, plan=PlanOpener(1, "v1", NOW), now=NOW)
    write(engine, gateway)
    assert len(gateway.made) == 2
    assert take(engine, gateway, 1).applied.applied == 1
    assert len(gateway.made) == 1
