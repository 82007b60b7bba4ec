"""The commands about rule files by themselves: their mistakes, their tests, their language."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.commands import rule_files
from jobs.output import AsJson, answer
from jobs.render import show_json, show_mistakes, show_page, show_tests
from jobs.settings import load_settings
from jobs.wiring import Parts

Paths = Annotated[list[Path] | None, typer.Argument(metavar="[PATH]", help="A folder of rule files.")]


def check(paths: Paths = None, as_json: AsJson = False) -> None:
    answer(as_json, lambda: rule_files.check(Parts(load_settings()), paths or []), show_mistakes)


def run_tests(
    paths: Paths = None,
    coverage: Annotated[bool, typer.Option("--coverage", help="List conditions no test makes true, or false.")] = False,
    as_json: AsJson = False,
) -> None:
    answer(as_json, lambda: rule_files.test(Parts(load_settings()), paths or [], coverage=coverage), show_tests)


def schema(as_json: AsJson = False) -> None:
    answer(as_json, lambda: rule_files.schema(Parts(load_settings())), show_json)


def reference(
    language: Annotated[str, typer.Option(help="ja or en")] = "en",
    as_json: AsJson = False,
) -> None:
    answer(as_json, lambda: rule_files.language(Parts(load_settings()), language), show_page)
