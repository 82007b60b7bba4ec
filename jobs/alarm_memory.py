"""What the alarm has told stays known when the service starts again. Written from a thread of its own: the database may hang."""

from __future__ import annotations

import dataclasses
import threading
from collections import deque
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from jobs.database import snapshot, writing
from jobs.errors import JobError
from jobs.ledger import standstills

_AGAIN_S = 30
_LAST_S = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """Something has not happened since `since`, or, with `back_at`, happens again."""

    what: str
    since: datetime
    back_at: datetime | None = None


class Memory:
    """What each way of telling was told of and has not heard the end of. What is left unwritten by a crash is told twice."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._unwritten: deque[tuple[str, Change]] = deque()
        self._wake, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarm-memory", daemon=True)

    def told(self, tellers: Collection[str], things: Collection[str]) -> dict[str, Mapping[str, datetime]]:
        """By way of telling: since when each of the things stands still. Read when the service starts."""
        with snapshot(self._engine) as connection:
            known = standstills.told(connection)
        return {
            teller: {what: since for what, since in known.get(teller, {}).items() if what in things}
            for teller in tellers
        }

    def note(self, teller: str, change: Change) -> None:
        """It was told. Waits for nobody."""
        self._unwritten.append((teller, change))
        self._wake.set()

    def write(self) -> None:
        """What is not written yet; where the database is away, later."""
        while self._unwritten:
            teller, change = self._unwritten[0]
            try:
                with writing(self._engine) as connection:
                    if change.back_at is None:
                        standstills.keep(connection, teller, change.what, change.since)
                    else:
                        standstills.forget(connection, teller, change.what)
            except (JobError, SQLAlchemyError):
                return
            self._unwritten.popleft()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """A database that hangs does not hold up the end for long."""
        self._stopped.set()
        self._wake.set()
        self._thread.join(_LAST_S)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._wake.wait(_AGAIN_S)
            self._wake.clear()
            self.write()
