"""After an act: what people see in Slack is brought up to date at once, not with the next round."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select

from connector.errors import CrmError
from connector.records import CONTACTS
from jobs.cycle import reexamine
from jobs.database import snapshot
from jobs.deliver import edit
from jobs.ledger import deliveries
from jobs.ledger.tables import findings as findings_table
from jobs.wiring import Parts

log = structlog.get_logger()


def look_again(parts: Parts, contact_ids: Collection[str], now: datetime) -> None:
    """Read the contacts back, examine them, and bring the messages that show them up to date."""
    try:
        parts.read_again(contact_ids)
    except CrmError as error:
        log.warning("contact not read back", error=type(error).__name__)
        return
    with snapshot(parts.engine) as connection:
        query = select(findings_table.c.id).where(
            findings_table.c.object_type == CONTACTS,
            findings_table.c.object_id.in_(list(contact_ids)),
            findings_table.c.open_key.is_not(None),
        )
        shown = list(connection.execute(query).scalars())
    reexamine(parts, contact_ids)
    refresh_messages(parts, shown, now)


def refresh_messages(parts: Parts, finding_ids: Sequence[int], now: datetime) -> None:
    desk = parts.desk(parts.rules(), now)
    if desk is None or not finding_ids:
        return
    with snapshot(parts.engine) as connection:
        rows = deliveries.by_finding(connection, finding_ids)
    edit(parts.engine, desk, rows)
