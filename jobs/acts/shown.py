"""After an act: what people see in Slack is brought up to date at once, not with the next round."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from connector.errors import CrmError
from connector.records import CONTACTS
from jobs.approvals import SAYING
from jobs.cycle import reexamine
from jobs.database import snapshot
from jobs.deliver import edit
from jobs.errors import JobError
from jobs.ledger import deliveries
from jobs.ledger.tables import findings as findings_table
from jobs.wiring import Parts
from slack_app.errors import SlackError

log = structlog.get_logger()

# Stands for no finding, but for what waits for approval: the messages that say how much are brought up to date.
WHAT_WAITS = 0
# So many times as long as it computed is nothing brought up to date: the processor is for clicks and rounds, too.
_REST, _LONGEST_REST_S = 9, 10


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
    """At once; in the running service as soon as Slack takes it, since the person who clicked waits for an answer."""
    if parts.show_later is not None:
        parts.show_later(finding_ids)
    else:
        bring_up_to_date(parts, finding_ids, now)


def bring_up_to_date(parts: Parts, finding_ids: Sequence[int], now: datetime) -> None:
    desk = parts.desk(parts.rules(), now)
    if desk is None or not finding_ids:
        return
    with snapshot(parts.engine) as connection:
        rows = deliveries.by_finding(connection, finding_ids)
        if WHAT_WAITS in finding_ids:
            known = {row.id for row in rows}
            rows += [row for row in deliveries.unsettled(connection) if row.kind in SAYING and row.id not in known]
    edit(parts.engine, desk, rows)


class Screens:
    """Brings messages up to date from one thread: many acts on one message make one edit, and no click waits for it.
    What takes long is done less often.

    What is left when the service stops is edited by the next round, which compares every living message.
    """

    def __init__(self, bring_up_to_date: Callable[[Sequence[int]], None]) -> None:
        self._bring_up_to_date = bring_up_to_date
        self._changed = threading.Condition()
        self._waiting: set[int] = set()
        self._stopped = False

    def start(self) -> None:
        threading.Thread(target=self._run, name="screens", daemon=True).start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def show(self, finding_ids: Collection[int]) -> None:
        with self._changed:
            self._waiting |= set(finding_ids)
            self._changed.notify_all()

    def _run(self) -> None:
        while (ids := self._next()) is not None:
            begun = time.thread_time()
            try:
                self._bring_up_to_date(ids)
            except (JobError, SlackError, SQLAlchemyError) as error:
                # Whatever it was, the next act must be shown again; the next round compares every message.
                log.warning("messages not brought up to date", error=type(error).__name__)
            rest = min(_LONGEST_REST_S, _REST * (time.thread_time() - begun))
            with self._changed:
                self._changed.wait_for(lambda: self._stopped, rest)

    def _next(self) -> list[int] | None:
        """What has changed since the last look; None when the service stops."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopped)
            ids, self._waiting = sorted(self._waiting), set()
            return None if self._stopped else ids
