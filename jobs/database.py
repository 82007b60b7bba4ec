"""The database: opened, brought up to date, read from one snapshot, written in short transactions."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import logging
import os
import re
import sqlite3
import threading
from collections.abc import Generator
from importlib import resources
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_delay, wait_fixed

from jobs.errors import SettingsWrong, StoreUnusable

_LOCK_WAIT_SECONDS = 30
_LOOK_EVERY_SECONDS = 0.01
# So long at most does a round stand back at once, however many people click.
_WAY_SECONDS = 0.5
# A round of the shipped rules makes some 400 different statements, people's clicks and commands as many again.
_KEPT_STATEMENTS = 1500
# As many as answer clicks at once, and some: to open one for each click would take longer than the click.
_KEPT_CONNECTIONS = 16
# Any number will do, as long as it is always the same.
_MIGRATION_LOCK = 5_218_644
# Alembic's name for it.
_REVISION_TABLE = "alembic_version"


def open_database(url: str) -> Engine:
    """An engine on an up-to-date database. Creates the file or the tables where they are missing."""
    engine = _engine(url)
    with explained():
        _migrate(engine)
    return engine


def is_there(url: str) -> bool:
    """Whether opening it would find something; a server is taken to be there."""
    try:
        address = make_url(url)
    except ArgumentError:
        return False
    return address.get_backend_name() != "sqlite" or Path(address.database or "").is_file()


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.drivername in {"postgresql", "postgres"}:
            address = address.set(drivername="postgresql+psycopg")
        if address.get_backend_name() not in {"sqlite", "postgresql"}:
            raise SettingsWrong(
                f"MIMAWARI_DATABASE_URL: {address.drivername} is not supported; use sqlite or postgresql."
            )
        engine = create_engine(
            address,
            connect_args=_connect_args(address.get_backend_name()),
            json_serializer=_to_json,
            json_deserializer=orjson.loads,
            pool_size=_KEPT_CONNECTIONS,
            query_cache_size=_KEPT_STATEMENTS,
            # A file does not go away by itself.
            pool_pre_ping=address.get_backend_name() != "sqlite",
        )
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise SettingsWrong(
            "MIMAWARI_DATABASE_URL is no database address. Examples: sqlite:///mimawari.db, "
            "postgresql://user@localhost/mimawari"
        ) from error
    if address.get_backend_name() == "sqlite":
        _teach_sqlite(engine)
    return engine


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _connect_args(backend: str) -> dict[str, Any]:
    return {"timeout": _LOCK_WAIT_SECONDS} if backend == "sqlite" else {}


def _teach_sqlite(engine: Engine) -> None:
    """Write-ahead log, foreign keys, and transactions that begin where we say.

    The driver's own habit opens a transaction only before a write, so two reads see two states, and a read that
    turns into a write can fail for a lock that waiting would have got.
    """

    def connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "temp_store=MEMORY"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def begun(connection: Connection) -> None:
        if connection.get_execution_options().get("read_only", False):
            connection.exec_driver_sql("BEGIN")
        else:
            _begin_writing(connection)

    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)


def leave_checkpoints(engine: Engine) -> None:
    """Let another process carry SQLite's log over into the database file: whoever commits when the log is long does so,
    and waits for the disk.
    """

    def connected(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA wal_autocheckpoint = 0")

    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", connected)
        engine.dispose()


def _begin_writing(connection: Connection) -> None:
    """As soon as nobody else writes. SQLite's own way of waiting looks again after up to a tenth of a second, by which
    time somebody else writes again.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        if not _patiently(_begun, driver):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # says why not, as SQLAlchemy's errors do
    finally:
        driver.execute(f"PRAGMA busy_timeout = {_LOCK_WAIT_SECONDS * 1000}")


def _begun(driver: sqlite3.Connection) -> bool | None:
    """None while somebody else writes."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return None if "locked" in str(error) else False
    return True


def _in_vain(_state: RetryCallState) -> bool:
    return False


_patiently = Retrying(
    retry=retry_if_result(lambda begun: begun is None),
    stop=stop_after_delay(_LOCK_WAIT_SECONDS),
    wait=wait_fixed(_LOOK_EVERY_SECONDS),
    retry_error_callback=_in_vain,
)


def make_way(engine: Engine) -> None:
    """Between two of many transactions: returns as soon as nobody waits to write, in whichever process. SQLite calls
    nobody who waits, so whoever does not let them go first is faster than they are, time and again.
    """
    _until_nobody_waits(_anybody_waits, engine)


def _anybody_waits(engine: Engine) -> bool:
    with _wish_file(engine) as wish:
        try:
            if wish is not None:
                fcntl.flock(wish, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


_until_nobody_waits = Retrying(
    retry=retry_if_result(bool),
    stop=stop_after_delay(_WAY_SECONDS),
    wait=wait_fixed(_LOOK_EVERY_SECONDS),
    retry_error_callback=_in_vain,
)


@contextlib.contextmanager
def _wish_file(engine: Engine) -> Generator[int | None]:
    """A file beside a SQLite database that is locked, shared, by whoever writes or waits for it; None where there can be
    none. The database itself would not do: closing it once more lets go of SQLite's own locks on it.
    """
    wish = None
    if engine.dialect.name == "sqlite" and engine.url.database:
        # Where no file can be made, writing the database fails as well, and says so.
        with contextlib.suppress(OSError):
            wish = os.open(f"{engine.url.database}-waiting", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        yield wish
    finally:
        if wish is not None:
            os.close(wish)


@contextlib.contextmanager
def snapshot(engine: Engine) -> Generator[Connection]:
    """A connection whose reads all see one state of the database. Temporary tables may be made; nothing is kept."""
    options: dict[str, Any] = {"read_only": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with explained(), engine.connect() as connection:
        reading = connection.execution_options(**options)
        with reading.begin() as transaction:
            yield reading
            transaction.rollback()


# For each SQLite database: which thread of this process may try to write. A lock calls the next one; the database does not.
_turns: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()


@contextlib.contextmanager
def _turn(engine: Engine) -> Generator[None]:
    """Says to other processes that somebody waits, and waits for the threads of this one."""
    if engine.dialect.name != "sqlite":
        yield
        return
    with _wish_file(engine) as wish:
        if wish is not None:
            fcntl.flock(wish, fcntl.LOCK_SH)
        with _turns.setdefault(engine, threading.Lock()):
            yield


@contextlib.contextmanager
def writing(engine: Engine) -> Generator[Connection]:
    """One short transaction. Never call the CRM or Slack inside."""
    with explained(), _turn(engine), engine.begin() as connection:
        yield connection


@contextlib.contextmanager
def explained() -> Generator[None]:
    """Turns the driver's complaints about disk, rights and reachability into sentences."""
    try:
        yield
    except (OperationalError, DBAPIError) as error:
        sentence = _sentence(str(error.orig))
        if sentence is None:
            raise
        raise StoreUnusable(sentence) from error


_SENTENCES = (
    (
        "disk is full",
        "The disk (or the database's size limit) is full. Free some space and run again; nothing was lost.",
    ),
    ("No space left", "The database server's disk is full. Free some space and run again; nothing was lost."),
    ("disk I/O error", "The disk under the database file refuses to read or write. Check its space and health."),
    (
        "unable to open database file",
        "The database file cannot be opened. Check that its folder exists and is writable.",
    ),
    ("readonly database", "The database file is write-protected. Give the service the right to write it."),
    ("file is not a database", "The database file is no SQLite database. Check MIMAWARI_DATABASE_URL."),
    ("malformed", "The database file is damaged. Restore it from a backup."),
    ("database is locked", f"Another process held the database for over {_LOCK_WAIT_SECONDS} s. Try again."),
    ("FATAL:  database", "The database server has no such database. Create it, or check MIMAWARI_DATABASE_URL."),
    ("FATAL:  role", "The database server does not know the user in MIMAWARI_DATABASE_URL."),
    ("onnection refused", "The database server does not answer. Check MIMAWARI_DATABASE_URL and that it runs."),
    ("could not translate host name", "The database server's name is unknown. Check MIMAWARI_DATABASE_URL."),
    ("authentication failed", "The database server refuses the user or password in MIMAWARI_DATABASE_URL."),
    ("server closed the connection", "The database server closed the connection. Run again when it is back."),
    ("terminating connection", "The database server closed the connection. Run again when it is back."),
    ("connection to server", "The database server cannot be reached. Check MIMAWARI_DATABASE_URL and that it runs."),
    ("connection timeout", "The database server cannot be reached. Check MIMAWARI_DATABASE_URL and that it runs."),
)


def _sentence(complaint: str) -> str | None:
    return next((sentence for sign, sentence in _SENTENCES if sign in complaint), None)


def _migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            # Several processes may start at once on an empty database. SQLite's transaction locks by itself.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
        if _revision(connection) != _newest():
            _upgrade(connection)


def _revision(connection: Connection) -> str | None:
    """None of an empty database."""
    if not inspect(connection).has_table(_REVISION_TABLE):
        return None
    return connection.exec_driver_sql(f"SELECT version_num FROM {_REVISION_TABLE}").scalar()  # noqa: S608 - a constant


@functools.cache
def _newest() -> str:
    """The number in the name of the last step."""
    steps = (step.name for step in resources.files("jobs.migrations.versions").iterdir())
    return max(found[1] for step in steps if (found := re.fullmatch(r"v(\d+)_\w+\.py", step)))


def _upgrade(connection: Connection) -> None:
    # Hardly any command finds something to do here, and Alembic takes a tenth of a second to import.
    import alembic.command  # noqa: PLC0415
    import alembic.config  # noqa: PLC0415

    # Alembic announces each start at INFO on its own logger; our log says what matters.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = alembic.config.Config()
    config.set_main_option("script_location", str(resources.files("jobs.migrations")))
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")
