"""What is left to do about single records, stored with the change that made it necessary, so that a crash forgets nothing.

LINKS     the record changed; its links must be read again
VALUES    a contact's links changed; what the CRM counts from them must be read again
EXAMINE   a contact, or something linked to it, changed; rules have not looked at it since
EXAMINING such a contact, taken by an examination that has not yet stored what came of it
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, literal, select

from connector.mirror.statements import among, insert_missing, write_rows
from connector.mirror.tables import marks
from connector.records import CONTACTS

# Stands for every contact: after a full reading, a row for each would say nothing more.
EVERYTHING = "0"


class Purpose(enum.Enum):
    LINKS = "links"
    VALUES = "values"
    EXAMINE = "examine"
    EXAMINING = "examining"


_ALL_TO_EXAMINE = select(marks.c.id).where(
    marks.c.purpose == Purpose.EXAMINE.value, marks.c.object_type == CONTACTS, marks.c.id == EVERYTHING
)


def mark(connection: Connection, purpose: Purpose, object_type: str, ids: Iterable[str]) -> None:
    """Marking twice is marking once."""
    rows = [{"purpose": purpose.value, "object_type": object_type, "id": one} for one in ids]
    write_rows(connection, insert_missing(connection, marks), rows)


def mark_to_examine(connection: Connection, contact_ids: Collection[str]) -> None:
    if contact_ids and connection.execute(_ALL_TO_EXAMINE).first() is None:
        mark(connection, Purpose.EXAMINE, CONTACTS, contact_ids)


def marked(connection: Connection, purpose: Purpose, object_type: str, limit: int | None = None) -> list[str]:
    """Ascending by id."""
    statement = (
        select(marks.c.id)
        .where(marks.c.purpose == purpose.value, marks.c.object_type == object_type)
        .order_by(marks.c.id)
        .limit(limit)
    )
    return list(connection.execute(statement).scalars().all())


def unmark(connection: Connection, purpose: Purpose, object_type: str, ids: Collection[str]) -> None:
    of_kind = (marks.c.purpose == purpose.value) & (marks.c.object_type == object_type)
    connection.execute(delete(marks).where(of_kind, among(marks.c.id)), {"ids": ids})


def unmark_all(connection: Connection, purpose: Purpose, object_type: str) -> None:
    connection.execute(delete(marks).where(marks.c.purpose == purpose.value, marks.c.object_type == object_type))


def contacts_to_examine(connection: Connection) -> frozenset[str] | None:
    """Contacts that changed in any way since they were last reported as examined; None: all of them."""
    return _together(connection, (Purpose.EXAMINE, Purpose.EXAMINING))


def take_to_examine(connection: Connection) -> frozenset[str] | None:
    """The same, for an examination that begins after this transaction: it sees at least what was marked until now.

    A contact that is marked again meanwhile stays marked when `examined` is told.
    """
    taken = select(literal(Purpose.EXAMINING.value), marks.c.object_type, marks.c.id).where(
        marks.c.purpose == Purpose.EXAMINE.value, marks.c.object_type == CONTACTS
    )
    connection.execute(insert_missing(connection, marks).from_select(["purpose", "object_type", "id"], taken))
    unmark_all(connection, Purpose.EXAMINE, CONTACTS)
    return _together(connection, (Purpose.EXAMINING,))


def examined(connection: Connection) -> None:
    """What was taken has been looked at. Call it in the transaction that stores the last of the findings."""
    unmark_all(connection, Purpose.EXAMINING, CONTACTS)


def _together(connection: Connection, purposes: Iterable[Purpose]) -> frozenset[str] | None:
    found = frozenset(one for purpose in purposes for one in marked(connection, purpose, CONTACTS))
    return None if EVERYTHING in found else found
