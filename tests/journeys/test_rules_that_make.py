"""Rules that make tasks and notes in the CRM: once while they hold, taken back untouched, and once whatever breaks."""

from __future__ import annotations

import contextlib
import io
import random
import signal
from collections import Counter
from collections.abc import Collection
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from connector.creations import UNDER_WAY
from connector.sandbox.people import demo_people
from jobs.commands import act, show
from jobs.cycle import quiet
from jobs.render import show_explanation
from tests.journeys.program import Program
from tests.journeys.stage import MORNING, Stage, people_of

RULE = """
format: 1
rules:
  call-back:
    title: {{ja: 折り返し, en: Call back}}
    for_each: contact
    when: [{{{when}}}]
    mode: {mode}
    {signed}
    limit: 1000
    then:
      - task: {{title: {{ja: 電話する, en: Call}}, to: [owner, {{role: Manager}}], due: 2 business days}}
      - note: {{text: {{ja: 折り返しの対象になりました。, en: To be called back.}}}}
"""
CREATE = "/crm/v3/objects/{kind}/batch/create"
LATER = UNDER_WAY + timedelta(minutes=1)


def begin(stage: Stage, *, mode: str = "auto", when: str = "lead_status: OPEN", contacts: int = 200) -> None:
    library = stage.folder / "rules" / "library"
    library.mkdir(parents=True, exist_ok=True)
    signed = "switched_on: {by: Seike, on: 2026-11-20}" if mode == "auto" else ""
    (library / "call-back.yaml").write_text(RULE.format(mode=mode, when=when, signed=signed), encoding="utf-8")
    if contacts != 200:
        stage.set(contacts, seed=1)
    stage.without_slack()
    stage.it_is(MORNING)


def ours(stage: Stage, kind: str = "tasks") -> dict[str, dict[str, Any]]:
    """What the program has made and nobody has deleted, with the id of its contact."""
    state = stage.crm.state(object=kind)
    body = "hs_task_body" if kind == "tasks" else "hs_note_body"
    made = {
        i: one["properties"]
        for i, one in state["objects"][kind].items()
        if "[mimawari:" in one["properties"].get(body, "") and not one["archived"]
    }
    linked = {of: contact for f, of, t, contact, _ in state["associations"] if (f, t) == (kind, "contacts")}
    return {i: {**properties, "contact": linked[i]} for i, properties in made.items()}


def of(stage: Stage, contact: str, kind: str = "tasks") -> list[str]:
    return [i for i, one in ours(stage, kind).items() if one["contact"] == contact]


def test_a_task_and_a_note_are_made_once_with_whose_they_are_and_by_when(stage: Stage) -> None:
    begin(stage)
    stage.make_first_round()
    tasks, notes = ours(stage), ours(stage, "notes")
    assert len(tasks) == len(notes) == len({one["contact"] for one in tasks.values()}) > 0
    there = {one.owner_id for one in demo_people() if not one.archived}
    for task in tasks.values():
        owner = stage.contact(task["contact"]).get("hubspot_owner_id")
        # Closing time on Thursday, two business days after Tuesday.
        assert (task["hs_task_subject"], task["hs_timestamp"]) == ("電話する", "2026-11-26T09:00:00Z")
        assert task["hubspot_owner_id"] == (owner if owner in there else min(people_of("Manager"), key=int))
    assert stage.make_round()["writes"]["applied"] == 0
    assert (ours(stage), ours(stage, "notes")) == (tasks, notes)


def test_a_completed_task_is_not_made_again_before_the_rule_holds_anew(stage: Stage) -> None:
    begin(stage)
    stage.make_first_round()
    first, one = next(iter(ours(stage).items()))
    contact = one["contact"]
    stage.crm.control("records", op="update", object="tasks", id=first, properties={"hs_task_status": "COMPLETED"})
    stage.it_is("11-24 10:00")
    stage.make_round()
    assert of(stage, contact) == [first]
    stage.person_sets(contact, hs_lead_status="IN_PROGRESS")
    stage.it_is("11-24 11:00")
    stage.make_round()
    stage.person_sets(contact, hs_lead_status="OPEN")
    stage.it_is("11-24 12:00")
    stage.make_round()
    assert len(of(stage, contact)) == 2


def test_a_plan_says_in_words_what_it_would_make_and_an_undo_takes_away_what_is_untouched(stage: Stage) -> None:
    begin(stage, mode="plan")
    stage.make_first_round()
    lines = stage.plan()["lines"]
    assert ours(stage) == {}
    assert any(one["to_label"].startswith("電話する (for ") for one in lines)
    assert stage.apply_plan()["applied"] == len(lines)
    touched, *_ = ours(stage)
    stage.crm.control("records", op="update", object="tasks", id=touched, properties={"hs_task_status": "COMPLETED"})
    undone = stage.undo("plan 1")
    assert (undone["applied"], undone["conflict"]) == (len(lines) - 1, 1)
    assert ([*ours(stage)], ours(stage, "notes")) == ([touched], {})
    stage.it_is("11-24 10:00")
    assert stage.make_round()["plan"]["lines"] == 0


def test_an_explanation_says_what_has_become_of_a_task(stage: Stage) -> None:
    begin(stage, mode="plan")
    stage.make_first_round()
    contact = next(one["id"] for one in stage.plan()["lines"] if one["line"] == 1)
    assert explained(stage, contact) == "   + task: 電話する (proposed, line 1)"
    stage.apply_plan()
    assert explained(stage, contact) == "   + task: 電話する (made, line 1)"
    stage.undo("line 1")
    assert explained(stage, contact) == "   + task: 電話する (made and taken back, line 1)"


def explained(stage: Stage, contact: str) -> str:
    """What stands there of the task of line 1."""
    written = io.StringIO()
    show_explanation(Console(file=written, width=200), show.explain(stage.program, "contacts", contact, None).document)
    return next(line for line in written.getvalue().splitlines() if "+ task" in line)


def test_a_contact_that_changed_since_the_plan_gets_no_task(stage: Stage) -> None:
    begin(stage, mode="plan")
    stage.make_first_round()
    contact = stage.plan()["lines"][0]["id"]
    stage.person_sets(contact, hs_lead_status="CONNECTED")
    applied = act.apply_plan(stage.program, None, quiet).document
    assert applied["conflict"] == 2
    assert of(stage, contact) == of(stage, contact, "notes") == []


FAULTS = ("drop_before", "drop_after", "524_after", "500", "truncate", "slow_body")
MOMENTS = 12


def moments(in_every_check: Collection[int]) -> pytest.MarkDecorator:
    late = [() if number in in_every_check else pytest.mark.soak for number in range(MOMENTS)]
    return pytest.mark.parametrize("moment", [pytest.param(n, marks=late[n]) for n in range(MOMENTS)])


def break_and_kill(stage: Stage, runs: str, contacts: int, moment: int) -> None:
    """Apply a plan that makes a task and a note for each contact: with answers lost before and after the commit, and
    killed with -9 on the way, until nothing is left.
    """
    begin(stage, mode="plan", when="created_at: {known: true}", contacts=contacts)
    stage.make_first_round()
    wanted = Counter(one["id"] for one in stage.plan()["lines"] if one["property"] == "task")
    assert len(wanted) > contacts * 0.9
    chance, now = random.Random(moment), MORNING
    program = Program(runs, stage.folder, stage.environment(stage.database_url))
    for number in range(6):
        path = CREATE.format(kind=chance.choice(("tasks", "notes")))
        stage.crm.control("faults", match={"method": "POST", "path": path}, do=chance.choice(FAULTS), times=1)
        if number % 2 == moment % 2:
            start_and_kill(stage, program, chance)
        else:
            program.run("apply", "--yes", "--json")
        assert_once(stage)
        now += chance.choice((timedelta(minutes=2), LATER))
        stage.it_is(now)
    stage.crm.http.delete("/_control/faults").raise_for_status()
    stage.it_is(now + LATER)
    ended = program.run("apply", "--yes", "--json")
    assert ended.exit_code == 0, ended.out + ended.err
    for kind in ("tasks", "notes"):
        assert Counter(one["contact"] for one in ours(stage, kind).values()) == wanted


def start_and_kill(stage: Stage, program: Program, chance: random.Random) -> None:
    """After some number of calls, most often in the middle of the one that makes the tasks or notes."""
    calls = stage.crm_calls() + chance.randrange(1, 9)
    with contextlib.closing(program.start("apply", "--yes", "--json")) as run:
        while stage.crm_calls() < calls and not run.ends_within(0.001):
            pass
        run.send(signal.SIGKILL)
        run.wait()


def assert_once(stage: Stage) -> None:
    for kind in ("tasks", "notes"):
        made = Counter(one["contact"] for one in ours(stage, kind).values())
        assert max(made.values(), default=1) == 1, f"{kind} were made twice"


@moments(in_every_check={1, 4})
def test_lost_answers_and_kills_double_nothing_and_lose_nothing(stage: Stage, runs: str, moment: int) -> None:
    break_and_kill(stage, runs, 40, moment)


@pytest.mark.soak
@moments(in_every_check=())
def test_five_hundred_are_five_hundred(stage: Stage, runs: str, moment: int) -> None:
    break_and_kill(stage, runs, 500, moment)
