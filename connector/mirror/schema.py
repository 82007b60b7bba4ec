"""Which typed and normalised columns the record tables have: made when first named, rebuilt when a property is retyped.

Columns of times have an index: each round asks which records a limit has just passed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from zlib import crc32

from sqlalchemy import Column, Connection, Engine, Index, MetaData, Table, bindparam, delete, insert, inspect, select
from sqlalchemy.schema import CreateColumn

from connector.mirror.shared_rows import stored_definitions
from connector.mirror.tables import MirrorSchema, column_name, record_table, searched_column_name, typed_columns
from connector.mirror.typed import Computed, computed_columns
from connector.records import MIRRORED_TYPES, Kind

_ROWS_AT_ONCE = 1000
_TIMES = (Kind.INSTANT, Kind.DATE)

Needs = Mapping[str, Iterable[str]]


def load_schema(connection: Connection, needs: Needs, searched: Needs | None = None) -> MirrorSchema:
    """The record tables with typed columns for the needed properties, and normalised ones for the `searched` of these.

    A property that the portal does not define is a text: its column stays empty.
    """
    kinds: dict[str, dict[str, Kind]] = {}
    for object_type in MIRRORED_TYPES:
        known = {one.name: one.kind for one in stored_definitions(connection, object_type)}
        kinds[object_type] = {name: known.get(name, Kind.TEXT) for name in needs.get(object_type, ())}
    return MirrorSchema.of(kinds, searched)


def ensure_columns(engine: Engine, schema: MirrorSchema) -> list[tuple[str, str]]:
    """Make the columns that `schema` names and that do not exist yet; answers the properties they were made for.

    A column counts as made only after its values were filled in, so a process that dies on the way is repeated. A
    property that is not named any more is not written any more: named again, its columns are made anew.
    """
    made: list[tuple[str, str]] = []
    for object_type in MIRRORED_TYPES:
        with engine.connect() as connection:
            ready = _ready(connection, object_type)
        wanted = _wanted(schema, object_type)
        if stale := [name for name, made_as in sorted(ready.items()) if wanted.get(name) != made_as]:
            _forget(engine, object_type, stale)
        if missing := [name for name, made_as in sorted(wanted.items()) if ready.get(name) != made_as]:
            _rebuild(engine, schema, object_type, missing)
            made += [(object_type, name) for name in missing]
    return made


def lacking(connection: Connection, schema: MirrorSchema) -> list[tuple[str, str]]:
    """The properties whose columns `schema` names and the database does not have."""
    found: list[tuple[str, str]] = []
    for object_type in MIRRORED_TYPES:
        ready = _ready(connection, object_type)
        found += [
            (object_type, name)
            for name, made_as in sorted(_wanted(schema, object_type).items())
            if not ready.get(name, "").startswith(made_as)
        ]
    return found


def _wanted(schema: MirrorSchema, object_type: str) -> dict[str, str]:
    """Per property as what its columns are to be made."""
    searched = schema.searched[object_type]
    return {
        name: f"{kind.value} searched" if name in searched else kind.value
        for name, kind in schema.kinds[object_type].items()
    }


def _ready(connection: Connection, object_type: str) -> dict[str, str]:
    rows = connection.execute(select(typed_columns).where(typed_columns.c.object_type == object_type))
    return {row.property: row.kind for row in rows}


def _forget(engine: Engine, object_type: str, properties: Sequence[str]) -> None:
    these = (typed_columns.c.object_type == object_type) & typed_columns.c.property.in_(properties)
    with engine.begin() as connection:
        connection.execute(delete(typed_columns).where(these))


def _rebuild(engine: Engine, schema: MirrorSchema, object_type: str, missing: Sequence[str]) -> None:
    kinds = {name: schema.kinds[object_type][name] for name in missing}
    searched = schema.searched[object_type].intersection(missing)
    table = record_table(object_type, kinds, MetaData(), searched)
    with engine.begin() as connection:
        _look_anew(connection, table)
        present = {one["name"] for one in inspect(connection).get_columns(object_type)}
        quoted = connection.dialect.identifier_preparer
        alter = f"ALTER TABLE {quoted.format_table(table)}"
        for name in (*map(column_name, missing), *map(searched_column_name, missing)):
            if name in present:
                # SQLite drops no column that an index stands on.
                connection.exec_driver_sql(f"DROP INDEX IF EXISTS {_index_name(object_type, name)}")
                connection.exec_driver_sql(f"{alter} DROP COLUMN {quoted.quote(name)}")
            if name in table.c:
                specification = str(CreateColumn(table.c[name]).compile(dialect=connection.dialect))
                connection.exec_driver_sql(f"{alter} ADD COLUMN {specification}")
    _fill(engine, table, computed_columns(kinds, searched))
    with engine.begin() as connection:
        _look_anew(connection, table)
        for name, kind in kinds.items():
            if kind in _TIMES:
                column = table.c[column_name(name)]
                Index(_index_name(object_type, column.name), column).create(connection)
        made_as = _wanted(schema, object_type)
        rows = [{"object_type": object_type, "property": name, "kind": made_as[name]} for name in missing]
        connection.execute(insert(typed_columns), rows)


def _look_anew(connection: Connection, table: Table) -> None:
    """SQLite knows columns and indexes from memory, which in a kept connection may be of a time before another one
    altered them. Reading the table makes it look.
    """
    connection.execute(select(table.c.id).limit(1))


def _index_name(object_type: str, column: str) -> str:
    """A checksum, since PostgreSQL cuts names at 63 bytes."""
    return f"times_{crc32(f'{object_type}.{column}'.encode()):08x}"


def _fill(engine: Engine, table: Table, computed: Sequence[Computed]) -> None:
    """Compute the values of rows read before; a row that never had one of the properties stays as it is."""
    named = {one.property for one in computed}
    targets: dict[Column[Any], Any] = {table.c[one.column]: bindparam(f"new_{one.column}") for one in computed}
    statement = table.update().where(table.c.id == bindparam("row_id")).values(targets)
    last = "-1"
    while True:
        with engine.begin() as connection:
            chunk = (
                select(table.c.id, table.c.properties)
                .where(table.c.id > last)
                .order_by(table.c.id)
                .limit(_ROWS_AT_ONCE)
            )
            rows = cast("Sequence[Any]", connection.execute(chunk).all())
            values = [
                {"row_id": row.id, **{f"new_{one.column}": one.value(row.properties) for one in computed}}
                for row in rows
                if not named.isdisjoint(row.properties)
            ]
            if values:
                connection.execute(statement, values)
        if len(rows) < _ROWS_AT_ONCE:
            return
        last = rows[-1].id
