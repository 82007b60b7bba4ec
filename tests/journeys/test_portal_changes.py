"""An admin changes properties in the CRM under the rules: only the writes to these stop, and they go on by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.checks import crm as checks
from jobs.checks.looking import Wrong
from slack_app.texts.catalogue import catalogue
from slack_app.texts.said import in_plain
from tests.journeys.stage import Heard, Stage

RULE = """
format: 1
rules:
  tidy-up:
    title: {en: Tidy up}
    for_each: contact
    when: [{lead_status: UNQUALIFIED}]
    mode: plan
    limit: 500
    then: [{set: {lead_rank: COOL}}]
"""
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def options(stage: Stage, name: str) -> list[dict[str, Any]]:
    found = stage.crm.api("GET", f"/crm/v3/properties/contacts/{name}")
    return [{"value": one["value"], "label": one["label"]} for one in found["options"]]


def offers(stage: Stage, name: str, *chosen: dict[str, Any]) -> None:
    """As an admin in the CRM's property settings, who has these options from now on."""
    stage.crm.control("properties", object="contacts", name=name, set={"options": list(chosen)})


def told(stage: Stage) -> list[Heard]:
    every = [one for one in stage.messages() if "lead_rank" in str(one.blocks) or "lead_rank" in one.text]
    return [one for one in every if not one.text.startswith("✓")]


@on_one_database
def test_what_the_crm_changed_is_not_written_until_it_fits_again(stage: Stage) -> None:
    stage.set(contacts=60, seed=1)
    library = stage.folder / "rules" / "library"
    library.mkdir(parents=True)
    (library / "tidy-up.yaml").write_text(RULE, encoding="utf-8")
    stage.make_round()
    before = options(stage, "lead_rank")
    lines = [one["id"] for one in stage.plan()["lines"] if one["property"] == "lead_rank"]
    assert lines

    # COOL is replaced by another option: told once, in each admin's messages; the lines wait, all else goes on.
    offers(stage, "lead_rank", *(one for one in before if one["value"] != "COOL"), {"value": "ICE", "label": "氷"})
    stage.it_is("11-24 10:45")
    for _ in range(2):
        stage.make_round()
    plan = stage.plan()
    held = [one for one in plan["held_back"] if one["property"] == "lead_rank"]
    assert [one["id"] for one in held] == lines
    assert "has no option COOL" in held[0]["cause"]
    assert "選択肢「COOL」がありません" in held[0]["cause_ja"]
    assert not [one for one in plan["lines"] if one["property"] == "lead_rank"]
    assert stage.apply_plan()["failed"] == 0
    assert len({one.to for one in told(stage)}) == len(told(stage)) > 0
    assert "ICE" in str(told(stage)[0].blocks)
    with pytest.raises(Wrong) as wrong:
        checks.vocabulary(stage.program, crm_answers=True)
    assert "lead_rank has no option COOL" in in_plain(wrong.value.message, catalogue("en"))

    # A process that starts now goes on with the same rules, and when the option is back, so are the lines.
    stage.starts_anew()
    offers(stage, "lead_rank", *before, {"value": "WARMER", "label": "もっと"})
    stage.it_is("11-24 12:00")
    stage.make_round()
    assert [one["id"] for one in stage.plan()["lines"] if one["property"] == "lead_rank"] == lines
    assert stage.apply_plan()["applied"] >= len(lines)
    assert [one.text for one in stage.messages() if one.text.startswith("✓") and "lead_rank" in one.text]
    # What merely came stops nothing, and is named.
    (news,) = {str(one.blocks) for one in told(stage)}
    assert "WARMER" in news
    found = checks.vocabulary(stage.program, crm_answers=True)
    assert "new options: lead_rank: WARMER" in in_plain(found, catalogue("en"))
