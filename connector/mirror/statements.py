"""Writing many rows, finding the rows of many ids; and the one statement that both databases spell alike but SQLAlchemy does
not: insert where a row may exist.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, Dialect, Table, Text, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator

# Building or compiling a statement takes as long as storing ten records, and every page needs the same few.
_KEPT = 64


class _Ids(TypeDecorator[Sequence[str]]):
    """CRM ids as one parameter, `[501,502]`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Any) -> str:  # noqa: ARG002 - named by SQLAlchemy
        return f"[{','.join(value or ())}]"


class _EachId(GenericFunction[int]):
    """The ids of such a parameter as rows."""

    type = BigInteger()
    inherit_cache = True


@compiles(_EachId, "sqlite")
def _each_of_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    given = compiler.process(element.clauses, **more)
    return f"(SELECT value FROM json_each({given}))"  # noqa: S608 - a placeholder


@compiles(_EachId, "postgresql")
def _each_of_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    given = compiler.process(element.clauses, **more)
    return f"(SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST({given} AS JSON)) AS value)"  # noqa: S608


def among(ids: Column[Any], parameter: str = "ids") -> ColumnElement[bool]:
    """Whether an id is among those of a parameter, in any number. With one parameter for each id, SQLAlchemy puts the
    statement together anew for each page, which takes longer than finding the rows.
    """
    return ids.bool_op("IN")(_EachId(bindparam(parameter, type_=_Ids)))


def write_rows(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that name every column, by a `statement` that is kept. What SQLAlchemy's own `execute` does for each
    row takes longer than storing it.
    """
    if rows:
        prepared = _prepare(connection.dialect, statement)
        connection.exec_driver_sql(prepared.text, prepared.parameters(rows))


def upsert(connection: Connection, table: Table) -> Any:
    """Insert, or replace the values of the row with the same key; for many rows in one execution."""
    return _upsert(connection.dialect.name, table)


def insert_missing(connection: Connection, table: Table) -> Any:
    """Insert, and leave a row with the same key as it is."""
    return _insert_missing(connection.dialect.name, table)


@lru_cache(maxsize=_KEPT)
def _insert_missing(dialect: str, table: Table) -> Any:
    return _insert(dialect, table).on_conflict_do_nothing()


@lru_cache(maxsize=_KEPT)
def _upsert(dialect: str, table: Table) -> Any:
    statement = _insert(dialect, table)
    values = {one.name: statement.excluded[one.name] for one in table.columns if not one.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key.columns), set_=values)


def _insert(dialect: str, table: Table) -> Any:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@dataclasses.dataclass(frozen=True, slots=True)
class _Prepared:
    """A statement as the driver takes it. Per column, in the driver's order, what makes of a value the database's own."""

    text: str
    positional: bool
    columns: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def parameters(self, rows: Sequence[Mapping[str, Any]]) -> Any:
        values = [
            [row[name] for row in rows] if convert is None else [convert(row[name]) for row in rows]
            for name, convert in self.columns
        ]
        together = list(zip(*values, strict=True))
        if self.positional:
            return together
        names = [name for name, _ in self.columns]
        return [dict(zip(names, one, strict=True)) for one in together]


@lru_cache(maxsize=_KEPT)
def _prepare(dialect: Dialect, statement: Any) -> _Prepared:
    compiled = statement.compile(dialect=dialect)
    names: Sequence[str] = compiled.positiontup or list(compiled.binds)
    types = (compiled.binds[name].type.dialect_impl(dialect) for name in names)
    columns = [(name, one.bind_processor(dialect)) for name, one in zip(names, types, strict=True)]
    return _Prepared(compiled.string, dialect.positional, columns)
