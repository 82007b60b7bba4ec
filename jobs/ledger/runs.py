"""Runs, and the lease that lets one process at a time work on a portal."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Generator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from jobs.clock import system_clock
from jobs.database import writing
from jobs.errors import Busy
from jobs.ledger.tables import leases, runs

LEASE_SECONDS = 120
_BETWEEN_LOOKS_SECONDS = 0.5
_ROUNDS_LOOKED_AT = 500
# Asked with each click, several times: made once.
_NEWEST_READING = (
    select(runs.c.id, runs.c.state).where(runs.c.kind.in_(("cycle", "sync"))).order_by(runs.c.id.desc()).limit(1)
)


def start(connection: Connection, kind: str, now: datetime, rules_version: str | None) -> int:
    """A new run. Earlier runs still marked as running were cut off: they are marked so."""
    connection.execute(update(runs).where(runs.c.state == "running", runs.c.kind == kind).values(state="failed"))
    run = insert(runs).values(kind=kind, started_at=now, state="running", rules_version=rules_version)
    return connection.execute(run.returning(runs.c.id)).scalar_one()


def finish(connection: Connection, run_id: int, state: str, now: datetime, summary: dict[str, Any]) -> None:
    connection.execute(update(runs).where(runs.c.id == run_id).values(state=state, finished_at=now, summary=summary))


def last(connection: Connection, kind: str) -> Any:
    return connection.execute(
        select(runs).where(runs.c.kind == kind, runs.c.finished_at.is_not(None)).order_by(runs.c.id.desc()).limit(1)
    ).first()


def newest_reading(connection: Connection) -> tuple[int, str] | None:
    """Differs from before when any process may have read the CRM into the mirror since: the newest round or sync, and its
    state.
    """
    row = connection.execute(_NEWEST_READING).first()
    return None if row is None else (row.id, row.state)


def mirror_read_at(connection: Connection) -> datetime | None:
    """When the CRM was last read into the mirror: by the newest round that reached it, or by a sync of its own."""
    query = select(runs.c.kind, runs.c.started_at, runs.c.summary).where(
        runs.c.kind.in_(("cycle", "sync")), runs.c.finished_at.is_not(None)
    )
    for kind, started_at, summary in connection.execute(query.order_by(runs.c.id.desc()).limit(_ROUNDS_LOOKED_AT)):
        if kind == "sync" or _reached_the_crm(summary):
            return started_at
    return None


def _reached_the_crm(summary: Mapping[str, Any] | None) -> bool:
    return bool(summary and summary.get("sync", {}).get("objects"))


@contextlib.contextmanager
def lease(engine: Engine, name: str, *, patience_seconds: float = 0) -> Generator[None]:
    """Hold the lease `name`, renewed while the block runs. Busy names the holder when another process still has it
    after so many seconds.

    The lease of a process of this machine that has died is taken over at once; one of another machine when it runs
    out. Real time, not the settings' clock: leases are about processes.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
    waiting = Retrying(
        retry=retry_if_exception_type(Busy),
        stop=stop_after_delay(patience_seconds),
        wait=wait_fixed(_BETWEEN_LOOKS_SECONDS),
        reraise=True,
    )
    waiting(_take, engine, name, holder)
    stopped = threading.Event()
    renewer = threading.Thread(target=_renew, args=(engine, name, holder, stopped), daemon=True)
    renewer.start()
    try:
        yield
    finally:
        stopped.set()
        renewer.join()
        with writing(engine) as connection:
            connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))


def _take(engine: Engine, name: str, holder: str) -> None:
    now = system_clock()
    until = now + timedelta(seconds=LEASE_SECONDS)
    try:
        with writing(engine) as connection:
            row = connection.execute(select(leases).where(leases.c.name == name).with_for_update()).first()
            if row is not None and row.until > now and not _died(row.holder):
                raise Busy(
                    f"{row.holder} is at work on this portal (lease {name!r} until {row.until:%H:%M:%S} UTC). Try again later."
                )
            connection.execute(delete(leases).where(leases.c.name == name))
            connection.execute(insert(leases).values(name=name, holder=holder, until=until))
    except IntegrityError as error:
        raise Busy(f"Another process has this moment taken the lease {name!r}. Try again later.") from error


def _died(holder: str) -> bool:
    host, pid, _ = holder.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _renew(engine: Engine, name: str, holder: str, stopped: threading.Event) -> None:
    while not stopped.wait(LEASE_SECONDS / 4):
        with writing(engine) as connection:
            connection.execute(
                update(leases)
                .where(leases.c.name == name, leases.c.holder == holder)
                .values(until=system_clock() + timedelta(seconds=LEASE_SECONDS))
            )
