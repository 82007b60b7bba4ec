"""A permission is taken from the token and given back: what needs it rests meanwhile, everything else goes on."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from jobs.checks import crm as checks
from jobs.checks.looking import Wrong
from slack_app.texts.catalogue import catalogue
from slack_app.texts.said import in_plain
from tests.connector_sandbox.running import TOKEN
from tests.journeys.stage import Stage

RULES = """
format: 1
rules:
  open-deal:
    title: {en: Open deal}
    for_each: contact
    when: [{deals: {any: {state: open}}}]
    mode: plan
    limit: 500
    then: [{finding: {severity: info}}, {set: {lead_rank: COOL}}]
  no-fit:
    title: {en: No fit}
    for_each: contact
    when: [{lead_status: UNQUALIFIED}]
    mode: plan
    limit: 500
    then: [{finding: {severity: info}}, {set: {prefecture: 東京都}}]
"""
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def lacks(stage: Stage, *scopes: str) -> None:
    stage.crm.control("tokens", token=TOKEN, missing_scopes=list(scopes))


def of(stage: Stage, rule: str) -> set[str]:
    return {one["id"] for one in stage.findings() if one["rule"] == rule}


def close_deals(stage: Stage) -> None:
    for deal, one in stage.crm.state(object="deals")["objects"]["deals"].items():
        if one["properties"].get("hs_is_closed") != "true" and not one["archived"]:
            stage.crm.control("records", op="update", object="deals", id=deal, properties={"dealstage": "closedlost"})


@on_one_database
def test_rules_without_their_records_rest_and_come_back(stage: Stage) -> None:
    stage.set(contacts=60, seed=1)
    library = stage.folder / "rules" / "library"
    library.mkdir(parents=True)
    (library / "rules.yaml").write_text(RULES, encoding="utf-8")
    stage.without_slack()
    stage.make_round()
    with_deals, new = of(stage, "open-deal"), of(stage, "no-fit")
    assert with_deals
    assert new

    lacks(stage, "crm.objects.deals.read", "crm.objects.contacts.write")
    close_deals(stage)
    taken = min(new)
    moved = {"hs_lead_status": "NEW"}
    stage.crm.control("records", op="update", object="contacts", id=taken, properties=moved)
    stage.it_is("11-24 11:00")
    with capture_logs() as said:
        report = stage.make_round()
        stage.make_round()
    assert report["sync"]["left_out"] == {"deals": "crm.objects.deals.read"}
    assert report["resting"].keys() == {"open-deal"}
    assert of(stage, "open-deal") == with_deals
    assert of(stage, "no-fit") == new - {taken}
    assert sum(one["event"] == "permission missing" for one in said) == 2
    plan = stage.plan()
    assert plan["lines"] == []
    causes = {one["rule"]: one["cause"] for one in plan["held_back"]}
    assert "without the permission crm.objects.deals.read" in causes["open-deal"]
    assert "without the permission crm.objects.contacts.write" in causes["no-fit"]
    with pytest.raises(Wrong) as wrong:
        checks.scopes(stage.program, crm_answers=True)
    told = in_plain(wrong.value.message, catalogue("en"))
    assert "deals are not read" in told
    assert "no value is written" in told

    lacks(stage)
    stage.make_round()
    assert of(stage, "open-deal") == set()
    assert {one["rule"] for one in stage.plan()["lines"]} == {"no-fit"}
    assert stage.apply_plan()["applied"] == len(new) - 1
