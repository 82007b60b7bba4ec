"""The commands that look at rule files alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jobs.commands import rule_files
from jobs.output import Answer
from jobs.wiring import Parts
from tests.jobs.settings_builders import make_settings
from tests.rules.portal import rule_text

TEST = "    tests:\n      - {now: 2026-11-20 09:30, given: {lead_status: NEW}, expect: match}\n"
COMMANDS: list[Callable[[Parts, Path], Answer]] = [
    lambda parts, folder: rule_files.check(parts, [folder]),
    lambda parts, folder: rule_files.test(parts, [folder], coverage=False),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_to_look_at_files_makes_no_database(tmp_path: Path, command: Callable[[Parts, Path], Answer]) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    text = "format: 1\nrules:\n" + rule_text("x", "- lead_status: NEW") + TEST
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    database = tmp_path / "new.db"
    parts = Parts(make_settings(tmp_path, f'[service]\ndatabase = "sqlite:///{database}"'))
    assert command(parts, folder).document["ok"] is True
    assert not database.exists()
