"""Proposed lines are approved only while their rule is as it was and nobody came between."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from jobs.admit import Admitted, Cap, admit
from jobs.database import writing
from jobs.ledger import audit, plan_lines
from jobs.ledger.plan_lines import End, Line, PlanOpener
from jobs.ledger.tables import plan_lines as table
from rules.model import RuleSet
from tests.jobs.ledger_builders import at, make_line
from tests.rules.portal import rule_text, rules_from

NOW = at("11-24 09:30")


@pytest.fixture
def rule_set(tmp_path: Path) -> RuleSet:
    """One rule, h1, in the version that built lines have."""
    loaded = rules_from(tmp_path, rule_text("h1", "lead_status: NEW", "set: {lead_rank: HOT}"))
    rule = dataclasses.replace(loaded.rule("h1"), version="v1-of-this-rule", limit=2)
    return dataclasses.replace(loaded, rules=(rule,))


def edited(rule_set: RuleSet) -> RuleSet:
    return dataclasses.replace(rule_set, rules=(dataclasses.replace(rule_set.rules[0], version="v2"),))


def add(engine: Engine, *lines: Line) -> None:
    with writing(engine) as connection:
        plan_lines.add(connection, lines, plan=PlanOpener(1, "v1", NOW), now=NOW)


def ask(engine: Engine, rule_set: RuleSet) -> Admitted:
    with writing(engine) as connection:
        rows = plan_lines.in_states(connection, ("proposed",))
    return admit(engine, rule_set, rows, by="run 1", now=NOW)


def states(engine: Engine) -> list[str]:
    with writing(engine) as connection:
        return list(connection.execute(select(table.c.state).order_by(table.c.id)).scalars())


def test_lines_of_the_rule_as_it_is_are_approved(engine: Engine, rule_set: RuleSet) -> None:
    add(engine, make_line("501"), make_line("502"))
    assert ask(engine, rule_set) == Admitted((1, 2), (), ())
    assert states(engine) == ["approved", "approved"]


def test_lines_of_a_rule_that_was_edited_are_withdrawn_with_a_sentence(engine: Engine, rule_set: RuleSet) -> None:
    add(engine, make_line("501"), make_line("502", state="approved"))
    admitted = ask(engine, edited(rule_set))
    assert states(engine) == ["withdrawn", "withdrawn"]
    assert {line["cause"] for line in admitted.turned_away} == {
        "The rule h1 has changed since this was planned. `mimawari plan` shows what it wants now."
    }
    with writing(engine) as connection:
        assert [entry["action"] for entry in audit.read(connection)] == ["line.withdrawn"] * 2


def test_what_a_person_or_a_crash_left_is_written_whatever_the_rules_say(engine: Engine, rule_set: RuleSet) -> None:
    add(engine, make_line("501", rule=None, state="approved"), make_line("502", state="writing"))
    assert ask(engine, edited(rule_set)).everything
    assert states(engine) == ["approved", "writing"]


def test_a_line_whose_value_a_person_has_set_since_is_held_back(engine: Engine, rule_set: RuleSet) -> None:
    add(engine, make_line("501"), make_line("501", rule=None, after="COOL", state="approved"))
    with writing(engine) as connection:
        plan_lines.settle(connection, [End(2, "applied", written=True)], NOW)
    (line,) = ask(engine, rule_set).turned_away
    assert (line["state"], states(engine)) == ("held_back", ["held_back", "applied"])


def test_the_cap_counts_only_what_would_be_written(engine: Engine, rule_set: RuleSet) -> None:
    add(engine, *(make_line(i) for i in ("501", "502", "503")))
    assert ask(engine, rule_set).capped == (Cap("h1", 2, 3),)
    with writing(engine) as connection:
        plan_lines.settle(connection, [End(3, "conflict")], NOW)
    assert ask(engine, rule_set).everything
