"""What belongs to the whole portal: who works there, its deal stages, its property definitions, which portal it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select

from connector.mirror.tables import definitions, owners, portal, stages
from connector.records import Option, Owner, PortalInfo, PropertyDefinition, Stage


def stored_portal(connection: Connection) -> PortalInfo | None:
    row = connection.execute(select(portal)).one_or_none()
    return None if row is None else PortalInfo(row.id, row.time_zone)


def store_portal(connection: Connection, found: PortalInfo) -> bool:
    return _replace(connection, portal, [{"id": found.id, "time_zone": found.time_zone}])


def store_owners(connection: Connection, found: Iterable[Owner]) -> bool:
    """Answers whether anything differed. A person who is listed live and archived counts as live."""
    by_id: dict[str, Owner] = {}
    for one in found:
        if one.id not in by_id or by_id[one.id].archived:
            by_id[one.id] = one
    return _replace(
        connection,
        owners,
        [
            {
                "id": one.id,
                "email": one.email,
                "first_name": one.first_name,
                "last_name": one.last_name,
                "user_id": one.user_id,
                "archived": one.archived,
                "teams": list(one.teams),
            }
            for one in by_id.values()
        ],
    )


def store_stages(connection: Connection, found: Iterable[Stage]) -> bool:
    return _replace(
        connection,
        stages,
        [
            {
                "pipeline_id": one.pipeline_id,
                "id": one.id,
                "label": one.label,
                "position": one.order,
                "closed": one.closed,
                "probability": one.probability,
            }
            for one in found
        ],
    )


def store_definitions(connection: Connection, object_type: str, found: Iterable[PropertyDefinition]) -> bool:
    rows = [
        {
            "object_type": one.object_type,
            "name": one.name,
            "label": one.label,
            "type": one.type,
            "field_type": one.field_type,
            "options": [[option.value, option.label, option.hidden] for option in one.options],
            "referenced_type": one.referenced_type,
        }
        for one in found
    ]
    return _replace(connection, definitions, rows, definitions.c.object_type == object_type)


def stored_definitions(connection: Connection, object_type: str) -> list[PropertyDefinition]:
    rows = connection.execute(select(definitions).where(definitions.c.object_type == object_type))
    return [
        PropertyDefinition(
            row.object_type,
            row.name,
            row.label,
            row.type,
            row.field_type,
            tuple(Option(*one) for one in row.options),
            row.referenced_type,
        )
        for row in rows
    ]


def defined_types(connection: Connection) -> frozenset[str]:
    """The object types whose definitions have been read."""
    return frozenset(connection.execute(select(definitions.c.object_type).distinct()).scalars())


def stored_owners(connection: Connection) -> list[Owner]:
    """Live and deactivated ones, by id."""
    rows = connection.execute(select(owners).order_by(owners.c.id))
    return [
        Owner(row.id, row.email, row.first_name, row.last_name, row.user_id, row.archived, tuple(row.teams))
        for row in rows
    ]


def stored_stages(connection: Connection) -> list[Stage]:
    rows = connection.execute(select(stages).order_by(stages.c.pipeline_id, stages.c.position))
    return [Stage(row.pipeline_id, row.id, row.label, row.position, row.closed, row.probability) for row in rows]


def _replace(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], part: Any = None) -> bool:
    """These tables are small: where anything differs, the whole part is written anew."""
    stored = select(table) if part is None else select(table).where(part)
    keys = [one.name for one in table.primary_key.columns]
    before = {tuple(row[key] for key in keys): dict(row) for row in connection.execute(stored).mappings()}
    after = {tuple(row[key] for key in keys): dict(row) for row in rows}
    if before == after:
        return False
    connection.execute(delete(table) if part is None else delete(table).where(part))
    if after:
        connection.execute(insert(table), list(after.values()))
    return True
