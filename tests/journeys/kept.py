"""Databases that a test process makes once, for every story to begin with."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import sqlite3
from pathlib import Path

from jobs.database import open_database


@dataclasses.dataclass(frozen=True, slots=True)
class Kept:
    """A folder with one SQLite file for each name."""

    folder: Path

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
