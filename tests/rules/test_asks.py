"""Which rules and queues rest where part of the CRM cannot be read."""

from __future__ import annotations

from pathlib import Path

from connector.records import COMPANIES, DEALS
from rules.asks import judges_owner, rest_of, resting
from rules.model import RuleSet
from rules.text import Text
from tests.rules.portal import rule_text, rules_from

WHY = Text("理由", "a reason")


def codes(rule_set: RuleSet, *types: str) -> set[str | None]:
    found = resting(rule_set, dict.fromkeys(types, WHY))
    assert set(found.values()) <= {WHY}
    return {rule_set.rule(one).code for one in found} - {None}


def test_without_deals_the_shipped_rules_about_them_rest(rule_set: RuleSet) -> None:
    without = codes(rule_set, DEALS)
    assert {"L1", "L2", "L3", "L4", "L5", "H1", "H2", "H3"} <= without
    assert not without & {"H4", "H7", "H8", "H9", "H10", "H11", "H12", "H13"}


def test_only_duplicates_need_companies(rule_set: RuleSet) -> None:
    assert codes(rule_set, COMPANIES) == {"H12"}


def test_where_everything_is_read_nothing_rests(rule_set: RuleSet) -> None:
    assert resting(rule_set, {}) == {}


def test_a_list_rests_with_the_rule_that_keeps_contacts_out_of_it(rule_set: RuleSet) -> None:
    held = [
        rule.id for rule in rule_set.rules for action in rule.lists if action.hold and action.kind.value == "recycle"
    ]
    assert held
    assert set(held) <= resting(rule_set, {DEALS: WHY}).keys()


def test_who_writes_second_rests_with_who_writes_first(tmp_path: Path) -> None:
    text = rule_text("of-deals", "deals: {any: {state: open}}", "set: {lead_rank: HOT}")
    text += rule_text("of-contacts", "lead_status: NEW", "set: {lead_rank: COOL}")
    text += rule_text("other", "lead_status: NEW", "set: {prefecture: 東京都}")
    text += "order: {contact: {lead_rank: [of-deals, of-contacts]}}\n"
    assert resting(rules_from(tmp_path, text), {DEALS: WHY}).keys() == {"of-deals", "of-contacts"}


def test_one_property_that_is_gone_has_only_those_rest_that_ask_for_it(tmp_path: Path) -> None:
    text = rule_text("asks", "prefecture: {known: true}") + rule_text("does-not", "lead_status: NEW")
    assert resting(rules_from(tmp_path, text), {("contacts", "prefecture"): WHY}).keys() == {"asks"}


def test_a_queue_that_asks_for_what_is_not_read_is_not_counted(rule_set: RuleSet) -> None:
    without = rest_of(rule_set.queues, {DEALS})
    counted = {one.id for one in rule_set.queues} - without
    assert without
    assert counted


def test_of_the_shipped_rules_two_judge_the_owner(rule_set: RuleSet) -> None:
    assert {rule.code for rule in rule_set.rules if judges_owner(rule)} == {"L7", "H10"}
