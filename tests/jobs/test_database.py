"""The database opens up to date, shows one state to a reader, and explains what is wrong with it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, event, func, insert, select
from sqlalchemy.exc import StatementError

from jobs.database import leave_checkpoints, make_way, open_database, snapshot, writing
from jobs.errors import SettingsWrong, StoreUnusable
from jobs.ledger.tables import runs
from jobs.migrations.target import every_table

NOW = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
OPEN = "import sys; from jobs.database import open_database; open_database(sys.argv[1]).dispose()"


@pytest.fixture
def opened() -> Iterator[Callable[[str], Engine]]:
    engines: list[Engine] = []

    def make(url: str) -> Engine:
        engines.append(open_database(url))
        return engines[-1]

    yield make
    for engine in engines:
        engine.dispose()


def add_run(connection: Connection) -> None:
    connection.execute(insert(runs).values(kind="cycle", started_at=NOW, state="done"))


def add_runs(engine: Engine, number: int) -> None:
    with writing(engine) as connection:
        for _ in range(number):
            add_run(connection)


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(runs)).scalar_one()


def test_migrations_arrive_at_the_tables_of_the_program(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, every_table()) == []


def test_opening_again_keeps_what_is_there(database_url: str, opened: Callable[[str], Engine]) -> None:
    with writing(opened(database_url)) as connection:
        add_run(connection)
    with snapshot(opened(database_url)) as connection:
        assert count(connection) == 1


def test_several_processes_may_open_a_new_database_at_once(database_url: str) -> None:
    command = [sys.executable, "-W", "error", "-c", OPEN, database_url]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    complaints = [process.communicate(timeout=30)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0], complaints


def test_a_snapshot_does_not_see_what_others_write_meanwhile(engine: Engine) -> None:
    with snapshot(engine) as reading:
        assert count(reading) == 0
        with writing(engine) as connection:
            add_run(connection)
        assert count(reading) == 0
    with snapshot(engine) as reading:
        assert count(reading) == 1


def test_nothing_done_in_a_snapshot_is_kept(engine: Engine) -> None:
    with snapshot(engine) as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE thought (id INTEGER)")
    with snapshot(engine) as connection:
        connection.exec_driver_sql("CREATE TEMPORARY TABLE thought (id INTEGER)")


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(StatementError), writing(engine) as connection:
        connection.execute(insert(runs), [{"kind": kind, "started_at": NOW, "state": "done"} for kind in ("a", None)])
    with snapshot(engine) as connection:
        assert count(connection) == 0


def test_two_writers_wait_for_each_other(database_url: str, opened: Callable[[str], Engine]) -> None:
    first, second = opened(database_url), opened(database_url)
    for engine in (first, second, first):
        with writing(engine) as connection:
            add_run(connection)
    with snapshot(second) as connection:
        assert count(connection) == 3


def test_a_click_gets_its_turn_among_many_short_transactions(sqlite_url: str, opened: Callable[[str], Engine]) -> None:
    """As from another process: with an engine of its own, so that it is called by nobody."""
    clicking, busy = opened(sqlite_url), opened(sqlite_url)
    clicked, end = threading.Event(), time.monotonic() + 20

    def click() -> None:
        add_runs(clicking, 1)
        clicked.set()

    thread = threading.Thread(target=click)
    with writing(busy):
        thread.start()
    while not clicked.is_set() and time.monotonic() < end:
        with writing(busy):
            time.sleep(0.004)
        make_way(busy)
    waited = time.monotonic() - end + 20
    thread.join()
    assert waited < 2


def test_whoever_answers_clicks_never_waits_for_the_disk_to_take_the_log(
    sqlite_url: str, opened: Callable[[str], Engine]
) -> None:
    clicking, busy = opened(sqlite_url), opened(sqlite_url)
    leave_checkpoints(clicking)
    for engine, after_pages in ((clicking, 0), (busy, 1000)):
        with snapshot(engine) as connection:
            assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == after_pages


def test_no_time_is_lost_where_nobody_waits(sqlite_url: str, opened: Callable[[str], Engine]) -> None:
    """A round makes hundreds of transactions: to wait after each would make it longer for nobody."""
    engine, begun = opened(sqlite_url), time.monotonic()
    for _ in range(1000):
        make_way(engine)
    assert time.monotonic() - begun < 1


def test_a_round_stands_back_as_long_as_somebody_waits_but_not_for_ever(
    sqlite_url: str, opened: Callable[[str], Engine]
) -> None:
    clicking, busy = opened(sqlite_url), opened(sqlite_url)
    with writing(clicking):
        begun = time.monotonic()
        make_way(busy)
        stood_back = time.monotonic() - begun
    assert 0.3 < stood_back < 10


def test_a_database_in_memory_leaves_no_file(
    tmp_path: Path, opened: Callable[[str], Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    add_runs(opened("sqlite://"), 1)
    assert list(tmp_path.iterdir()) == []


def test_a_full_database_is_explained_and_loses_nothing(sqlite_url: str, opened: Callable[[str], Engine]) -> None:
    engine = opened(sqlite_url)
    with writing(engine) as connection:
        add_run(connection)
    # The limit is the connection's own and holds from the next time that one is handed out.
    event.listen(engine, "checkout", lambda raw, *_: raw.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(StoreUnusable, match=r"is full\. Free some space"):
        add_runs(engine, 5000)
    with snapshot(engine) as connection:
        assert count(connection) == 1


def test_a_write_protected_file_is_explained(tmp_path: Path, opened: Callable[[str], Engine]) -> None:
    opened(f"sqlite:///{tmp_path / 'mimawari.db'}").dispose()
    with pytest.raises(StoreUnusable, match=r"write-protected\. Give the service the right"):
        add_runs(opened(f"sqlite:///file:{tmp_path / 'mimawari.db'}?mode=ro&uri=true"), 1)


def test_a_file_that_is_no_database_is_explained(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("These are notes and no database. " * 100, encoding="utf-8")
    with pytest.raises(StoreUnusable, match=r"is no SQLite database\. Check MIMAWARI_DATABASE_URL"):
        open_database(f"sqlite:///{tmp_path / 'notes.txt'}")


def test_a_damaged_file_is_explained(tmp_path: Path, opened: Callable[[str], Engine]) -> None:
    path = tmp_path / "mimawari.db"
    opened(f"sqlite:///{path}").dispose()
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    path.write_bytes(path.read_bytes()[:100] + b"\x5a" * 40_000)
    with pytest.raises(StoreUnusable, match=r"is damaged\. Restore it from a backup"):
        open_database(f"sqlite:///{path}")


def test_a_folder_that_is_missing_is_explained(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match="Check that its folder exists"):
        open_database(f"sqlite:///{tmp_path / 'nowhere' / 'mimawari.db'}")


def test_a_server_that_is_away_is_explained() -> None:
    with pytest.raises(StoreUnusable, match=r"does not answer\. Check MIMAWARI_DATABASE_URL"):
        open_database("postgresql://user@127.0.0.1:9/mimawari")


def test_a_database_that_the_server_does_not_have_is_explained(postgresql_server: str) -> None:
    with pytest.raises(StoreUnusable, match="has no such database"):
        open_database(postgresql_server.replace("/postgres?", "/no_such_database?"))


@pytest.mark.parametrize("url", ["mimawari.db", "://", "", "sqlite", "nosuch://host/db", "postgresql://host:port/db"])
def test_an_address_that_is_none_is_refused_with_examples(url: str) -> None:
    with pytest.raises(SettingsWrong, match="MIMAWARI_DATABASE_URL"):
        open_database(url)


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(SettingsWrong, match=r"mysql.* is not supported; use sqlite or postgresql"):
        open_database("mysql://user@host/mimawari")
