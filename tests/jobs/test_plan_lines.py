"""Plan lines: wanted once, withdrawn when no longer wanted, never touched while they are written."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, Row, func, select
from sqlalchemy.exc import IntegrityError

from jobs.database import writing
from jobs.ledger import plan_lines
from jobs.ledger.plan_lines import LIST_PROPERTY, End, Line, PlanOpener
from jobs.ledger.tables import plan_lines as table
from jobs.ledger.tables import plans
from tests.jobs.ledger_builders import at, make_line

NOW = at("11-24 09:30")


def want(engine: Engine, *lines: Line, rule: str = "h1", only: Sequence[str] | None = None) -> int:
    with writing(engine) as connection:
        plan = PlanOpener(1, "v1", NOW)
        return len(plan_lines.reconcile(connection, rule, lines, plan=plan, now=NOW, only=only))


def rows(engine: Engine) -> Sequence[Row[Any]]:
    with writing(engine) as connection:
        return connection.execute(select(table).order_by(table.c.id)).all()


def states(engine: Engine) -> list[str]:
    return [row.state for row in rows(engine)]


def move(engine: Engine, state: str) -> int:
    ids = [row.id for row in rows(engine)]
    with writing(engine) as connection:
        return plan_lines.move(connection, ids, state, from_states=("proposed", "approved"), actor="run 1")


def test_planning_twice_yields_nothing_the_second_time(engine: Engine) -> None:
    assert want(engine, make_line("501"), make_line("502")) == 2
    assert want(engine, make_line("501"), make_line("502")) == 0
    assert states(engine) == ["proposed", "proposed"]


def test_a_quiet_cycle_leaves_no_empty_plan(engine: Engine) -> None:
    want(engine)
    with writing(engine) as connection:
        assert connection.execute(select(func.count()).select_from(plans)).scalar() == 0


def test_lines_of_one_run_share_one_plan(engine: Engine) -> None:
    opener = PlanOpener(1, "v1", NOW)
    with writing(engine) as connection:
        for rule in ("h1", "h2"):
            plan_lines.reconcile(connection, rule, [make_line("501", rule=rule)], plan=opener, now=NOW, only=None)
        assert plan_lines.current_plan(connection) == opener.plan_id
        assert len(plan_lines.undecided(connection, opener.plan_id)) == 2
        assert plan_lines.plan_exists(connection, 99) is False


def test_what_is_no_longer_wanted_is_withdrawn(engine: Engine) -> None:
    want(engine, make_line("501"), make_line("502"))
    assert want(engine, make_line("502")) == 1
    assert states(engine) == ["withdrawn", "proposed"]


@pytest.mark.parametrize("change", [{"after": "WARM"}, {"before": "COOL"}, {"state": "suggested"}])
def test_a_line_that_is_wanted_otherwise_is_replaced(engine: Engine, change: dict[str, str]) -> None:
    want(engine, make_line("501"))
    assert want(engine, make_line("501", **change)) == 2
    assert states(engine)[0] == "withdrawn"


@pytest.mark.parametrize("state", ["approved", "writing"])
def test_a_line_under_way_is_neither_withdrawn_nor_doubled(engine: Engine, state: str) -> None:
    want(engine, make_line("501"))
    move(engine, state)
    want(engine, make_line("501", after="WARM"))
    want(engine)
    assert states(engine) == [state]


def test_a_line_of_the_rule_as_it_was_is_replaced(engine: Engine) -> None:
    want(engine, make_line("501"))
    assert want(engine, dataclasses.replace(make_line("501"), rule_version="v2")) == 2
    assert states(engine) == ["withdrawn", "proposed"]


def test_a_line_is_held_back_and_let_go_without_another_one(engine: Engine) -> None:
    want(engine, make_line("501"))
    for state, cause in (("held_back", "a person changed it"), ("proposed", None)):
        assert want(engine, make_line("501", state=state, cause=cause)) == 0
        assert [(row.state, row.cause) for row in rows(engine)] == [(state, cause)]


def test_a_line_that_is_held_back_stays_so_when_its_rule_is_edited(engine: Engine) -> None:
    held = make_line("501", state="held_back", cause="undone")
    want(engine, held)
    assert want(engine, dataclasses.replace(held, rule_version="v2")) == 0
    assert [(row.state, row.rule_version) for row in rows(engine)] == [("held_back", "v2")]


def test_a_settled_line_may_be_wanted_again(engine: Engine) -> None:
    want(engine, make_line("501"))
    with writing(engine) as connection:
        plan_lines.settle(connection, [End(1, "conflict", "WARM", "changed")], NOW)
    assert want(engine, make_line("501", before="WARM")) == 1
    assert states(engine) == ["conflict", "proposed"]


def test_looking_at_some_contacts_leaves_the_others_alone(engine: Engine) -> None:
    want(engine, make_line("501"), make_line("502"))
    assert want(engine, only=["501"]) == 1
    assert states(engine) == ["withdrawn", "proposed"]


def test_a_contact_may_join_one_list_and_leave_another(engine: Engine) -> None:
    joins = make_line("501", name=LIST_PROPERTY, before=None, after="リサイクル: CRM")
    leaves = make_line("501", name=LIST_PROPERTY, before="失注フォロー: CRM", after=None)
    assert want(engine, joins, leaves) == 2
    assert want(engine, joins, leaves) == 0


def test_the_database_refuses_the_same_open_line_twice(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as connection:
        plan_lines.add(connection, [make_line("501"), make_line("501")], plan=PlanOpener(1, "v1", NOW), now=NOW)


def test_a_person_may_ask_for_the_same_thing_as_often_as_needed(engine: Engine) -> None:
    line = make_line("501", rule=None, state="approved")
    with writing(engine) as connection:
        ids = plan_lines.add(connection, [line, line], plan=PlanOpener(None, None, NOW), now=NOW)
        assert [row.id for row in plan_lines.in_states(connection, ["approved"])] == ids


def test_only_lines_in_the_named_states_move_on(engine: Engine) -> None:
    want(engine, make_line("501"), make_line("502"))
    assert move(engine, "approved") == 2
    with writing(engine) as connection:
        assert plan_lines.move(connection, [1, 2], "writing", from_states=("proposed",)) == 0
        assert plan_lines.count_by_state(connection) == {"approved": 2}
    assert rows(engine)[0].actor == "run 1"


def test_more_lines_than_one_statement_takes_move_together(engine: Engine) -> None:
    want(engine, *(make_line(str(i)) for i in range(1, 1202)))
    assert move(engine, "approved") == 1201


def test_lines_of_a_rule_that_is_gone_are_withdrawn_unless_approved(engine: Engine) -> None:
    want(engine, make_line("501"))
    move(engine, "approved")
    want(engine, make_line("501"), make_line("502"))
    with writing(engine) as connection:
        plan_lines.withdraw_removed(connection, ["other"], NOW)
    assert states(engine) == ["approved", "withdrawn"]


def test_the_lines_that_people_asked_for_belong_to_no_rule_that_could_be_gone(engine: Engine) -> None:
    with writing(engine) as connection:
        plan_lines.add(connection, [make_line("501", rule=None)], plan=PlanOpener(None, None, NOW), now=NOW)
        plan_lines.withdraw_removed(connection, ["h1"], NOW)
    assert states(engine) == ["proposed"]
