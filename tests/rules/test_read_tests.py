"""What a test in a rule file gives, as the CRM would hold it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.fields import FieldMap
from rules.load import load
from rules.model import Loaded
from rules.rule_tests import Given, Outcome, RuleTest, Step, Who
from tests.rules.portal import jst, make_catalogue

RULE = """format: 1
rules:
  a-rule:
    title: A rule
    for_each: contact
    when: [{lead_status: NEW}]
    then: [{finding: {severity: info}}]
"""
CASE = "    tests:\n      - {{now: 2026-11-20 09:30, given: {given}, expect: {expect}}}\n"


def load_text(folder: Path, more: str, *, portal: bool = True) -> Loaded:
    path = folder / "rules.yaml"
    path.write_text(RULE + more, encoding="utf-8")
    return load(path, make_catalogue() if portal else None, FieldMap.of())


def read(folder: Path, given: str, expect: str = "match") -> RuleTest:
    loaded = load_text(folder, CASE.format(given=given, expect=expect))
    assert loaded.errors == ()
    return loaded.tests.tests[0]


def given(folder: Path, text: str) -> Given:
    return read(folder, text).given


def test_a_test_knows_its_rule_its_moment_and_its_place(tmp_path: Path) -> None:
    test = read(tmp_path, "{lead_status: NEW}", "nothing")
    assert (test.rule, test.file, test.line) == ("a-rule", "rules.yaml", 9)
    assert test.now == jst("2026-11-20 09:30")
    assert test.expected.outcome is Outcome.NOTHING


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("lead_status: OPEN_DEAL", "hs_lead_status", "OPEN_DEAL"),
        ("lead_status: オープン取引", "hs_lead_status", "OPEN_DEAL"),  # its label
        ("lead_status: 連携試行済み", "hs_lead_status", "ATTEMPTED_TO_CONTACT"),  # an alias
        ("lead_status: {raw: 連携試行済み}", "hs_lead_status", "連携試行済み"),  # as it stands in the CRM
        ("lead_status: ~", "hs_lead_status", None),
        ("services: [crm_setup, Web解析レポート]", "inquiry_service", "crm_setup;web_report"),
        ("services: crm_setup", "inquiry_service", "crm_setup"),
        ("services: [crm_setup, {raw: gone}]", "inquiry_service", "crm_setup;gone"),
        ("inquiry_text: 30", "inquiry_text", "30"),
        ("last_activity_at: 2026-11-12 09:00", "notes_last_contacted", "2026-11-12T00:00:00+00:00"),  # UTC
        ("last_activity_at: 2026-11-12", "notes_last_contacted", "2026-11-11T15:00:00+00:00"),  # midnight in Tokyo
        ("owner: FS", "hubspot_owner_id", Who(("FS",))),
        ("owner: {role: [IS, FS], live: false}", "hubspot_owner_id", Who(("FS", "IS"), live=False)),
        ("owner: {name: 山田}", "hubspot_owner_id", Who((), name="山田")),
        ("owner: {raw: 99}", "hubspot_owner_id", "99"),
    ],
)
def test_a_word_becomes_the_property_behind_it(tmp_path: Path, written: str, name: str, value: object) -> None:
    assert given(tmp_path, f"{{{written}}}").contact.properties[name] == value


def test_a_contact_is_a_year_old_and_its_records_are_as_old_as_it(tmp_path: Path) -> None:
    found = given(tmp_path, "{deals: [{state: open}], meetings: {starts_at: 2026-11-01}}")
    ages = {record.recorded_at for record in (found.contact, *found.related)}
    assert ages == {jst("2025-11-20 09:30")}
    assert found.related[0].properties["createdate"] == found.contact.properties["createdate"]


def test_the_status_has_been_as_it_is_since_one_moment(tmp_path: Path) -> None:
    found = given(tmp_path, "{lead_status: NEW, status_since: 2026-11-18 10:00}")
    assert found.history == (Step("NEW", jst("11-18 10:00")),)
    assert given(tmp_path, "{lead_status: NEW}").history == ()


def test_history_says_what_the_status_is_now_and_who_changed_it(tmp_path: Path) -> None:
    found = given(tmp_path, "{history: [{at: 2026-11-03, status: NEW, by: IS}, {at: 2026-11-01, status: ~}]}")
    assert found.history == (Step(None, jst("11-01 00:00")), Step("NEW", jst("11-03 00:00"), Who(("IS",))))
    assert found.contact.properties["hs_lead_status"] == "NEW"


def test_a_deals_state_is_two_properties(tmp_path: Path) -> None:
    found = given(tmp_path, "{deals: [{state: open}, {state: 受注}, {state: lost, closed_at: 2026-11-10}]}")
    closed = [(one.properties["hs_is_closed"], one.properties["hs_is_closed_won"]) for one in found.related]
    assert closed == [("false", "false"), ("true", "true"), ("true", "false")]
    assert found.related[2].properties["closedate"] == "2026-11-09T15:00:00+00:00"


def test_a_meeting_of_which_only_the_end_is_given_began_then(tmp_path: Path) -> None:
    meeting = given(tmp_path, "{meetings: [{host: FS, ends_at: 2026-11-13 15:00}]}").related[0]
    assert meeting.properties["hs_meeting_start_time"] == meeting.properties["hs_meeting_end_time"]
    without = given(tmp_path, "{meetings: [{starts_at: ~, ends_at: 2026-11-13 15:00}]}").related[0]
    assert without.properties["hs_meeting_start_time"] is None


def test_cases_start_from_what_they_share(tmp_path: Path) -> None:
    shared = """    tests:
      now: 2026-11-20 09:30
      given: {lead_status: NEW, status_since: 2026-11-18, owner: FS}
      cases:
        - {given: {owner: IS}, expect: match}
        - {now: 2026-11-21, given: {history: [{at: 2026-11-01, status: OPEN}]}, expect: nothing}
"""
    first, second = load_text(tmp_path, shared).tests.tests
    assert first.given.contact.properties["hubspot_owner_id"] == Who(("IS",))
    assert first.given.history == (Step("NEW", jst("11-18 00:00")),)
    assert (second.now, second.given.history) == (jst("11-21 00:00"), (Step("OPEN", jst("11-01 00:00")),))


def test_tests_may_stand_in_a_file_of_their_own(tmp_path: Path) -> None:
    own = "format: 1\nrule_tests:\n  a-rule:\n    tests: [{now: 2026-11-20, given: {owner: FS}, expect: match}]\n"
    (tmp_path / "tests.yaml").write_text(own, encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(RULE, encoding="utf-8")
    loaded = load(tmp_path, make_catalogue(), FieldMap.of())
    assert [(test.rule, test.file) for test in loaded.tests.tests] == [("a-rule", "tests.yaml")]


def test_tests_change_neither_version_nor_what_is_mirrored(tmp_path: Path) -> None:
    more = CASE.format(given="{inquiry_source: web}", expect="nothing")
    without, tested = load_text(tmp_path, "").rule_set, load_text(tmp_path, more).rule_set
    assert without is not None
    assert without == tested


def test_a_mistake_in_what_cases_share_is_said_once(tmp_path: Path) -> None:
    shared = "    tests:\n      now: 2026-11-20\n      given: {owner: Boss}\n      cases: [{expect: match}, {expect: match}]\n"
    assert [error.message.en for error in load_text(tmp_path, shared).errors] == ["There is no role 'Boss'"]


def test_a_word_that_only_a_portal_knows_waits_for_the_portal(tmp_path: Path) -> None:
    more = CASE.format(given="{prefecture: 北海道}", expect="match")
    assert load_text(tmp_path, more, portal=False).tests.number == 0
    assert load_text(tmp_path, more).tests.number == 1


def test_each_status_of_a_timeline_is_a_change_at_its_time(tmp_path: Path) -> None:
    more = """    timeline:
      - {at: 2026-11-16, set: {lead_status: NEW, owner: IS}, expect: nothing}
      - {at: 2026-11-18, expect: finding open}
      - {at: 2026-11-19, set: {lead_status: IN_PROGRESS}, expect: finding closed}
"""
    moments = load_text(tmp_path, more).tests.timelines[0].moments
    first, last = Step("NEW", jst("11-16 00:00")), Step("IN_PROGRESS", jst("11-19 00:00"))
    assert [moment.given.history for moment in moments] == [(first,), (first,), (first, last)]
    assert {moment.given.contact.properties["hubspot_owner_id"] for moment in moments} == {Who(("IS",))}
