"""The commands about what rule files would change now, and would have done before: `rules diff`, `rules backtest`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs.commands import rule_changes
from jobs.output import Answer, AsJson, answer, progress_bar
from jobs.render import show_backtest, show_differences
from jobs.settings import load_settings
from jobs.wiring import Parts

Folder = Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A folder of rule files.")]


def diff(path: Folder = None, as_json: AsJson = False) -> None:
    answer(as_json, lambda: rule_changes.compare(Parts(load_settings()), path), show_differences)


def backtest(
    path: Folder = None,
    first: Annotated[
        str | None, typer.Option("--from", help="A day; 30 days before the last one if not given.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="A day; today if not given.")] = None,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        with progress_bar(not as_json) as progress:
            return rule_changes.backtest_rules(Parts(load_settings()), path, first, last, progress)

    answer(as_json, work, show_backtest)
