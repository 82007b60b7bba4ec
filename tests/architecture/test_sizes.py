"""Every file answers one question and fits a reader's head."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, files_of_tests, label, source_files, tree

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
FORBIDDEN = {"utils", "util", "helpers", "helper", "manager", "common", "base", "core", "misc"}
EVERYTHING = [*source_files(), *files_of_tests()]
# A step of the migrations names all columns of its tables, once and for good.
WRITTEN_ONCE = "jobs/migrations/versions/"


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines) of each function in a file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_are_short() -> None:
    sizes = {label(path): len(path.read_text(encoding="utf-8").splitlines()) for path in EVERYTHING}
    assert {name: size for name, size in sizes.items() if size > LONGEST_FILE} == {}


def test_functions_are_short() -> None:
    read = [path for path in EVERYTHING if not label(path).startswith(WRITTEN_ONCE)]
    found = {(label(path), name): size for path in read for name, size in functions(path)}
    assert {place: size for place, size in found.items() if size > LONGEST_FUNCTION} == {}


def test_names_say_what_is_inside() -> None:
    parts = {label(path): set(path.relative_to(ROOT).with_suffix("").parts) for path in EVERYTHING}
    assert {name for name, words in parts.items() if words & FORBIDDEN} == set()


def test_modules_state_their_question() -> None:
    trees = {label(path): tree(path) for path in source_files()}
    assert {name for name, tree in trees.items() if not ast.get_docstring(tree)} == set()


def test_nothing_is_left_over() -> None:
    left = re.compile(r"#.*\b(TODO|FIXME|XXX)\b|^\s*except( Exception)?:", re.MULTILINE)
    assert {label(path) for path in source_files() if left.search(path.read_text(encoding="utf-8"))} == set()
