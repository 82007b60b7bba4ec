"""Databases that a test process makes once, for every story to begin with."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import sqlite3
from pathlib import Path
from typing import Any

from jobs.database import open_database
from jobs.settings import Settings


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """A folder with one SQLite file for each name, and what a story was told when it was made."""

    folder: Path
    answers: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])

    def has(self, name: str) -> bool:
        return (self.folder / name).exists()

    def put(self, name: str, file: Path) -> None:
        """With what is still in the write-ahead log."""
        with contextlib.closing(sqlite3.connect(file)) as source:
            source.execute("VACUUM INTO ?", [str(self.folder / name)])

    def fetch(self, name: str, file: Path) -> None:
        """Nobody may have the file open."""
        for rest in file.parent.glob(f"{file.name}*"):
            rest.unlink()
        shutil.copy(self.folder / name, file)

    def fetch_empty(self, file: Path) -> None:
        """Every table and no row: to make the tables takes a quarter of a second."""
        if not self.has("empty"):
            open_database(f"sqlite:///{self.folder / 'empty'}").dispose()
        self.fetch("empty", file)


def given_by(settings: Settings) -> tuple[Any, ...]:
    """What of the settings a round depends on: rule files, choices, and whom it can tell."""
    files = [(path.name, path.read_bytes()) for path in sorted(settings.rules_folder.rglob("*.yaml"))]
    tokens = (settings.environment.slack_bot_token, settings.environment.slack_app_token)
    return settings.file.model_dump_json(), files, [token is not None for token in tokens]
