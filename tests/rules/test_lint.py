"""Warnings about rules that can be read and are probably not what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.fields import FieldMap
from rules.load import load
from rules.model import People
from tests.rules.portal import GONE_FS, PEOPLE, make_catalogue, rule_text

WITHOUT_TELEMARKETING = People(tuple(one for one in PEOPLE.persons if "Telemarketing" not in one.roles))
INFO = "finding: {severity: info}"
HEAD = "    title: t\n    for_each: contact\n"


def warnings(folder: Path, text: str) -> list[str]:
    path = folder / "own.yaml"
    path.write_text("format: 1\nrules:\n" + text, encoding="utf-8")
    loaded = load(path, make_catalogue(), FieldMap.of(), WITHOUT_TELEMARKETING)
    assert loaded.errors == ()
    return [f"{one.line}:{one.column} {one.message.en}" for one in loaded.warnings]


def table(*rows: str, when: str = "") -> str:
    return f"  t:\n{HEAD}{when}    then: [{{{INFO}}}]\n    first_match:\n" + "".join(
        f"      - {{{row}}}\n" for row in rows
    )


def test_values_that_no_row_is_for_are_listed(tmp_path: Path) -> None:
    rows = ("lead_rank: HOT", "lead_rank: WARM, lead_score: {at_least: 5}")
    assert warnings(tmp_path, table(*rows)) == ["7:5 No row is for these values: クール"]


@pytest.mark.parametrize(
    ("rows", "when"),
    [
        (("lead_rank: HOT", "otherwise: true"), ""),
        (("lead_rank: HOT", "lead_score: 5"), ""),  # no property that all rows ask about
        (("lead_rank: [HOT, WARM, COOL]",), ""),
        (("lead_rank: HOT", "lead_rank: WARM"), "    when: [{lead_rank: [HOT, WARM]}]\n"),
    ],
)
def test_a_table_without_a_gap_is_fine(tmp_path: Path, rows: tuple[str, ...], when: str) -> None:
    assert warnings(tmp_path, table(*rows, when=when)) == []


def test_two_rules_with_the_same_conditions_are_pointed_out(tmp_path: Path) -> None:
    text = rule_text("one", "- lead_status: NEW") + rule_text("two", "- lead_status: NEW")
    assert warnings(tmp_path, text) == ["10:3 The conditions are those of the rule 'one' in own.yaml, line 3"]


def test_a_rule_that_always_comes_second_is_pointed_out(tmp_path: Path) -> None:
    text = rule_text("wide", "- lead_status: [NEW, OPEN_DEAL]", "set: {lead_rank: COOL}")
    text += rule_text("narrow", "- lead_status: NEW", "set: {lead_rank: HOT}")
    order = "order: {contact: {lead_rank: [wide, narrow]}}\n"
    assert warnings(tmp_path, text + order) == ["10:3 The rule 'narrow' never comes to write 'lead_rank'"]
    assert warnings(tmp_path, text + order.replace("wide, narrow", "narrow, wide")) == []


@pytest.mark.parametrize(("owner", "warned"), [("", True), ("owner: p1@firm.example\n    ", False)])
def test_a_rule_that_writes_by_itself_should_have_an_owner(tmp_path: Path, owner: str, warned: bool) -> None:
    signed = f"set: {{lead_rank: HOT}}\n    {owner}limit: 5\n    switched_on: {{by: a, on: 2026-11-01}}\n    mode: auto"
    found = warnings(tmp_path, rule_text("auto", "- lead_status: NEW", signed))
    assert [one.split(" ", 1)[1] for one in found] == (["A rule that writes by itself has no owner"] if warned else [])


@pytest.mark.parametrize(
    ("to", "warned"),
    [
        ("{role: Telemarketing}", True),
        ("{owner: {role: Telemarketing}}", True),
        ("[{role: Telemarketing}, {role: Manager}]", False),
        ("owner", False),
    ],
)
def test_a_reminder_that_reaches_nobody_is_pointed_out(tmp_path: Path, to: str, warned: bool) -> None:
    found = warnings(tmp_path, rule_text("x", "- lead_status: NEW", f"{INFO}\n      - remind: {{to: {to}}}"))
    assert found == (["3:3 There is nobody whom the rule 'x' could tell"] if warned else [])


@pytest.mark.parametrize(
    ("said", "warned"),
    [
        (f"'{GONE_FS}'", f"The CRM user '{GONE_FS}' is deactivated"),
        ("p99@firm.example", "The CRM has no user 'p99@firm.example'"),
        ("P1@firm.example", None),
    ],
)
def test_a_user_who_is_not_there_is_pointed_out(tmp_path: Path, said: str, warned: str | None) -> None:
    found = warnings(tmp_path, rule_text("x", "- lead_status: NEW", f"assign: {{owner: {said}}}"))
    assert found == ([f"9:25 {warned}"] if warned else [])


def test_rules_that_share_what_they_write_feed_nobody(tmp_path: Path) -> None:
    text = rule_text("one", "- lead_rank: {known: false}", "set: {lead_rank: HOT}")
    text += rule_text("two", "- lead_rank: COOL", "set: {lead_rank: WARM}")
    assert warnings(tmp_path, text + "order: {contact: {lead_rank: [one, two]}}\n") == []
