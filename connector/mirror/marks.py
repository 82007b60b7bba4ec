"""What is left to do about single records, stored with the change that made it necessary, so that a crash forgets nothing.

LINKS     the record changed; its links must be read again
EXAMINE   a contact, or something linked to it, changed; rules have not looked at it since
ARCHIVED  the record stood in the CRM's list of archived ones when that was last read
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, select

from connector.mirror.statements import insert_missing
from connector.mirror.tables import marks
from connector.records import CONTACTS

# Stands for every contact: after a full reading, a row for each would say nothing more.
EVERYTHING = "0"

_AT_ONCE = 500


class Purpose(enum.Enum):
    LINKS = "links"
    EXAMINE = "examine"
    ARCHIVED = "archived"


def mark(connection: Connection, purpose: Purpose, object_type: str, ids: Iterable[str]) -> None:
    """Marking twice is marking once."""
    rows = [{"purpose": purpose.value, "object_type": object_type, "id": one} for one in ids]
    if rows:
        connection.execute(insert_missing(connection, marks), rows)


def mark_to_examine(connection: Connection, contact_ids: Collection[str]) -> None:
    this = (marks.c.purpose == Purpose.EXAMINE.value) & (marks.c.object_type == CONTACTS) & (marks.c.id == EVERYTHING)
    if contact_ids and connection.execute(select(marks.c.id).where(this)).first() is None:
        mark(connection, Purpose.EXAMINE, CONTACTS, contact_ids)


def marked(connection: Connection, purpose: Purpose, object_type: str, limit: int | None = None) -> list[str]:
    """Ascending by id."""
    statement = (
        select(marks.c.id)
        .where(marks.c.purpose == purpose.value, marks.c.object_type == object_type)
        .order_by(marks.c.id)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars())


def unmark(connection: Connection, purpose: Purpose, object_type: str, ids: Collection[str]) -> None:
    of_kind = (marks.c.purpose == purpose.value) & (marks.c.object_type == object_type)
    waiting = list(ids)
    for start in range(0, len(waiting), _AT_ONCE):
        connection.execute(delete(marks).where(of_kind, marks.c.id.in_(waiting[start : start + _AT_ONCE])))


def unmark_all(connection: Connection, purpose: Purpose, object_type: str) -> None:
    connection.execute(delete(marks).where(marks.c.purpose == purpose.value, marks.c.object_type == object_type))


def contacts_to_examine(connection: Connection) -> frozenset[str] | None:
    """Contacts that changed in any way since they were last reported as examined; None: all of them."""
    found = frozenset(marked(connection, Purpose.EXAMINE, CONTACTS))
    return None if EVERYTHING in found else found


def examined(connection: Connection, ids: Collection[str] | None) -> None:
    """Forget that these contacts changed; None: that any did. Call it in the transaction that stores the findings."""
    if ids is None:
        unmark_all(connection, Purpose.EXAMINE, CONTACTS)
    else:
        unmark(connection, Purpose.EXAMINE, CONTACTS, ids)
