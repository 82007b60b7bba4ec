"""Replaying recorded history gives what the rounds gave when it happened."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from jobs.commands import rule_changes
from jobs.cycle import quiet
from jobs.errors import SettingsWrong
from rules.load import LIBRARY
from tests.journeys.stage import Stage

DAYS = ("11-24", "11-25", "11-26", "11-27", "11-30", "12-01")

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def replayed(stage: Stage, first: str, last: str, path: Path = LIBRARY) -> dict[str, Any]:
    return rule_changes.backtest_rules(stage.program, path, f"2026-{first}", f"2026-{last}", quiet).document


def a_week_of_work(stage: Stage) -> dict[str, dict[str, int]]:
    """Every day somebody changes statuses and a deal; tells how many findings each rule had open each morning."""
    found: dict[str, dict[str, int]] = {}
    for number, day in enumerate(DAYS):
        stage.it_is(f"{day} 09:00")
        found[f"2026-{day}"] = stage.make_round()["findings"]["by_rule"]
        stage.it_is(f"{day} 14:00")
        for one in stage.findings("L1", "H1", "H8")[number : number + 6]:
            stage.person_sets(one["id"], hs_lead_status="BAD_TIMING")
        for deal in stage.open_deals()[number : number + 2]:
            stage.loses_deal(deal)
    return found


@pytest.mark.soak
def test_a_week_is_replayed_as_it_was_with_what_people_did_by_hand(stage: Stage) -> None:
    found = a_week_of_work(stage)
    stage.it_is("12-02 09:00")
    stage.make_round()
    document = replayed(stage, "11-24", "12-01")
    opened = {one["day"]: one["open"] for one in document["days"]}
    assert {day: opened[day] for day in found} == {day: sum(counts.values()) for day, counts in found.items()}
    last = {one["rule"]: one["open_at_end"] for one in document["rules"] if one["open_at_end"]}
    assert last == {rule: count for rule, count in found["2026-12-01"].items() if count}
    (l1,) = [one for one in document["rules"] if one["code"] == "L1"]
    assert l1["by_hand"]["same"] > 0  # L1 suggests Bad timing
    assert l1["by_hand"]["same"] + l1["by_hand"]["other"] <= l1["opened"]


def test_a_stricter_rule_would_have_found_fewer(stage: Stage, tmp_path: Path) -> None:
    stage.make_first_round()
    shutil.copytree(LIBRARY, tmp_path / "stricter")
    file = tmp_path / "stricter" / "fs-leak.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("2 business days", "30 business days"), encoding="utf-8")
    usual, stricter = (replayed(stage, "11-20", "11-24", path) for path in (LIBRARY, tmp_path / "stricter"))
    l1, strict_l1 = ({one["code"]: one for one in each["rules"]}["L1"] for each in (usual, stricter))
    assert strict_l1["open_at_end"] < l1["open_at_end"]


@pytest.mark.parametrize(("first", "last"), [("11-24", "11-20"), ("11-20", "12-31")])
def test_a_period_that_cannot_be_replayed_is_refused(stage: Stage, first: str, last: str) -> None:
    stage.make_first_round()
    with pytest.raises(SettingsWrong, match="choose a period"):
        replayed(stage, first, last)


def test_nothing_is_written_by_replaying(stage: Stage) -> None:
    stage.make_first_round()
    before, writes = stage.findings(), stage.crm_writes()
    replayed(stage, "11-20", "11-24")
    assert (stage.findings(), stage.crm_writes()) == (before, writes)
