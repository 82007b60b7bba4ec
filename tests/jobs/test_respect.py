"""What a rule must leave alone for now: what a person changed, and records that rules write all day."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from connector.mirror.shared_rows import store_owners, store_portal
from connector.mirror.tables import versions
from connector.records import CONTACTS, Owner, PortalInfo
from jobs.database import writing
from jobs.ledger import plan_lines
from jobs.ledger.plan_lines import LIST_PROPERTY, End, Line, PlanOpener
from jobs.respect import causes
from rules.model import RuleSet
from tests.jobs.ledger_builders import at, make_line
from tests.rules.portal import rules_from

NOW = at("11-24 09:30")
RULE = """
  h1:
    title: {en: A rule}
    for_each: contact
    when: [{lead_status: NEW}]
    respect_edits: RESPECT
    then: [{set: {lead_rank: HOT}}]
"""


def rules(folder: Path, respect: str = "30 days") -> RuleSet:
    return rules_from(folder, RULE.replace("RESPECT", respect))


@pytest.fixture
def rule_set(tmp_path: Path) -> RuleSet:
    return rules(tmp_path)


def changed(
    engine: Engine, moment: str, *, name: str = "lead_rank", source: str = "CRM_UI", value: str | None = "COOL"
) -> None:
    with writing(engine) as connection:
        store_owners(connection, [Owner("41", None, "Hana", "Sato", 141, False, ())])
        store_portal(connection, PortalInfo("1", "Asia/Tokyo"))
        row = {"object_type": CONTACTS, "object_id": "501", "property": name, "position": 0, "value": value}
        connection.execute(insert(versions), {**row, "at": at(moment), "source_type": source, "user_id": 141})


def wrote(engine: Engine, moment: datetime, **line: Any) -> None:
    """A line about contact 501 that was applied then."""
    with writing(engine) as connection:
        (line_id,) = plan_lines.add(
            connection, [make_line("501", state="approved", **line)], plan=PlanOpener(1, "v1", moment), now=moment
        )
        plan_lines.settle(connection, [End(line_id, "applied", written=True)], moment)


def why(engine: Engine, rule_set: RuleSet, line: Line | None = None) -> str | None:
    with writing(engine) as connection:
        wanted = line or make_line("501", before="COOL")
        (cause,) = causes(connection, rule_set, rule_set.rule("h1"), [wanted], NOW)
    assert cause is None or (cause.ja and cause.ja != cause.en)
    return cause.en if cause else None


def test_nothing_stands_in_the_way_of_a_value_that_nobody_set(engine: Engine, rule_set: RuleSet) -> None:
    assert why(engine, rule_set) is None


def test_what_a_person_set_is_left_alone_and_the_person_named(engine: Engine, rule_set: RuleSet) -> None:
    changed(engine, "11-20 14:05")
    said = why(engine, rule_set)
    assert said == "Sato Hana changed it on 2026-11-20 14:05: the rule leaves it alone for 30 days."


@pytest.mark.parametrize(
    ("respect", "held"),
    [
        ("4 days", True),  # the 20th is the fourth day before the 24th: not older than 4 days
        ("3 days", False),
        ("1 business day", True),  # Sat, Sun and a holiday lie between
        ("92 hours", True),  # 14:05 to 09:30 three days and 19:25 later: 91:25
        ("91 hours", False),
        ("0 days", False),
    ],
)
def test_a_rule_says_how_long_it_respects_an_edit(engine: Engine, tmp_path: Path, respect: str, held: bool) -> None:
    changed(engine, "11-20 14:05")
    assert (why(engine, rules(tmp_path, respect)) is not None) is held


def test_the_reason_is_given_in_japanese_too(engine: Engine, rule_set: RuleSet) -> None:
    changed(engine, "11-20 14:05")
    with writing(engine) as connection:
        (cause,) = causes(connection, rule_set, rule_set.rule("h1"), [make_line("501", before="COOL")], NOW)
    assert cause is not None
    assert cause.ja == "Sato Hanaが2026-11-20 14:05に変更しました。このルールは30日のあいだ変更しません。"


def test_what_a_program_changed_is_nobodys_edit(engine: Engine, rule_set: RuleSet) -> None:
    changed(engine, "11-24 09:00", source="INTEGRATION")
    assert why(engine, rule_set) is None


def test_an_edit_before_the_rules_own_last_write_counts_no_more(engine: Engine, rule_set: RuleSet) -> None:
    changed(engine, "11-20 14:05")
    wrote(engine, at("11-21 09:00"), before="COOL", after="WARM")
    assert why(engine, rule_set) is None


def test_a_change_that_a_person_made_through_us_counts(engine: Engine, rule_set: RuleSet) -> None:
    wrote(engine, at("11-20 09:00"), rule=None, actor="person 41 Sato Hana", after="COOL")
    assert "person 41 Sato Hana changed it" in (why(engine, rule_set) or "")


def test_for_a_day_after_a_persons_change_no_rule_touches_the_status(engine: Engine, tmp_path: Path) -> None:
    wrote(engine, at("11-24 09:00"), name="hs_lead_status", after="NEW")
    changed(engine, "11-23 09:31", name="hs_lead_status")
    line = make_line("501", name="hs_lead_status", before="NEW", after="OPEN_DEAL")
    assert "24 hours" in (why(engine, rules(tmp_path, "0 days"), line) or "")


def test_after_that_day_the_rule_decides_about_the_status(engine: Engine, tmp_path: Path) -> None:
    changed(engine, "11-23 09:30", name="hs_lead_status")
    line = make_line("501", name="hs_lead_status", before="NEW", after="OPEN_DEAL")
    assert why(engine, rules(tmp_path, "0 days"), line) is None


def test_a_record_that_rules_wrote_three_times_today_rests(engine: Engine, rule_set: RuleSet) -> None:
    for hour in ("07:00", "08:00", "09:00"):
        assert why(engine, rule_set, make_line("501", name="lead_score")) is None
        wrote(engine, at(f"11-24 {hour}"), rule=f"at-{hour[:2]}")
    assert "3 times today" in (why(engine, rule_set, make_line("501", name="lead_score")) or "")


def test_what_rules_wrote_yesterday_or_to_lists_makes_no_record_rest(engine: Engine, rule_set: RuleSet) -> None:
    for minute in range(4):
        wrote(engine, at(f"11-23 23:5{minute}"), name="lead_score")
        wrote(engine, at(f"11-24 08:0{minute}"), name=LIST_PROPERTY, after=f"list {minute}")
    assert why(engine, rule_set) is None
