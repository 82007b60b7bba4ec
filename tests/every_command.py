"""Every command of the program with its options, and so with all that it imports."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from jobs.command_line import app
from jobs.terminal.later import Later


def every_command() -> dict[str, Any]:
    """By the words that call them, such as `rules check`."""
    return dict(_inside(typer.main.get_command(app)))


def _inside(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if isinstance(command, Later):
            yield f"{prefix}{name}", command.real()
        else:
            yield from _inside(command, f"{prefix}{name} ")
