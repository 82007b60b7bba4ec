"""Which typed columns the record tables have: made when a property is first named, rebuilt when it is retyped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Column, Connection, Engine, MetaData, Table, bindparam, delete, insert, inspect, select
from sqlalchemy.schema import CreateColumn

from connector.mirror.shared_rows import stored_definitions
from connector.mirror.tables import MirrorSchema, column_name, record_table, typed_columns
from connector.mirror.typed import typed
from connector.records import MIRRORED_TYPES, Kind

_ROWS_AT_ONCE = 1000

Needs = Mapping[str, Iterable[str]]


def load_schema(connection: Connection, needs: Needs) -> MirrorSchema:
    """The record tables with typed columns for the needed properties.

    A property that the portal does not define is a text: its column stays empty.
    """
    kinds: dict[str, dict[str, Kind]] = {}
    for object_type in MIRRORED_TYPES:
        known = {one.name: one.kind for one in stored_definitions(connection, object_type)}
        kinds[object_type] = {name: known.get(name, Kind.TEXT) for name in needs.get(object_type, ())}
    return MirrorSchema.of(kinds)


def ensure_columns(engine: Engine, schema: MirrorSchema) -> list[tuple[str, str]]:
    """Make the typed columns that `schema` names and that do not exist yet; answers those made or rebuilt.

    A column counts as made only after its values were filled in, so a process that dies on the way is repeated.
    """
    made: list[tuple[str, str]] = []
    for object_type in MIRRORED_TYPES:
        with engine.connect() as connection:
            ready = _kinds_ready(connection, object_type)
        wanted = schema.kinds[object_type]
        missing = {name: kind for name, kind in sorted(wanted.items()) if ready.get(name) is not kind}
        if missing:
            _rebuild(engine, object_type, missing)
            made += [(object_type, name) for name in missing]
    return made


def _kinds_ready(connection: Connection, object_type: str) -> dict[str, Kind]:
    rows = connection.execute(select(typed_columns).where(typed_columns.c.object_type == object_type))
    return {row.property: Kind(row.kind) for row in rows}


def _rebuild(engine: Engine, object_type: str, missing: Mapping[str, Kind]) -> None:
    table = record_table(object_type, missing, MetaData())
    these = (typed_columns.c.object_type == object_type) & typed_columns.c.property.in_(list(missing))
    with engine.begin() as connection:
        connection.execute(delete(typed_columns).where(these))
    with engine.begin() as connection:
        present = {one["name"] for one in inspect(connection).get_columns(object_type)}
        quoted = connection.dialect.identifier_preparer
        alter = f"ALTER TABLE {quoted.format_table(table)}"
        for name in missing:
            column = table.c[column_name(name)]
            if column.name in present:
                connection.exec_driver_sql(f"{alter} DROP COLUMN {quoted.format_column(column)}")
            specification = str(CreateColumn(column).compile(dialect=connection.dialect))
            connection.exec_driver_sql(f"{alter} ADD COLUMN {specification}")
    _fill(engine, table, missing)
    with engine.begin() as connection:
        rows = [{"object_type": object_type, "property": name, "kind": kind.value} for name, kind in missing.items()]
        connection.execute(insert(typed_columns), rows)


def _fill(engine: Engine, table: Table, missing: Mapping[str, Kind]) -> None:
    """Compute the values of rows read before; a row that never had one of the properties stays as it is."""
    targets: dict[Column[Any], Any] = {
        table.c[column_name(name)]: bindparam(f"new_{column_name(name)}") for name in missing
    }
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
                {"row_id": row.id, **_new_values(row.properties, missing)}
                for row in rows
                if not missing.keys().isdisjoint(row.properties)
            ]
            if values:
                connection.execute(statement, values)
        if len(rows) < _ROWS_AT_ONCE:
            return
        last = rows[-1].id


def _new_values(properties: Mapping[str, str], missing: Mapping[str, Kind]) -> dict[str, Any]:
    return {f"new_{column_name(name)}": typed(kind, properties.get(name)) for name, kind in missing.items()}
