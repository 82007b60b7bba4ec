"""When the rules last looked, on which ground, and when they last looked at everything."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from connector.records import CONTACTS
from jobs.ledger.tables import examinations


@dataclasses.dataclass(frozen=True, slots=True)
class Examined:
    """`ground` is a fingerprint of all that the answers rest on besides records and time."""

    moment: datetime
    ground: str
    full_moment: datetime


def last(connection: Connection) -> Examined | None:
    row = connection.execute(select(examinations).where(examinations.c.object_type == CONTACTS)).first()
    return None if row is None else Examined(row.moment, row.ground, row.full_moment)


def store(connection: Connection, examined: Examined) -> None:
    connection.execute(delete(examinations).where(examinations.c.object_type == CONTACTS))
    connection.execute(insert(examinations).values(object_type=CONTACTS, **dataclasses.asdict(examined)))
