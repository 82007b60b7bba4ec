"""The links that the mirror holds: replaced per record, written only where they differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from connector.mirror.statements import among, write_rows
from connector.mirror.tables import associations
from connector.records import Link


def replace_links(
    connection: Connection, from_type: str, to_type: str, from_ids: Sequence[str], found: Iterable[Link]
) -> list[str]:
    """Make the links of these records to `to_type` exactly `found`; answers the records whose links differed."""
    wanted = dict.fromkeys(found)
    stored = dict.fromkeys(links_from(connection, from_type, to_type, from_ids))
    gone = [one for one in stored if one not in wanted]
    new = [one for one in wanted if one not in stored]
    if gone:
        connection.execute(_REMOVE, [_row(one, "old_") for one in gone])
    write_rows(connection, _ADD, [_row(one) for one in new])
    return sorted({one.from_id for one in (*gone, *new)}, key=int)


def add_links(connection: Connection, found: Sequence[Link]) -> None:
    """Links that are new, and perhaps stored already."""
    stored: set[Link] = set()
    for from_type, to_type in {(one.from_type, one.to_type) for one in found}:
        stored.update(links_from(connection, from_type, to_type, {one.from_id for one in found}))
    new = [one for one in dict.fromkeys(found) if one not in stored]
    write_rows(connection, _ADD, [_row(one) for one in new])


def links_from(connection: Connection, from_type: str, to_type: str, ids: Collection[str]) -> list[Link]:
    return _links(connection, _FROM, from_type, to_type, ids)


def links_to(connection: Connection, from_type: str, to_type: str, ids: Collection[str]) -> list[Link]:
    """Links of `from_type` records that end at the given `to_type` records."""
    return _links(connection, _TO, from_type, to_type, ids)


def pairs_to(connection: Connection, from_type: str, to_type: str, ids: Collection[str]) -> Sequence[Row[str, str]]:
    """Of the same links the two records, that at the end first; what there are very many of."""
    return connection.execute(_PAIRS_TO, {"from_type": from_type, "to_type": to_type, "ids": ids}).all()


def _links(connection: Connection, statement: Any, from_type: str, to_type: str, ids: Collection[str]) -> list[Link]:
    rows = connection.execute(statement, {"from_type": from_type, "to_type": to_type, "ids": ids})
    return [Link(*row) for row in rows.all()]


_OF_KIND = select(associations).where(
    associations.c.from_type == bindparam("from_type"), associations.c.to_type == bindparam("to_type")
)
_FROM = _OF_KIND.where(among(associations.c.from_id))
_TO = _OF_KIND.where(among(associations.c.to_id))
_PAIRS_TO = _TO.with_only_columns(associations.c.to_id, associations.c.from_id)

_KEY = ("from_type", "from_id", "to_type", "to_id", "type_id")

_ADD = insert(associations)
_REMOVE = delete(associations).where(*(associations.c[name] == bindparam(f"old_{name}") for name in _KEY))


def _row(link: Link, prefix: str = "") -> dict[str, Any]:
    return {
        f"{prefix}from_type": link.from_type,
        f"{prefix}from_id": link.from_id,
        f"{prefix}to_type": link.to_type,
        f"{prefix}to_id": link.to_id,
        f"{prefix}type_id": link.type_id,
    }
