"""The commands about the Slack app as Slack knows it: `slack manifest`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from jobs.errors import SettingsWrong
from jobs.output import Answer, AsJson, answer
from slack_app import manifest as manifests


def manifest(
    url: Annotated[str, typer.Option(help="Where Slack reaches this service, such as https://mimawari.example.")] = "",
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="The service connects to Slack; nothing is sent to an address.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    def work() -> Answer:
        if url and not url.startswith("https://"):
            raise SettingsWrong(
                f"--url {url}: Slack calls https:// addresses only. For another way, see --socket-mode."
            )
        return Answer({"manifest": manifests.manifest(url or manifests.EXAMPLE_ADDRESS, socket_mode=socket_mode)})

    answer(as_json, work, _show)


def _show(console: Console, document: dict[str, Any]) -> None:
    """As it is, so that it can be put into a file."""
    console.file.write(manifests.as_yaml(document["manifest"]))
