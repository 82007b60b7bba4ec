"""What of a changed portal stops the writes of a property, and what does not."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from connector.records import CONTACTS, Option, PropertyDefinition
from rules.drift import Change, Demand, Known, added, cause, demands, misfits, restored
from rules.model import RuleSet
from tests.rules.portal import make_catalogue, rules_from

RULE = """
  h1:
    title: {en: A rule}
    for_each: contact
    when: [{lead_status: NEW}]
    then: [{set: {lead_rank: HOT}}]
"""
RANK: Mapping[str, str] = {"HOT": "ホット", "COOL": "クール"}


def prop(options: Mapping[str, str] = RANK, *, kind: str = "enumeration", field: str = "select") -> PropertyDefinition:
    return PropertyDefinition(
        CONTACTS, "lead_rank", "Rank", kind, field, tuple(Option(*one) for one in options.items())
    )


@pytest.fixture(scope="module")
def demand(tmp_path_factory: pytest.TempPathFactory) -> Demand:
    return demands(rules_from(tmp_path_factory.mktemp("rules"), RULE))["lead_rank"]


def found(demand: Demand, present: PropertyDefinition | None, known: PropertyDefinition | None = None) -> list[Change]:
    before = Known(known or prop(), demand.claim or "")
    return [one.change for one in misfits(demand, before, present)]


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (prop(), []),
        (prop({"HOT": "ホット"}), []),  # COOL is gone, which nothing writes
        (prop({**RANK, "WARM": "ウォーム"}), []),
        (prop({"COOL": "クール"}), [Change.GONE]),
        (prop({"HOT": "激アツ", "COOL": "クール"}), [Change.RENAMED]),
        (prop({"HOT": "ホット", "COOL": "ぬるい"}), []),
        (prop({}), [Change.GONE]),
        (prop(field="checkbox"), [Change.RETYPED]),
        (prop(field="radio"), []),  # looks otherwise, means the same
        (prop({}, kind="string", field="text"), [Change.RETYPED]),
        (None, [Change.VANISHED]),
    ],
)
def test_a_property_that_a_rule_sets(
    demand: Demand, present: PropertyDefinition | None, expected: list[Change]
) -> None:
    assert found(demand, present) == expected


def test_a_changed_rule_accepts_the_new_name_but_not_a_missing_option(demand: Demand) -> None:
    before = Known(prop(), "what the rule was before")
    assert misfits(demand, before, prop({"HOT": "激アツ"})) == ()
    assert [one.change for one in misfits(demand, before, prop({"COOL": "クール"}))] == [Change.GONE]


def test_a_property_that_was_never_there_is_the_rule_files_matter(demand: Demand) -> None:
    assert misfits(demand, None, None) == ()


def status(**labels: str) -> PropertyDefinition:
    definition = next(one for one in make_catalogue()["contacts"] if one.name == "hs_lead_status")
    options = tuple(dataclasses.replace(one, label=labels.get(one.value, one.label)) for one in definition.options)
    return dataclasses.replace(definition, options=options)


@pytest.mark.parametrize(
    ("label", "expected"),
    [("Do not call", [Change.RENAMED]), ("Ｂａｄ timing", []), ("タイミング悪し", [])],
)
def test_a_status_may_be_called_what_the_vocabulary_calls_it(
    rule_set: RuleSet, label: str, expected: list[Change]
) -> None:
    wanted = demands(rule_set)["hs_lead_status"]
    assert found(wanted, status(BAD_TIMING=label), status()) == expected


def test_each_status_that_people_may_set_must_be_there(rule_set: RuleSet) -> None:
    wanted, whole = demands(rule_set)["hs_lead_status"], status()
    without = {
        one.value: dataclasses.replace(whole, options=tuple(o for o in whole.options if o is not one))
        for one in whole.options
    }
    lacking = {value for value, one in without.items() if misfits(wanted, None, one)}
    assert lacking == wanted.needed
    assert "OPEN" not in lacking  # it has no meaning here, and nobody sets it


def test_an_option_that_came_is_named(demand: Demand) -> None:
    assert added(Known(prop(), demand.claim), prop({**RANK, "WARM": "ウォーム"})) == ("WARM",)
    assert added(None, prop()) == ()


def test_the_reason_names_property_and_option_in_both_languages(demand: Demand) -> None:
    said = cause("lead_rank", misfits(demand, None, prop({"COOL": "クール"})))
    assert said.en == "HubSpot's property lead_rank has no option HOT. Nothing is written to it until it fits again."
    assert "「lead_rank」に選択肢「HOT」がありません" in said.ja


def test_rules_can_still_be_read_where_the_portal_lost_what_they_name() -> None:
    portal = {CONTACTS: [prop({"COOL": "クール", "WARM": "ウォーム"})]}
    (rank, other) = restored(portal, [prop(), dataclasses.replace(prop(), name="gone")])[CONTACTS]
    assert {one.value for one in rank.options} == {"HOT", "COOL", "WARM"}
    assert other.name == "gone"
