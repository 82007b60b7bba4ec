"""Where the program's source is, for tests that read it."""

from __future__ import annotations

import ast
import functools
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("jobs", "slack_app", "rules", "connector")


def source_files() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def files_of_tests() -> list[Path]:
    return sorted((ROOT / "tests").rglob("*.py"))


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


@functools.cache
def tree(path: Path) -> ast.Module:
    """A file as Python reads it; each is read once for all the tests that look at it."""
    return ast.parse(path.read_text(encoding="utf-8"))
