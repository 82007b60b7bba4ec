"""The one statement that SQLite and PostgreSQL spell alike but SQLAlchemy does not: insert where a row may exist."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table) -> Any:
    """Insert, or replace the values of the row with the same key; for many rows in one execution."""
    return _upsert(connection.dialect.name, table)


def insert_missing(connection: Connection, table: Table) -> Any:
    """Insert, and leave a row with the same key as it is."""
    return _insert(connection.dialect.name, table).on_conflict_do_nothing()


# Building the statement takes as long as storing ten records, and every page needs the same one.
@lru_cache(maxsize=64)
def _upsert(dialect: str, table: Table) -> Any:
    statement = _insert(dialect, table)
    values = {one.name: statement.excluded[one.name] for one in table.columns if not one.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=values)


def _insert(dialect: str, table: Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
