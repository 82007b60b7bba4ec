"""The command that shows what would be written: `plan`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from jobs.commands import plan as plans
from jobs.output import AsJson, answer
from jobs.render_plan import show_plan
from jobs.settings import load_settings
from jobs.wiring import Parts


def plan(
    whole: Annotated[bool, typer.Option("--all", help="Every line, however many there are.")] = False,
    as_json: AsJson = False,
) -> None:
    answer(as_json, lambda: plans.plan(Parts(load_settings())), partial(show_plan, whole=whole))
