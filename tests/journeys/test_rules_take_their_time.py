"""Rules that wait before they speak, change their name, or give way to one another."""

from __future__ import annotations

import shutil
from pathlib import Path

import rules
from jobs.commands import rule_changes
from tests.journeys.stage import Stage

RULE = """
  {name}:
    title: {{en: {name}}}
    for_each: contact
    when: [{{lead_status: OPEN}}]
    {more}
"""


def write(stage: Stage, *texts: str) -> None:
    library = stage.folder / "rules" / "library"
    if not library.exists():
        shutil.copytree(Path(rules.__file__).parent / "library", library)
    (library / "own.yaml").write_text("format: 1\nrules:\n" + "".join(texts), encoding="utf-8")
    stage.without_slack()


def rule(name: str, more: str) -> str:
    return RULE.format(name=name, more=more)


def found(stage: Stage, name: str) -> int:
    return stage.make_round()["findings"]["by_rule"].get(name, 0)


def test_a_finding_opens_when_the_rule_has_held_for_as_long_as_it_asks(stage: Stage) -> None:
    write(stage, rule("patient", "for: 2 hours\n    then: [{finding: {severity: info}}]"))
    seen: list[bool] = []
    for moment in ("11-24 09:30", "11-24 11:20", "11-24 11:40"):
        stage.it_is(moment)
        seen.append(found(stage, "patient") > 0)
    assert seen == [False, False, True]


def test_a_renamed_rule_keeps_its_findings(stage: Stage) -> None:
    finding = "then: [{finding: {severity: info}}]"
    stage.it_is("11-24 09:30")
    write(stage, rule("before", finding))
    number = found(stage, "before")
    write(stage, rule("after", f"was: before\n    {finding}"))
    (renamed,) = rule_changes.compare(stage.program, None).document["differences"]
    assert (renamed["rule"], renamed["kind"], renamed["subject"]) == ("after", "renamed", "before")
    told = stage.make_round()["findings"]
    assert (told["opened"], told["closed"], told["by_rule"]["after"]) == (0, 0, number)


def test_of_two_rules_the_first_writes_and_the_other_is_held_back(stage: Stage) -> None:
    stage.it_is("11-24 09:30")
    order = "order: {contact: {lead_rank: [first, second]}}\n"
    write(stage, rule("first", "then: [{set: {lead_rank: HOT}}]"), rule("second", "then: [{set: {lead_rank: COOL}}]"), order)  # fmt: skip
    states = stage.make_round()["plan"]["by_state"]
    assert states["held_back"] > 0
    stage.apply_plan()
    contacts = stage.crm.state(object="contacts")["objects"]["contacts"].values()
    ranks = {
        one["properties"].get("lead_rank") for one in contacts if one["properties"].get("hs_lead_status") == "OPEN"
    }
    assert ranks == {"HOT"}
