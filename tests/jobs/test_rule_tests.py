"""Tests that stand in rule files, run as `mimawari rules test` runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.rule_coverage import gaps
from jobs.rule_tests import Ran, run_tests
from rules.fields import FieldMap
from rules.load import load
from rules.model import Loaded
from tests.rules.portal import make_catalogue

FINDING = """
  waiting:
    title: Waiting
    for_each: contact
    when:
      - lead_status: NEW
      - any: [{owner: {known: false}}, {lead_status: {unchanged_for: 1 business day}}]
    then:
      - finding: {severity: info}
      - remind: {to: [{owner: {role: IS}}, {role: Manager}]}
"""
LIST = """
  lost:
    title: Lost
    for_each: contact
    when: {deals: {any: {state: lost}}}
    then: [{finding: {severity: info}}]
  parked:
    title: Parked
    for_each: contact
    when: [{lead_status: BAD_TIMING}, {services: {known: true}}]
    hold: [lost]
    then: [{list: {name: "Parked: {services}", kind: recycle, one_per: services, leave: when no longer true}}]
"""
SET = """
  reason:
    title: Reason
    for_each: contact
    when: [{lead_status: NEW}]
    then: [{set: {bad_timing_reason: ~}}, {set: {inquiry_source: web}}]
"""
TASK = """
  call:
    title: Call
    for_each: contact
    when: [{lead_status: NEW}]
    then: [{task: {title: Call, to: [{owner: {role: IS}}, {role: Manager}], due: 2 business days}}]
"""


def loaded(folder: Path, rules: str, tests: str) -> Loaded:
    path = folder / "rules.yaml"
    path.write_text(f"format: 1\nrules:{rules}rule_tests:\n{tests}", encoding="utf-8")
    found = load(path, None, FieldMap.of())
    assert found.errors == ()
    return found


def run(folder: Path, rules: str, rule: str, case: str) -> Ran:
    """One test, on Sunday 2026-11-22."""
    tests = f"  {rule}:\n    tests: {{now: 2026-11-22 12:00, cases: [{{{case}}}]}}\n"
    return run_tests(loaded(folder, rules, tests), None)[0]


@pytest.mark.parametrize(
    ("case", "got"),
    [
        ("given: {lead_status: NEW, owner: IS, status_since: 2026-11-18 23:59}", "match"),  # 19, 20 = 2, more than 1
        ("given: {lead_status: NEW, owner: IS, status_since: 2026-11-19}", "nothing"),
        ("given: {lead_status: OPEN, owner: IS, status_since: 2026-11-01}", "nothing"),
        ("given: {lead_status: NEW, status_since: 2026-11-22}", "match"),
        ("given: {owner: IS}", "nothing"),
    ],
)
def test_a_finding_is_compared_with_what_the_rule_finds(tmp_path: Path, case: str, got: str) -> None:
    for expected in ("match", "nothing"):
        ran = run(tmp_path, FINDING, "waiting", f"{case}, expect: {expected}")
        assert (ran.got, ran.passed) == (got, got == expected)


@pytest.mark.parametrize(
    ("case", "got"),
    [
        ("given: {owner: IS}, told: IS", "match, told: IS"),
        ("given: {owner: {role: IS, live: false}}, told: Manager", "match, told: Manager"),
        ("given: {owner: {role: IS, name: 山田}}, told: {role: IS, name: 山田}", "match, told: 山田"),
    ],
)
def test_who_is_reminded_can_be_expected(tmp_path: Path, case: str, got: str) -> None:
    shared = case.replace("given: {", "expect: match, given: {lead_status: NEW, ")
    ran = run(tmp_path, FINDING, "waiting", shared)
    assert (ran.got, ran.passed) == (got, True)


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ("services: [b, a]", "member of a, b"),
        ("services: [a, {raw: gone}]", "member of a"),
        ("services: {raw: gone}", "nothing"),
        ("services: a, deals: [{state: lost}]", "held by lost"),
        ("services: a, deals: [{state: won}]", "member of a"),
    ],
)
def test_a_list_is_compared_with_all_the_lists_the_contact_is_on(tmp_path: Path, given: str, got: str) -> None:
    shown = got if "," not in got else "member of b, a"  # the order says nothing
    ran = run(tmp_path, LIST, "parked", f"given: {{lead_status: BAD_TIMING, {given}}}, expect: '{shown}'")
    assert (ran.got, ran.passed) == (got, True)


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ("lead_status: NEW, bad_timing_reason: budget", "value empty, web"),
        ("lead_status: NEW", "value web"),
        ("lead_status: NEW, inquiry_source: web", "nothing"),  # nothing would be written
    ],
)
def test_a_value_is_what_would_be_written(tmp_path: Path, given: str, got: str) -> None:
    ran = run(tmp_path, SET, "reason", f"given: {{{given}}}, expect: '{got}'")
    assert (ran.got, ran.passed) == (got, True)


def test_each_test_stands_alone(tmp_path: Path) -> None:
    case = "{given: {lead_status: BAD_TIMING, services: a, deals: [{state: lost}]}, expect: held by lost}"
    other = "{given: {lead_status: BAD_TIMING, services: a}, expect: member of a}"
    tests = f"  parked:\n    tests: {{now: 2026-11-22, cases: [{case}, {other}, {case}]}}\n"
    assert [one.passed for one in run_tests(loaded(tmp_path, LIST, tests), None)] == [True, True, True]


def test_a_failure_says_why_with_the_values_seen(tmp_path: Path) -> None:
    ran = run(tmp_path, FINDING, "waiting", "given: {lead_status: OPEN, owner: IS}, expect: match")
    (reason,) = ran.reasons
    first = reason.lines[0]
    assert (first.text.en, first.value, first.held) == ("Lead status is New", "OPEN", False)
    assert run(tmp_path, FINDING, "waiting", "given: {lead_status: NEW}, expect: match").reasons == []


TIMELINE = """  waiting:
    timeline:
      - {at: 2026-11-16 10:00, set: {lead_status: NEW, owner: IS}, expect: nothing}
      - {at: 2026-11-18 09:00, expect: finding open}
      - {at: 2026-11-18 14:00, set: {lead_status: IN_PROGRESS}, expect: %s}
      - {at: 2026-11-19 14:00, set: {lead_status: NEW}, expect: finding closed}
      - {at: 2026-11-25 00:00, expect: finding open}
"""


def test_a_timeline_follows_a_finding_through_its_life(tmp_path: Path) -> None:
    (ran,) = run_tests(loaded(tmp_path, FINDING, TIMELINE % "finding closed"), None)
    assert (ran.passed, ran.got) == (True, "finding open")


def test_a_timeline_ends_at_the_first_moment_that_is_not_as_expected(tmp_path: Path) -> None:
    found = loaded(tmp_path, FINDING, TIMELINE % "finding open")
    (ran,) = run_tests(found, None)
    assert (ran.name, ran.expected, ran.got) == ("timeline, 2026-11-18 14:00", "finding open", "finding closed")
    assert ran.line == found.tests.timelines[0].line + 3
    assert ran.reasons[0].lines[0].value == "IN_PROGRESS"


def test_coverage_names_what_no_test_made_true_or_false(tmp_path: Path) -> None:
    tests = "  waiting:\n    tests: [{now: 2026-11-22, given: {lead_status: NEW}, expect: match}]\n"
    found = loaded(tmp_path, FINDING + LIST, tests)
    assert found.rule_set is not None
    missing = gaps(found.rule_set, run_tests(found, None, explain_all=True))
    assert [(gap["rule"], gap["text"] and gap["text"].split(":")[0], gap["never"]) for gap in missing] == [
        ("waiting", "Lead status is New", "false"),
        ("waiting", "any of these", "false"),
        ("waiting", "Contact owner is missing", "false"),
        ("waiting", "Lead status", "false"),
        ("lost", None, "tested"),
        ("parked", None, "tested"),
    ]


@pytest.mark.parametrize(
    ("case", "got"),
    [
        ("given: {lead_status: NEW}, expect: task", "task"),
        ("given: {lead_status: NEW}, expect: match", "match"),
        ("given: {lead_status: OPEN_DEAL}, expect: nothing", "nothing"),
        ("given: {lead_status: NEW, owner: {role: IS}}, expect: task, told: {role: IS}", "task, told: IS"),
        ("given: {lead_status: NEW, owner: {role: FS}}, expect: task, told: {role: Manager}", "task, told: Manager"),
    ],
)
def test_a_rule_that_makes_a_task_is_asked_for_it_and_whose_it_is(tmp_path: Path, case: str, got: str) -> None:
    ran = run(tmp_path, TASK, "call", case)
    assert (ran.got, ran.passed) == (got, True)


def test_a_task_that_is_not_made_fails_its_test(tmp_path: Path) -> None:
    ran = run(tmp_path, TASK, "call", "given: {lead_status: OPEN_DEAL}, expect: task")
    assert (ran.got, ran.passed) == ("nothing", False)


SIBLINGS = """
  alone:
    title: Alone
    for_each: contact
    when: {siblings: {none: {lead_status: OPEN_DEAL}}}
    then: [{finding: {severity: info}}]
"""


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ("lead_status: NEW", "match"),
        ("siblings: [{lead_status: OPEN_DEAL}]", "nothing"),
        ("siblings: [{lead_status: NEW}, {lead_status: BAD_TIMING}]", "match"),
        ("companies: [{name: A}], siblings: [{lead_status: OPEN_DEAL}]", "nothing"),
        ("other_contacts: [{lead_status: OPEN_DEAL}]", "match"),  # of another company
    ],
)
def test_colleagues_are_given_as_siblings(tmp_path: Path, given: str, got: str) -> None:
    assert run(tmp_path, SIBLINGS, "alone", f"given: {{{given}}}, expect: match").got == got


SCORE = """
  warmth:
    title: Warmth
    for_each: contact
    score:
      into: lead_score
      between: [1, 100]
      points:
        - {add: 40, when: {lead_status: NEW}}
        - {add: 30, when: {inquiry_source: phone}}
        - {add: -20, when: {services: {known: false}}}
      rank: {into: lead_rank, bands: {HOT: 60, COOL: 20}}
"""


@pytest.mark.parametrize(
    ("given", "got"),
    [
        ("lead_status: NEW, inquiry_source: phone, services: a", "value 70, HOT"),
        ("lead_status: NEW", "value 20, COOL"),
        ("lead_status: OPEN", "value 1"),  # below all bands, and there is no rank to clear
        ("lead_status: OPEN, lead_rank: HOT", "value 1, empty"),
        ("lead_status: NEW, lead_score: 20, lead_rank: COOL", "nothing"),  # it stands there already
        ("lead_status: NEW, lead_score: 20, lead_rank: HOT", "value COOL"),
    ],
)
def test_a_score_is_compared_by_its_number_and_its_rank(tmp_path: Path, given: str, got: str) -> None:
    """Which scores and ranks there are is the portal's affair."""
    case = f"{{now: 2026-11-22 12:00, given: {{{given}}}, expect: 'value 1'}}"
    (tmp_path / "rules.yaml").write_text(f"format: 1\nrules:{SCORE}    tests: [{case}]\n", encoding="utf-8")
    found = load(tmp_path, make_catalogue(), FieldMap.of())
    assert found.errors == ()
    assert run_tests(found, make_catalogue())[0].got == got
