"""The commands about stand-ins: `sandbox crm` and `sandbox slack` start one, `sandbox portal` makes a large portal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobs import sandbox as standins
from jobs.clock import read_instant
from jobs.errors import SettingsWrong
from jobs.listening import bind
from jobs.output import Answer, AsJson, answer, progress_bar
from jobs.render import show_made, show_nothing


def crm(
    port: int = 0,
    contacts: Annotated[int | None, typer.Option(min=10, show_default="2400")] = None,
    seed: Annotated[int | None, typer.Option(show_default="1")] = None,
    portal: Annotated[Path | None, typer.Option(help="A file made by `sandbox portal`, for large portals.")] = None,
    now: str = standins.START,
    limits: Annotated[str, typer.Option(help="real or off")] = "real",
    latency_ms: Annotated[int, typer.Option(min=0)] = 0,
    index_lag_s: Annotated[float, typer.Option(min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        if limits not in {"real", "off"}:
            raise SettingsWrong(f"--limits {limits}: use real or off.")
        if portal is not None and not (contacts is None and seed is None):
            raise SettingsWrong("--portal brings its own records: leave out --contacts and --seed.")
        bind("127.0.0.1", port).close()  # a clear word now, if the port is taken
        standins.serve_crm(
            port=port,
            contents=standins.Contents(contacts or 2400, 1 if seed is None else seed, portal),
            now=read_instant(now, "--now"),
            limits=limits,
            latency_ms=latency_ms,
            index_lag_s=index_lag_s,
        )
        raise typer.Exit(0)

    answer(as_json, work, show_nothing)


def portal(
    out: Annotated[Path, typer.Option(help="A file that is not there yet.")],
    contacts: Annotated[int, typer.Option(min=10)] = 100_000,
    seed: int = 1,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        with progress_bar(not as_json) as progress:
            return Answer(standins.make_portal(out, contacts, seed, progress))

    answer(as_json, work, show_made)


def slack(
    port: int = 0,
    app_url: Annotated[str | None, typer.Option(help="Where commands and clicks are sent.")] = None,
    crm_url: Annotated[str | None, typer.Option(help="A stand-in CRM whose records the page shows.")] = None,
    now: str = standins.START,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        bind("127.0.0.1", port).close()
        standins.serve_slack(port=port, app_url=app_url, crm_url=crm_url, now=read_instant(now, "--now"))
        raise typer.Exit(0)

    answer(as_json, work, show_nothing)
