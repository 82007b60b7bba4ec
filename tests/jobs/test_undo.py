"""What was written is taken back where it is still ours, once, and not proposed again for no reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, Row, delete, select

from connector.errors import CrmUnavailable
from connector.records import Version
from jobs.apply import Author, apply
from jobs.database import writing
from jobs.ledger import audit, memberships, plan_lines, undone
from jobs.ledger.memberships import Place, Wanted
from jobs.ledger.plan_lines import LIST_PROPERTY, Line, PlanOpener
from jobs.ledger.tables import plan_lines as table
from jobs.ledger.undone import Target
from jobs.undo import Desk, Undoing, take_back
from tests.jobs.ledger_builders import at, make_line
from tests.jobs.standins import StandInGateway

NOW, LATER = at("11-24 09:30"), at("11-24 10:00")
AUTHOR = Author("person 41 Sato Hana", "cli")
RECYCLE = "リサイクル: CRM"
JOINS: Mapping[str, Any] = {"name": LIST_PROPERTY, "before": None, "after": RECYCLE, "state": "approved"}
LEAVES: Mapping[str, Any] = {"name": LIST_PROPERTY, "before": RECYCLE, "after": None, "state": "approved"}


def write(engine: Engine, gateway: StandInGateway, *lines: Line) -> int:
    """Apply lines as a plan of their own; its number."""
    opener = PlanOpener(1, "v1", NOW)
    with writing(engine) as connection:
        plan_lines.add(connection, lines, plan=opener, now=NOW)
    apply(engine, gateway, author=Author("mimawari", "cycle"), now=NOW)
    assert opener.plan_id is not None
    return opener.plan_id


def rank(before: str | None, after: str | None, **more: Any) -> Line:
    return make_line("501", before=before, after=after, state="approved", **more)


def take(engine: Engine, gateway: StandInGateway, number: int, kind: str = "plan") -> Undoing:
    return take_back(Desk(engine, gateway, AUTHOR, LATER), Target(kind, number))


def rows(engine: Engine) -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def states(engine: Engine) -> list[str]:
    return [row.state for row in rows(engine)]


def test_a_value_that_is_still_ours_gets_its_earlier_one_back(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    done = take(engine, gateway, write(engine, gateway, rank("COOL", "HOT")))
    assert (done.applied.applied, gateway.contacts["501"]["lead_rank"]) == (1, "COOL")
    assert states(engine) == ["undone", "applied"]


def test_a_value_that_was_missing_is_missing_again(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}})
    take(engine, gateway, write(engine, gateway, rank(None, "HOT")))
    assert gateway.contacts["501"]["lead_rank"] is None


def test_what_somebody_changed_since_stays_and_they_are_named(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    plan = write(engine, gateway, rank("COOL", "HOT"))
    gateway.contacts["501"]["lead_rank"] = "WARM"
    gateway.history["501"] = {"lead_rank": [Version("WARM", at("11-24 09:45"), "CRM_UI", None, 141)]}
    done = take(engine, gateway, plan).applied
    assert (done.conflict, gateway.contacts["501"]["lead_rank"]) == (1, "WARM")
    assert done.lines[0]["cause"] == "user 141 changed it to WARM on 2026-11-24 00:45; that value stays."
    assert states(engine) == ["applied", "conflict"]


def test_taking_back_a_second_time_finds_nothing(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    plan = write(engine, gateway, rank("COOL", "HOT"))
    take(engine, gateway, plan)
    again = take(engine, gateway, plan)
    assert (again.plan, again.applied.lines, len(gateway.updates)) == (None, [], 2)


def test_what_was_taken_back_can_be_brought_back_and_so_on(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    plan, seen = write(engine, gateway, rank("COOL", "HOT")), list[str | None]()
    for _ in range(4):
        plan = take(engine, gateway, plan).plan or 0
        seen.append(gateway.contacts["501"]["lead_rank"])
    assert seen == ["COOL", "HOT", "COOL", "HOT"]
    assert states(engine) == ["applied", "undone", "applied", "undone", "applied"]


def test_a_line_brought_back_can_be_taken_back_by_its_own_number(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    take(engine, gateway, take(engine, gateway, write(engine, gateway, rank("COOL", "HOT"))).plan or 0)
    assert take(engine, gateway, 1, "line").applied.applied == 1
    assert gateway.contacts["501"]["lead_rank"] == "COOL"


def test_a_line_alone_is_taken_back_alone(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}, "502": {}})
    write(engine, gateway, rank(None, "HOT"), make_line("502", state="approved"))
    take(engine, gateway, 2, "line")
    assert [gateway.contacts[i].get("lead_rank") for i in ("501", "502")] == ["HOT", None]


def test_a_cycle_takes_with_it_what_it_wrote_and_what_its_plan_wrote(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}, "502": {}, "503": {}})
    write(engine, gateway, rank(None, "HOT"))
    with writing(engine) as connection:
        other = PlanOpener(2, "v1", NOW)
        lines = [make_line("502", state="approved", actor="run 1"), make_line("503", state="approved")]
        plan_lines.add(connection, lines, plan=other, now=NOW)
    apply(engine, gateway, author=AUTHOR, now=NOW)
    take(engine, gateway, 1, "cycle")
    assert [gateway.contacts[i].get("lead_rank") for i in ("501", "502", "503")] == [None, None, "HOT"]


def test_several_writes_of_one_value_are_taken_back_step_by_step(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    write(engine, gateway, rank("COOL", "WARM"), rank("WARM", "HOT", rule="h2"))
    assert gateway.contacts["501"]["lead_rank"] == "HOT"
    take(engine, gateway, 1, "cycle")
    assert gateway.contacts["501"]["lead_rank"] == "COOL"


def test_a_later_write_of_ours_must_be_taken_back_first(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    first = write(engine, gateway, rank("COOL", "HOT"))
    second = write(engine, gateway, rank("HOT", "WARM", rule="h2"))
    (line,) = take(engine, gateway, first).applied.lines
    assert (line["state"], "Undo that one first" in line["cause"]) == ("conflict", True)
    take(engine, gateway, second)
    assert take(engine, gateway, first).applied.applied == 1
    assert gateway.contacts["501"]["lead_rank"] == "COOL"


def test_what_the_crm_held_already_was_never_ours(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "HOT"}})
    (line,) = take(engine, gateway, write(engine, gateway, rank("COOL", "HOT"))).applied.lines
    assert (line["state"], "held this value already" in line["cause"]) == ("conflict", True)
    assert gateway.updates == []


def test_a_persons_act_is_taken_back_like_a_rules(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"hs_lead_status": "NEW"}})
    line = rank("NEW", "IN_PROGRESS", name="hs_lead_status", rule=None, actor="person 42 Ito Ken")
    take(engine, gateway, write(engine, gateway, line))
    assert gateway.contacts["501"]["hs_lead_status"] == "NEW"


def test_memberships_are_taken_back_and_an_emptied_list_stays(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}, "502": {}})
    gateway.lists["失注フォロー: CRM"] = ["502"]
    leaves = {**LEAVES, "before": "失注フォロー: CRM"}
    take(engine, gateway, write(engine, gateway, make_line("501", **JOINS), make_line("502", **leaves)))
    assert gateway.lists == {RECYCLE: [], "失注フォロー: CRM": ["502"]}


def test_a_list_that_somebody_deleted_is_not_made_again_to_be_emptied(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}})
    plan = write(engine, gateway, make_line("501", **JOINS))
    del gateway.lists[RECYCLE]
    assert take(engine, gateway, plan).applied.applied == 1
    assert gateway.lists == {}


@pytest.mark.parametrize("lost_after", [False, True])
def test_what_a_crash_cut_off_is_finished_by_asking_again(engine: Engine, lost_after: bool) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    plan = write(engine, gateway, rank("COOL", "HOT"))
    gateway.trouble, gateway.trouble_after = CrmUnavailable("HubSpot does not answer."), lost_after
    assert take(engine, gateway, plan).applied.trouble
    again = take(engine, gateway, plan)
    assert (again.applied.applied, again.plan, states(engine)) == (1, 2, ["undone", "applied"])
    assert gateway.contacts["501"]["lead_rank"] == "COOL"


def test_what_a_crash_cut_off_is_finished_by_the_next_write_back(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    plan = write(engine, gateway, rank("COOL", "HOT"))
    gateway.trouble = CrmUnavailable("HubSpot does not answer.")
    take(engine, gateway, plan)
    assert apply(engine, gateway, author=Author("mimawari", "cycle"), now=LATER).applied == 1
    assert states(engine) == ["undone", "applied"]


def test_every_undo_is_audited_in_the_name_of_who_asked(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    take(engine, gateway, write(engine, gateway, rank("COOL", "HOT")))
    with writing(engine) as connection:
        entry = audit.read(connection, record_key=("contacts", "501"))[-1]
    assert (entry["action"], entry["actor"], entry["reason"]) == ("undo.applied", AUTHOR.name, "undo of line 1")


def remembered(engine: Engine, object_id: str = "501") -> dict[plan_lines.Subject, undone.Undone]:
    with writing(engine) as connection:
        return undone.remembered(connection, "h1", [object_id])


def test_what_was_taken_back_is_remembered_with_who_and_when(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    take(engine, gateway, write(engine, gateway, rank("COOL", "HOT")))
    (found,) = remembered(engine).values()
    assert found == undone.Undone("COOL", "HOT", AUTHOR.name, LATER)
    assert remembered(engine, "502") == {}


def test_what_was_brought_back_is_not_remembered_as_undone(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    take(engine, gateway, take(engine, gateway, write(engine, gateway, rank("COOL", "HOT"))).plan or 0)
    assert remembered(engine) == {}


def test_an_undo_is_forgotten_once_the_rule_has_wanted_something_else(engine: Engine) -> None:
    gateway = StandInGateway({"501": {"lead_rank": "COOL"}})
    take(engine, gateway, write(engine, gateway, rank("COOL", "HOT")))
    held = make_line("501", before="COOL", state="held_back", cause="undone")
    for wanted in ([held], []):
        assert remembered(engine)
        with writing(engine) as connection:
            opener = PlanOpener(1, "v1", LATER)
            plan_lines.reconcile(connection, "h1", wanted, plan=opener, now=LATER, only=None)
    assert remembered(engine) == {}


VALUES = st.sampled_from([None, "COOL", "WARM", "HOT"])
STEP = st.tuples(st.sampled_from(["501", "502", "503"]), st.sampled_from(["lead_rank", "lead_score", "list"]), VALUES)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(STEP, max_size=6), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_taking_back_all_plans_restores_every_value_and_membership(
    engine: Engine, plans: list[list[tuple[str, str, str | None]]], chance: Any
) -> None:
    _empty(engine)
    gateway = StandInGateway({i: {"lead_rank": chance.choice([None, "COOL"])} for i in ("501", "502", "503")})
    gateway.lists[RECYCLE] = [i for i in gateway.contacts if chance.random() < 0.5]
    before = _look(gateway)
    numbers = [write(engine, gateway, *lines) for steps in plans if (lines := _lines(gateway, steps))]
    for number in reversed(numbers):
        assert take(engine, gateway, number).applied.complete
    assert _look(gateway) == before


def _empty(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(delete(table))


def _look(gateway: StandInGateway) -> tuple[Any, ...]:
    values = {i: {name: text for name, text in one.items() if text} for i, one in gateway.contacts.items()}
    return values, {name: set(ids) for name, ids in gateway.lists.items()}


def _lines(gateway: StandInGateway, steps: Sequence[tuple[str, str, str | None]]) -> list[Line]:
    """One line per value, with what the CRM holds now as the value before; steps that change nothing are left out."""
    lines: dict[tuple[str, str], Line] = {}
    for record_id, name, value in steps:
        if name == "list":
            choice = LEAVES if record_id in gateway.lists[RECYCLE] else JOINS
            lines[record_id, name] = make_line(record_id, **choice)
        elif (present := gateway.contacts[record_id].get(name)) != value:
            lines[record_id, name] = make_line(record_id, name=name, before=present, after=value, state="approved")
    return list(lines.values())


def test_the_ledger_knows_which_memberships_were_taken_back(engine: Engine) -> None:
    gateway = StandInGateway({"501": {}})
    with writing(engine) as connection:
        memberships.reconcile(connection, Wanted("h1", "recycle", [Place(RECYCLE, "501", "CRM", None)]), NOW)
    plan = write(engine, gateway, make_line("501", **JOINS))
    take(engine, gateway, plan)
    with writing(engine) as connection:
        assert [row.object_id for row in memberships.differences(connection, "h1", None)] == ["501"]
