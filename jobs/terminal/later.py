"""Commands that are imported when they are run: all of them together take two seconds."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


class Later(TyperCommand):
    """Stands in a list of commands with its help, and gives way to the function at its place (`package.module:function`)."""

    def __init__(self, name: str, place: str, help_text: str) -> None:
        super().__init__(name, help=help_text)
        self._place = place

    def make_context(self, *given: Any, **more: Any) -> Any:
        return self.real().make_context(*given, **more)

    def real(self) -> Any:
        """The command with its options."""
        alone = typer.Typer(add_completion=False)
        # While nothing of it can be garbage yet, to look for garbage takes a tenth of the time.
        gc.disable()
        try:
            alone.command(self.name, help=self.help)(resolve_name(self._place))
        finally:
            gc.enable()
        return typer.main.get_command(alone)


def group(name: str, help_text: str, commands: Mapping[str, tuple[str, str]]) -> TyperGroup:
    """`commands`: the place and the help of each, by name."""
    inside = [Later(one, place, words) for one, (place, words) in commands.items()]
    return TyperGroup(name=name, help=help_text, commands=inside, no_args_is_help=True)
