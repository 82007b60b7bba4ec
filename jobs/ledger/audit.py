"""The audit trail: who did what, when, through which channel, on which rule's advice. Only ever added to."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from jobs.ledger.tables import audit


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """One line. `actor` is a person (`person 41 Sato Hana`) or a rule with its version (`rule l1…@1f2e3d4c`)."""

    at: datetime
    actor: str
    channel: str
    action: str
    object_type: str | None = None
    object_id: str | None = None
    property: str | None = None
    before: str | None = None
    after: str | None = None
    reason: str | None = None
    correlation: str | None = None


# `asdict` would copy each value, too.
_FIELDS = tuple(field.name for field in dataclasses.fields(Entry))


_ADD = insert(audit)


def record(connection: Connection, entries: Sequence[Entry]) -> None:
    if entries:
        connection.execute(_ADD, [{name: getattr(one, name) for name in _FIELDS} for one in entries])


def read(
    connection: Connection, *, record_key: tuple[str, str] | None = None, since: datetime | None = None
) -> list[dict[str, Any]]:
    """Entries, oldest first, optionally of one record (type, id) or from a moment on."""
    query = select(audit).order_by(audit.c.id)
    if record_key is not None:
        query = query.where(audit.c.object_type == record_key[0], audit.c.object_id == record_key[1])
    if since is not None:
        query = query.where(audit.c.at >= since)
    # SQLAlchemy's names are a kind of text of their own, which JSON writers refuse as keys.
    return [{str(name): value for name, value in row.items()} for row in connection.execute(query).mappings()]
