"""The page on rule tests, in both languages: its example passes, and what it says of a failure is what is said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console

from jobs.render import show_tests
from jobs.rule_tests import run_tests
from rules.fields import FieldMap
from rules.load import load
from rules.model import Loaded

DOCS = Path(__file__).parent.parent.parent / "docs"
PAGES = ("rule-tests.md", "rule-tests.ja.md")


def blocks(page: str) -> list[str]:
    return re.findall(r"```(?:yaml)?\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)


def example(folder: Path, text: str) -> Loaded:
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    loaded = load(folder, None, FieldMap.of())
    assert loaded.errors == ()
    return loaded


@pytest.mark.parametrize("page", PAGES)
def test_the_example_passes(tmp_path: Path, page: str) -> None:
    ran = run_tests(example(tmp_path, blocks(page)[0]), None)
    assert [(one.name, one.got) for one in ran if not one.passed] == []
    assert len(ran) == 4


@pytest.mark.parametrize("page", PAGES)
def test_cases_that_begin_alike_pass(tmp_path: Path, page: str) -> None:
    rules, _, cases = blocks(page)
    ran = run_tests(example(tmp_path, rules[: rules.index("    tests:")] + cases), None)
    assert [one.passed for one in ran] == [True, True]


@pytest.mark.parametrize("page", PAGES)
def test_a_failure_reads_as_shown(tmp_path: Path, page: str) -> None:
    rules, shown, _ = blocks(page)
    broken = re.sub(
        r"given: {lead_status: \S+, status_since: 2026-11-17",
        "given: {lead_status: OPEN, status_since: 2026-11-17",
        rules,
    )
    tests = [one.as_json() for one in run_tests(example(tmp_path, broken), None)]
    console = Console(width=200)
    with console.capture() as said:
        show_tests(console, {"tests": tests, "passed": 3, "failed": 1})
    assert said.get() == f"{shown}4 tests: 3 passed, 1 failed\n"
