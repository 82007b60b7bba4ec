"""What is wrong with a piece of Block Kit, in Slack's words and with the place as a JSON pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json


class Report:
    """Collects every mistake of one payload. `surface` is message, modal or home."""

    def __init__(self, surface: str) -> None:
        self.surface = surface
        self.problems: list[tuple[str, str]] = []
        self.block_ids: set[str] = set()

    def add(self, pointer: str, message: str) -> None:
        self.problems.append((pointer, message))

    def lines(self) -> list[str]:
        return [f"{message} [json-pointer:{pointer}]" for pointer, message in self.problems]

    def beside(self) -> Json:
        """What Slack puts next to the error code."""
        lines = self.lines()
        return {"errors": lines, "response_metadata": {"messages": [f"[ERROR] {line}" for line in lines]}}
