"""Imports point down only: jobs, slack_app, rules, connector."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, label, source_files, tree


def imported(path: Path) -> set[str]:
    """Modules that a file imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return found


def test_every_contract_between_the_layers_is_kept() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["connector/sandbox", "slack_app/sandbox"])
def test_a_stand_in_knows_nothing_of_the_program_it_stands_before(name: str) -> None:
    own = name.replace("/", ".")
    ours = {f"{package}." for package in PACKAGES}
    for path in sorted((ROOT / name).rglob("*.py")):
        foreign = {one for one in imported(path) if one.startswith(tuple(ours)) and not one.startswith(own)}
        assert foreign == set(), f"{label(path)} imports {foreign}"


@pytest.mark.parametrize(
    ("vendor", "files"),
    [
        ("hubspot", {"connector/transport.py"}),
        ("urllib3", {"connector/transport.py"}),
        ("slack_bolt", {"slack_app/"}),
        ("slack_sdk", {"slack_app/"}),
        ("apscheduler", {"jobs/serve.py"}),
        ("alembic", {"jobs/database.py", "jobs/migrations/"}),
    ],
)
def test_a_vendors_library_stays_where_it_belongs(vendor: str, files: set[str]) -> None:
    users = {label(path) for path in source_files() if {one.split(".")[0] for one in imported(path)} & {vendor}}
    assert users, f"nobody imports {vendor}"
    assert {user for user in users if not user.startswith(tuple(files))} == set()


def test_rules_open_no_connection_and_read_no_clock() -> None:
    forbidden = {"httpx", "requests", "socket", "sqlite3", "psycopg", "threading", "time", "random"}
    for path in sorted((ROOT / "rules").rglob("*.py")):
        assert {one.split(".")[0] for one in imported(path)} & forbidden == set(), label(path)
        text = path.read_text(encoding="utf-8")
        assert "datetime.now" not in text, label(path)
        assert "create_engine" not in text, label(path)


def test_only_the_clock_asks_for_the_time() -> None:
    askers = {
        label(path)
        for path in source_files()
        if "sandbox" not in label(path) and "datetime.now(" in path.read_text(encoding="utf-8")
    }
    assert askers <= {"jobs/clock.py"}


def test_only_settings_read_the_environment() -> None:
    readers = {
        label(path)
        for path in source_files()
        if "sandbox" not in label(path) and "os.environ" in path.read_text(encoding="utf-8")
    }
    # Keeping calls to this machine off proxies is something that only the environment can say. The demo must not take
    # the database of a `.env` file, which is a real portal's.
    assert readers <= {"jobs/settings.py", "jobs/command_line.py", "jobs/demo.py", "slack_app/web_client.py"}


def test_no_import_of_our_own_stands_inside_a_function() -> None:
    for path in source_files():
        functions = [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef)]
        inside = [n for f in functions for n in ast.walk(f) if isinstance(n, ast.ImportFrom)]
        assert [n.module for n in inside if n.module and n.module.split(".")[0] in PACKAGES] == [], label(path)
