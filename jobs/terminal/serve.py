"""The command `serve`."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from jobs import serve as service
from jobs.output import Answer, AsJson, answer, print_json, set_up_logs
from jobs.render import show_nothing
from jobs.settings import load_settings
from jobs.wiring import Parts


def serve(
    port: Annotated[int, typer.Option(min=0)] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    as_json: AsJson = False,
) -> None:
    set_up_logs(logging.INFO)

    def ready(address: str) -> None:
        if as_json:
            print_json({"ready": True, "url": f"{address}/slack/events"})
        else:
            typer.echo(f"Ready. Slack's requests go to {address}/slack/events. Stop with Ctrl-C.")

    def work() -> Answer:
        service.serve(Parts(load_settings()), host=host, port=port, ready=ready)
        raise typer.Exit(0)

    answer(as_json, work, show_nothing)
