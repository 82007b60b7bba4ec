"""The command `export`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from jobs.commands import export as mirror
from jobs.output import Answer, AsJson, answer
from jobs.render import show_nothing
from jobs.settings import load_settings
from jobs.wiring import Parts


def export(
    objects: Annotated[list[str] | None, typer.Argument(metavar="[OBJECT]", help="Such as contacts or deals.")] = None,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        mirror.export(Parts(load_settings()), objects or [], sys.stdout.buffer.write)
        raise typer.Exit(0)

    answer(as_json, work, show_nothing)
