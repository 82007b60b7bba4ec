"""How many live records the mirror holds, in all or within bounds: to be compared with the CRM's own numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select


def count_live(connection: Connection, table: Table, *where: ColumnElement[Any]) -> int:
    statement = select(func.count()).select_from(table).where(table.c.archived_at.is_(None), *where)
    return connection.execute(statement).scalar_one()


def live_ids(connection: Connection, table: Table, first_id: str, last_id: str) -> list[str]:
    """By id, both ends included."""
    chosen = select(table.c.id).where(table.c.archived_at.is_(None), table.c.id.between(first_id, last_id))
    return list(connection.execute(chosen.order_by(table.c.id)).scalars().all())


def middle_id(connection: Connection, table: Table, first_id: str, last_id: str) -> str | None:
    """Half of the live records between these ids lie before it; None where there are too few to halve."""
    between = table.c.id.between(first_id, last_id)
    number = count_live(connection, table, between)
    if number < 2:
        return None
    chosen = select(table.c.id).where(table.c.archived_at.is_(None), between).order_by(table.c.id)
    return connection.execute(chosen.offset(number // 2 - 1).limit(1)).scalar_one()
