"""The command `doctor`."""

from __future__ import annotations

from typing import Annotated

import typer

from jobs.checks.round_trip import Trial
from jobs.commands import check
from jobs.output import AsJson, answer
from jobs.settings import load_settings


def doctor(
    button: Annotated[
        bool, typer.Option("--round-trip", help="Send an admin a card in Slack and wait for the press of its button.")
    ] = False,
    to: Annotated[str | None, typer.Option(help="With --round-trip: the mail address of whoever will press.")] = None,
    url: Annotated[
        str | None, typer.Option(help="With --round-trip: our address as Slack calls it, tried first.")
    ] = None,
    wait: Annotated[int, typer.Option(min=5, max=600, help="With --round-trip: seconds to wait.")] = 120,
    language: Annotated[str | None, typer.Option(help="ja or en; without it, the language of the settings.")] = None,
    as_json: AsJson = False,
) -> None:
    trial = Trial(to, url, wait) if button else None
    answer(as_json, lambda: check.doctor(load_settings, language, trial), check.show_checks)
