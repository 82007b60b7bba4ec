"""What a rule may write by itself: by its mode and within its cap."""

from __future__ import annotations

import shutil
from pathlib import Path

from sqlalchemy import select

import rules
from jobs.busy import BUSY
from jobs.commands import act
from jobs.cycle import quiet, run_cycle
from jobs.database import snapshot, writing
from jobs.ledger import findings
from jobs.ledger.findings import Seen
from jobs.ledger.tables import findings as table
from jobs.readers import readers_of
from jobs.remind import remind
from jobs.reminder_policy import Moment
from tests.journeys.stage import Stage, people_of

RULE = """
format: 1
rules:
  tidy-up:
    title: {{en: Tidy up}}
    for_each: contact
    when: [{{lead_status: {status}}}]
    mode: {mode}
    {signed}
    {owner}
    limit: {limit}
    then: [{{set: {{lead_rank: COOL}}}}]
"""


def tidy_up(stage: Stage, *, mode: str, status: str = "OPEN", limit: int = 500, owner: str = "") -> None:
    library = stage.folder / "rules" / "library"
    if not library.exists():
        shutil.copytree(Path(rules.__file__).parent / "library", library)
    signed = "switched_on: {by: Seike, on: 2026-11-20}" if mode == "auto" else ""
    text = RULE.format(mode=mode, status=status, limit=limit, signed=signed, owner=owner and f"owner: '{owner}'")
    (library / "tidy-up.yaml").write_text(text, encoding="utf-8")
    if not owner:
        stage.without_slack()
    stage.it_is("11-24 09:30")


def ranks(stage: Stage) -> int:
    contacts = stage.crm.state(object="contacts")["objects"]["contacts"].values()
    return sum(one["properties"].get("lead_rank") == "COOL" for one in contacts)


def test_an_auto_rule_writes_with_its_round_and_then_has_nothing_to_write(stage: Stage) -> None:
    tidy_up(stage, mode="auto")
    first = stage.make_round()["writes"]["applied"]
    assert first == ranks(stage) > 0
    assert stage.make_round()["writes"]["applied"] == 0


def test_an_auto_rule_over_its_cap_writes_nothing_and_says_both_numbers(stage: Stage) -> None:
    tidy_up(stage, mode="auto", status="UNQUALIFIED", limit=2)
    report = run_cycle(stage.program)
    (problem,) = report.problems
    assert "limit is 2" in problem.message
    assert ranks(stage) == 0


def test_whoever_answers_for_a_rule_over_its_cap_is_told_once_until_it_keeps_within_it(stage: Stage) -> None:
    manager = people_of("Manager")[0]
    tidy_up(stage, mode="auto", status="UNQUALIFIED", limit=2, owner=manager)
    for _ in range(2):
        run_cycle(stage.program)
    (told,) = [one for one in stage.messages() if "上限" in one.text or "more than it may" in one.text]
    assert told.to == manager
    assert "tidy-up" in str(told.blocks)
    tidy_up(stage, mode="auto", status="UNQUALIFIED", limit=500, owner=manager)
    stage.make_round()
    (told,) = [one for one in stage.messages() if one.text.startswith("✓")]
    assert told.edits == 1


def test_a_plan_rule_writes_when_somebody_applies_it(stage: Stage) -> None:
    tidy_up(stage, mode="plan")
    stage.make_round()
    assert ranks(stage) == 0
    stage.apply_plan()
    assert ranks(stage) > 0


def test_suggestions_are_not_applied_with_the_plan_and_observing_writes_nothing(stage: Stage) -> None:
    tidy_up(stage, mode="suggest")
    assert stage.make_round()["plan"]["by_state"]["suggested"] > 0
    stage.apply_plan()
    assert ranks(stage) == 0
    tidy_up(stage, mode="observe")
    assert "suggested" not in stage.make_round()["plan"]["by_state"]


def test_ops_hears_of_a_record_that_rules_keep_rewriting(stage: Stage) -> None:
    stage.set(contacts=10, seed=1)
    act.sync(stage.program, full=True, progress=quiet)
    (ops,), record = people_of("Ops"), next(iter(stage.crm.state(object="contacts")["objects"]["contacts"]))
    seen = Seen(BUSY, None, "1", {record: ops}, {}, {})
    now, rules_in_use = stage.program.clock(), stage.program.rules()
    urgencies = stage.program.urgencies(rules_in_use)
    with writing(stage.program.engine) as connection:
        findings.reconcile(connection, seen, now=now, run_id=1, gone={}, reopen_after=now)
        readers = readers_of(connection, Moment(now, stage.program.policy(rules_in_use)))
    assert remind(stage.program.engine, urgencies, readers, stage.program.people()).created == 1
    with snapshot(stage.program.engine) as connection:
        (row,) = connection.execute(select(table))
    (line,) = stage.program.scribe(rules_in_use).lines([row], "ja")
    assert (line.title, line.reason[:8]) == ("ルールが書き換え続けているレコード", "今日はルールがす")
