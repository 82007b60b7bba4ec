"""The command `demo`."""

from __future__ import annotations

from typing import Annotated

import typer

from jobs import demo as demonstration
from jobs.clock import read_instant
from jobs.output import Answer, AsJson, answer, progress_bar


def demo(
    once: Annotated[bool, typer.Option("--once", help="One cycle, then leave.")] = False,
    contacts: Annotated[int, typer.Option(min=10, help="Size of the invented portal.")] = 2400,
    seed: Annotated[int, typer.Option(help="Another seed gives other people and companies.")] = 1,
    now: Annotated[str, typer.Option(help="Where the stand-ins' clock starts.")] = demonstration.MORNING,
    port: Annotated[int, typer.Option(min=0, help="Port of the page to look at.")] = 0,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        options = demonstration.Options(contacts, seed, read_instant(now, "--now"), port, once)
        with progress_bar(not as_json) as progress:
            return demonstration.demonstrate(options, progress, as_json=as_json)

    answer(as_json, work, demonstration.show_end)
