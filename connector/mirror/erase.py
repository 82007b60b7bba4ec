"""What the CRM has erased for good is erased here, too: values, former values, links, and by what it could be found."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, or_, select

from connector.mirror.link_rows import links_to
from connector.mirror.marks import Purpose, mark_to_examine, unmark
from connector.mirror.tables import MirrorSchema, associations, contact_search, match_keys, match_sources, versions
from connector.records import CONTACTS


def erase_records(connection: Connection, schema: MirrorSchema, object_type: str, ids: Collection[str]) -> None:
    """Whoever was linked with them, or was taken for the same person, is to be examined again."""
    if not ids:
        return
    gone = list(ids)
    if object_type == CONTACTS:
        shared = select(match_keys.c.key).where(match_keys.c.contact_id.in_(gone))
        alike = connection.execute(select(match_keys.c.contact_id).where(match_keys.c.key.in_(shared))).scalars()
        mark_to_examine(connection, sorted({*gone, *alike}, key=int))
        for table in (contact_search, match_keys, match_sources):
            connection.execute(delete(table).where(table.c.contact_id.in_(gone)))
    else:
        mark_to_examine(connection, {one.from_id for one in links_to(connection, CONTACTS, object_type, gone)})
    ends = associations.c
    connection.execute(
        delete(associations).where(
            or_(
                (ends.from_type == object_type) & ends.from_id.in_(gone),
                (ends.to_type == object_type) & ends.to_id.in_(gone),
            )
        )
    )
    connection.execute(delete(versions).where(versions.c.object_type == object_type, versions.c.object_id.in_(gone)))
    table = schema.table(object_type)
    connection.execute(delete(table).where(table.c.id.in_(gone)))
    unmark(connection, Purpose.LINKS, object_type, gone)
