"""What was applied is taken back, what people changed is left to them, and neither is proposed again by the next round."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import rules
from jobs.commands import act
from jobs.cycle import quiet
from jobs.errors import SettingsWrong
from tests.journeys.stage import Stage

RULE = """
format: 1
rules:
  tidy-up:
    title: {ja: 片付け, en: Tidy up}
    for_each: contact
    when: [{lead_status: OPEN}]
    mode: MODE
    switched_on: {by: Seike, on: 2026-11-20}
    limit: 500
    then: [{set: {lead_rank: COOL}}]
"""


def tidy_up(stage: Stage, mode: str = "plan", title: str = "Tidy up") -> None:
    """The shipped rules and one that sets a value."""
    library = stage.folder / "rules" / "library"
    if not library.exists():
        shutil.copytree(Path(rules.__file__).parent / "library", library)
    text = RULE.replace("MODE", mode).replace("Tidy up", title)
    (library / "tidy-up.yaml").write_text(text, encoding="utf-8")
    stage.without_slack()
    stage.it_is("11-24 09:30")


def looks(stage: Stage) -> tuple[Any, ...]:
    """What people see in the CRM."""
    contacts = stage.crm.state(object="contacts")["objects"]["contacts"]
    values = {i: {n: v for n, v in one["properties"].items() if "modified" not in n} for i, one in contacts.items()}
    return values, stage.crm_lists()


def tidied(stage: Stage) -> list[str]:
    contacts = stage.crm.state(object="contacts")["objects"]["contacts"]
    return [i for i, one in contacts.items() if one["properties"].get("lead_rank") == "COOL" and not one["archived"]]


def test_a_plan_made_right_after_applying_is_empty(stage: Stage) -> None:
    tidy_up(stage)
    stage.make_first_round()
    assert stage.plan()["lines"]
    stage.apply_plan()
    assert stage.plan()["lines"] == []


def test_undo_restores_every_value_and_membership(stage: Stage) -> None:
    tidy_up(stage)
    before = looks(stage)
    cycle = stage.make_first_round()["cycle"]
    applied = stage.apply_plan()["applied"]
    assert looks(stage) != before
    assert stage.undo(f"C{cycle}")["applied"] == applied
    assert looks(stage) == before


def test_what_was_undone_is_held_back_and_says_by_whom(stage: Stage) -> None:
    tidy_up(stage)
    stage.make_first_round()
    applied = stage.apply_plan()["applied"]
    stage.undo("plan 1")
    stage.it_is("11-24 10:00")
    assert stage.make_round()["plan"] == {"lines": 0, "by_state": {"held_back": applied}}
    held = stage.plan()["held_back"]
    assert {line["cause"].split(" on ")[0] for line in held} == {"Undone by command line"}
    assert stage.apply_plan()["lines"] == []


def test_undoing_the_undo_brings_it_back_for_good(stage: Stage) -> None:
    tidy_up(stage)
    stage.make_first_round()
    stage.apply_plan()
    after = looks(stage)
    stage.undo(f"plan {stage.undo('plan 1')['plan']}")
    assert looks(stage) == after
    assert stage.make_round()["plan"] == {"lines": 0, "by_state": {}}


def test_an_undone_value_is_proposed_again_when_it_has_changed_and_the_edit_is_old(stage: Stage) -> None:
    tidy_up(stage)
    stage.make_first_round()
    stage.apply_plan()
    stage.undo("plan 1")
    (first, *_) = [line["id"] for line in stage.plan()["held_back"] if line["rule"] == "tidy-up"]
    stage.crm.control("bulk", ids=[first], property="lead_rank", value="WARM")
    stage.make_round()
    stage.it_is("12-25 09:30")  # the 31st day: until then it is somebody's edit
    stage.make_round()
    assert (first, "WARM") in {(line["id"], line["from"]) for line in stage.plan()["lines"]}


def test_a_value_that_a_person_changed_since_is_not_undone_and_they_are_named(stage: Stage) -> None:
    tidy_up(stage, "auto")
    cycle = stage.make_first_round()["cycle"]
    chosen, *others = tidied(stage)
    stage.person_sets(chosen, lead_rank="HOT")
    document = stage.undo(f"cycle {cycle}")
    (conflict,) = [line for line in document["lines"] if line["state"] == "conflict"]
    assert (conflict["id"], "changed it to HOT" in conflict["cause"]) == (chosen, True)
    assert (document["applied"], tidied(stage)) == (len(others), [])
    assert stage.contact(chosen)["lead_rank"] == "HOT"


def test_an_automatic_rule_leaves_alone_what_a_person_changed_after_it(stage: Stage) -> None:
    tidy_up(stage, "auto")
    stage.make_first_round()
    chosen = tidied(stage)[0]
    stage.person_sets(chosen, lead_rank="HOT")
    for day in ("11-24 10:00", "12-23 09:30"):
        stage.it_is(day)
        assert stage.make_round()["plan"]["by_state"]["held_back"] == 1
        assert stage.contact(chosen)["lead_rank"] == "HOT"


def test_lines_of_a_rule_that_was_edited_are_withdrawn_instead_of_written(stage: Stage) -> None:
    tidy_up(stage)
    stage.make_first_round()
    tidy_up(stage, title="Another title")
    document = act.apply_plan(stage.program, None, quiet).document
    assert tidied(stage) == []
    turned_away = [line for line in document["lines"] if line["state"] == "withdrawn"]
    assert document["withdrawn"] == len(turned_away) > 0
    assert "has changed since this was planned" in turned_away[0]["cause"]
    assert {line["rule"] for line in stage.plan()["lines"]} == {"tidy-up"}


def test_a_bare_number_must_mean_one_thing(stage: Stage) -> None:
    tidy_up(stage)
    stage.make_first_round()
    stage.apply_plan()
    with pytest.raises(SettingsWrong, match=r"`plan 1` \(\d+ line\(s\)\), `line 1` \(1 line"):
        stage.undo("1")
    assert stage.undo("2")["undo"] == "line 2"
    with pytest.raises(SettingsWrong, match="there is no such cycle or plan or line"):
        stage.undo("999999")
