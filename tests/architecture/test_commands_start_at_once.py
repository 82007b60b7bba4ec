"""A command imports what it needs: whoever asks what is open waits for no client of a vendor and no server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jobs.database import open_database
from tests.architecture.source import ROOT

RUN = """
import sys
from jobs.command_line import main
sys.argv = ["mimawari", *sys.argv[1:]]
try:
    main()
except SystemExit:
    print(*sys.modules, file=sys.stderr)
"""
SERVERS = {
    "apscheduler",
    "connector.sandbox",
    "jobs.round_keeper",
    "jobs.serve",
    "slack_app.sandbox",
    "slack_bolt",
    "starlette",
    "uvicorn",
}
CLIENTS = {"connector.transport", "httpx", "hubspot", "requests", "slack_sdk", "urllib3"}
STORE = {"jobs.wiring", "psycopg", "pydantic", "sqlalchemy", "yaml"}
RULES = """
rules:
  - id: never-called
    title: {ja: 未架電, en: Never called}
    mode: observe
    when: {property: hs_lead_status, is: NEW}
    finding: {}
"""


def imported(folder: Path, *words: str) -> set[str]:
    """The modules in memory after a command, run in this folder."""
    environment = {
        **os.environ,
        "MIMAWARI_DATABASE_URL": f"sqlite:///{folder / 'mimawari.db'}",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return set(done.stderr.splitlines()[-1].split())


@pytest.mark.parametrize(
    "words",
    [
        ("findings",),
        ("explain", "contacts", "501"),
        ("plan",),
        ("rules", "check", "rules"),
    ],
    ids=" ".join,
)
def test_to_look_imports_neither_servers_nor_clients_nor_migrations(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "one.yaml").write_text(RULES, encoding="utf-8")
    open_database(f"sqlite:///{tmp_path / 'mimawari.db'}").dispose()
    modules = imported(tmp_path, *words)
    assert modules >= {"jobs.wiring", "sqlalchemy"}
    assert modules & {*SERVERS, *CLIENTS, "alembic", "holidays.countries"} == set()


def test_help_reads_neither_settings_nor_the_database(tmp_path: Path) -> None:
    assert imported(tmp_path, "--help") & {*SERVERS, *CLIENTS, *STORE, "alembic"} == set()


def test_a_stand_in_starts_without_the_program_it_stands_before(tmp_path: Path) -> None:
    modules = imported(tmp_path, "sandbox", "crm", "--portal", "none.portal")
    assert "connector.sandbox.server" in modules
    assert modules & {"jobs.serve", "jobs.wiring", "alembic", "hubspot", "slack_bolt"} == set()
