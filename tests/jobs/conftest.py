"""An up-to-date database without a row in it, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import Engine, delete, make_url, text

from connector.call_tables import metadata as calls
from connector.mirror.tables import metadata as mirror
from jobs.database import open_database, writing
from jobs.ledger.tables import metadata


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = open_database(f"sqlite:///{tmp_path_factory.mktemp('ledger') / 'mimawari.db'}")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def postgresql_engine(postgresql_server: str) -> Iterator[Engine]:
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA ledger")
    url = make_url(postgresql_server).update_query_dict({"options": "-csearch_path=ledger"})
    made = open_database(url.render_as_string(hide_password=False))
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Made once for each test process and emptied here: a migration of its own would take every test 0.2 s."""
    made: Engine = request.getfixturevalue(f"{request.param}_engine")
    with writing(made) as connection:
        if request.param == "postgresql":
            names = ", ".join(
                table.name for table in (*metadata.sorted_tables, *mirror.sorted_tables, *calls.sorted_tables)
            )
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
        else:
            for table in (*reversed(metadata.sorted_tables), *mirror.sorted_tables, *calls.sorted_tables):
                connection.execute(delete(table))
    return made
