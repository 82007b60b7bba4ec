"""The one account of calls that all processes on a database share, read and written in one short transaction each."""

from __future__ import annotations

import contextlib
import dataclasses
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select, update

from connector.budget import Budget, Handful, Returned, Seen, read_budget
from connector.call_tables import call_budget
from connector.day_use import DayUse
from connector.lanes import Bucket, Lane
from connector.mirror.shared_rows import stored_portal
from connector.mirror.statements import insert_missing

_ROW = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Closed:
    """No call may be made for so many seconds: the CRM refuses (`why` is its reason), or the day is kept for others."""

    why: str
    seconds: float


def database_time(connection: Connection) -> int:
    """Milliseconds by the one clock that all processes share: the server's, or this machine's where a file is."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(select(func.extract("epoch", func.clock_timestamp()) * 1000)).scalar_one())
    return int(time.time() * 1000)


class CallLedger:
    """`limits` hold until the CRM's headers say otherwise; `reserve` of them stays with others who use the token."""

    def __init__(
        self,
        engine: Engine,
        limits: Mapping[Bucket, int],
        reserve: int = 0,
        clock: Callable[[Connection], int] = database_time,
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._reserve = reserve
        self._clock = clock
        self._zone: tzinfo | None = None

    def take(
        self, bucket: Bucket, lane: Lane, returned: Returned | None, seen: Seen | None, *, waited: bool = False
    ) -> Handful | Closed:
        """Places for the next calls, or none yet: but always for who `waited` long. Never blocks: it says how long to wait."""
        with self._changing() as (connection, budget, now):
            day = budget.on(self._local(connection, now).date().isoformat())
            window = budget.windows[bucket]
            if returned is not None:
                window.give_back(bucket, returned, now)
                day.calls[returned.lane] -= returned.unused
            if seen is not None:
                budget.windows[Bucket.CALLS].learn(Bucket.CALLS, seen, now, uuid.uuid4().hex)
                day.learn(seen)
            if window.closed_for is not None and window.closed_until > now:
                return Closed(window.closed_for, (window.closed_until - now) / 1000)
            use = self._use(connection, budget, now)
            if not use.allows(lane):
                return Closed("day", use.seconds_left)
            handful = window.take(bucket, lane, self._limit(budget, bucket), now, uuid.uuid4().hex, waited=waited)
            day.calls[lane] += handful.places
            return handful

    def give_back(self, bucket: Bucket, returned: Returned) -> None:
        with self._changing() as (_, budget, now):
            budget.windows[bucket].give_back(bucket, returned, now)
            budget.day.calls[returned.lane] -= returned.unused

    def close(self, bucket: Bucket, seconds: float, why: str | None) -> None:
        """The CRM refuses: nobody calls for a while. With a reason callers are told, without one they wait."""
        with self._changing() as (_, budget, now):
            budget.windows[bucket].close(now + int(seconds * 1000), why)

    def day(self) -> DayUse:
        with self._engine.connect() as connection:
            now = self._clock(connection)
            return self._use(connection, _stored(connection), now)

    def closed(self) -> Closed | None:
        """What keeps everybody from calling at the moment, for a reason that people should hear."""
        with self._engine.connect() as connection:
            now = self._clock(connection)
            window = _stored(connection).windows[Bucket.CALLS]
        if window.closed_for is None or window.closed_until <= now:
            return None
        return Closed(window.closed_for, (window.closed_until - now) / 1000)

    @contextlib.contextmanager
    def _changing(self) -> Generator[tuple[Connection, Budget, int]]:
        """The budget, ours alone until the block ends; what it is then is stored. An update takes the lock on both
        databases, whichever way the engine begins its transactions.
        """
        with self._engine.begin() as connection:
            lock = update(call_budget).where(call_budget.c.id == _ROW).values(id=_ROW)
            state = connection.execute(lock.returning(call_budget.c.state)).scalar()
            if state is None:
                connection.execute(insert_missing(connection, call_budget), {"id": _ROW, "state": {}})
                state = connection.execute(lock.returning(call_budget.c.state)).scalar_one()
            budget = read_budget(state)
            yield connection, budget, self._clock(connection)
            changed = update(call_budget).where(call_budget.c.id == _ROW).values(state=budget.as_json())
            connection.execute(changed)

    def _limit(self, budget: Budget, bucket: Bucket) -> int:
        """What the CRM grants to everybody, less what stays for others."""
        limit = budget.windows[bucket].granted or self._limits[bucket]
        return max(1, limit - (self._reserve if bucket is Bucket.CALLS else 0))

    def _use(self, connection: Connection, budget: Budget, now: int) -> DayUse:
        local = self._local(connection, now)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        day = budget.on(local.date().isoformat())
        return DayUse(day.day, dict(day.calls), day.granted, day.used, (local - midnight).total_seconds())

    def _local(self, connection: Connection, now: int) -> datetime:
        """HubSpot's day is the account's; before the first reading nobody knows its zone."""
        if self._zone is None:
            portal = stored_portal(connection)
            self._zone = ZoneInfo(portal.time_zone) if portal is not None else None
        return datetime.fromtimestamp(now / 1000, self._zone or UTC)


def _stored(connection: Connection) -> Budget:
    state = connection.execute(select(call_budget.c.state).where(call_budget.c.id == _ROW)).scalar()
    return read_budget(state or {})
