"""The rule files change or break while the program runs: what is in use, what becomes of findings, who is told."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connector.mirror.tables import versions
from jobs.commands import rule_changes
from jobs.cycle import run_cycle
from jobs.errors import SettingsWrong
from rules.load import LIBRARY
from tests.journeys.stage import FALLBACK_CHANNEL, Heard, Stage, people_of

OPS = people_of("Ops")
L1 = "l1-meeting-without-outcome"


@pytest.fixture
def file(stage: Stage) -> Path:
    """The rule file with the FS leaks, in a folder of the portal's own that the first rounds were made with."""
    folder = stage.folder / "rules" / "library"
    shutil.copytree(LIBRARY, folder)
    stage.make_first_round()
    return folder / "fs-leak.yaml"


def change(path: Path, right: str, wrong: str, times: int = 1) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, times), encoding="utf-8")


on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def about_rules(stage: Stage) -> list[Heard]:
    return [one for one in stage.messages() if "ルール" in one.text or "ule" in one.text]


def test_a_broken_file_is_told_to_the_admins_once_while_the_last_good_rules_go_on(stage: Stage, file: Path) -> None:
    before = stage.found()
    change(file, "severity:", "severty:")
    for _ in range(2):
        report = run_cycle(stage.program)
        assert [problem.step for problem in report.problems] == ["rules"]
    assert stage.found() == before
    (told,) = about_rules(stage)
    assert told.to in {*OPS, FALLBACK_CHANNEL}
    assert "fs-leak.yaml" in str(told.blocks)
    assert "severity" in str(told.blocks)


@on_one_database
def test_the_message_about_a_broken_file_ends_when_it_is_mended(stage: Stage, file: Path) -> None:
    change(file, "severity:", "severty:")
    run_cycle(stage.program)
    change(file, "severty:", "severity:")
    stage.make_round()
    (told,) = about_rules(stage)
    assert told.text.startswith("✓")
    assert told.edits == 1


@on_one_database
def test_a_program_that_starts_anew_on_broken_files_goes_on_with_the_last_good_rules(stage: Stage, file: Path) -> None:
    before, version = stage.found(), stage.program.rules().version
    change(file, "severity:", "severty:")
    stage.starts_anew()
    assert stage.program.rules().version == version
    assert not run_cycle(stage.program).complete
    assert stage.found() == before


def test_a_changed_rule_is_compared_before_it_is_used_and_the_admins_are_told(stage: Stage, file: Path) -> None:
    before = len(stage.findings("L1"))
    change(file, "unchanged_for: 2 business days", "unchanged_for: 400 business days")
    (expected,) = differences(stage)
    assert (expected["rule"], expected["appears"], expected["disappears"]) == (L1, 0, before)
    report = stage.make_round()
    assert report["findings"]["closed"] == before > 0
    assert stage.findings("L1") == []
    (told,) = about_rules(stage)
    assert str(before) in str(told.blocks)


def differences(stage: Stage) -> list[dict[str, Any]]:
    return rule_changes.compare(stage.program, stage.folder / "rules" / "library").document["differences"]


@on_one_database
def test_a_comment_is_no_news(stage: Stage, file: Path) -> None:
    change(file, "rules:", "# A remark of our own.\nrules:")
    assert differences(stage) == []
    stage.make_round()
    assert about_rules(stage) == []


@on_one_database
def test_what_the_mirror_never_read_cannot_be_compared_and_that_is_said(stage: Stage, file: Path) -> None:
    change(file, "- lead_status: OPEN_DEAL", "- prefecture: 北海道\n      - lead_status: OPEN_DEAL")
    with pytest.raises(SettingsWrong, match=r"contacts\.prefecture"):
        differences(stage)


@on_one_database
def test_a_rule_that_reads_a_new_property_works_from_the_next_round_on(stage: Stage, file: Path) -> None:
    change(file, "- lead_status: OPEN_DEAL", "- prefecture: {known: true}\n      - lead_status: OPEN_DEAL")
    stage.make_round()
    found = {one["id"] for one in stage.findings("L1")}
    assert found == {contact for _, contact in stage.true_findings({"L1"}) if stage.contact(contact).get("prefecture")}


@on_one_database
def test_a_program_that_starts_anew_on_files_that_read_more_goes_on_with_the_last_rules(
    stage: Stage, file: Path
) -> None:
    before, version = len(stage.findings("L1")), stage.program.rules().version
    change(file, "- lead_status: OPEN_DEAL", "- prefecture: {known: true}\n      - lead_status: OPEN_DEAL")
    stage.starts_anew()
    assert stage.program.rules().version == version
    assert len(stage.findings("L1")) == before
    stage.make_round()
    assert stage.program.rules().version != version
    assert 0 < len(stage.findings("L1")) < before


@on_one_database
def test_a_rule_that_searches_a_text_or_asks_what_once_was_works_from_the_next_round_on(
    stage: Stage, file: Path
) -> None:
    asked = "- inquiry_text: {contains: ｻｰﾋﾞｽ}\n      - deals: {none: {dealstage: {was_ever: closedwon}}}\n      - "
    change(file, "- lead_status: OPEN_DEAL", f"{asked}lead_status: OPEN_DEAL")
    before = stage.true_findings({"L1"})
    stage.make_round()
    texts = {contact: stage.contact(contact).get("inquiry_text") or "" for _, contact in before}
    assert {one["id"] for one in stage.findings("L1")} == {
        contact for contact, text in texts.items() if "サービス" in text
    }
    with stage.program.engine.connect() as connection:
        former = connection.execute(select(versions.c.value).where(versions.c.property == "dealstage"))
        assert former.first()


@on_one_database
def test_texts_and_former_values_that_were_never_asked_for_cannot_be_compared_and_that_is_said(
    stage: Stage, file: Path
) -> None:
    change(file, "- lead_status: OPEN_DEAL", "- owner: {was_ever: 1}\n      - lead_status: OPEN_DEAL")
    assert differences(stage)  # the mirror holds every owner that a contact ever had
    change(file, "- owner", "- deals: {any: {dealstage: {was_ever: closedwon}}}\n      - owner")
    with pytest.raises(SettingsWrong, match=r"deals\.dealstage"):
        differences(stage)


@on_one_database
def test_a_rule_that_is_the_first_to_ask_for_twins_is_told_with_all_it_finds(stage: Stage) -> None:
    folder = stage.folder / "rules" / "library"
    shutil.copytree(LIBRARY, folder)
    shutil.rmtree(folder / "tests")
    (folder / "queues.yaml").unlink()  # one of them names H12
    file = folder / "hygiene.yaml"
    whole = file.read_text(encoding="utf-8")
    without = re.sub(r"  h12-probable-duplicate:\n(?:    .*\n|\n)*", "", whole)
    assert without != whole
    file.write_text(without, encoding="utf-8")
    stage.make_round()
    file.write_text(whole, encoding="utf-8")
    stage.make_round()
    (told,) = about_rules(stage)
    number = len(stage.findings("H12"))
    assert number > 0
    assert f"：新たに {number} 件" in str(told.blocks) or f": {number} opened" in str(told.blocks)
