"""Which version of HubSpot's API a call is made in: the dated one, or the old one where an endpoint lacks that."""

from __future__ import annotations

import re
import threading

from sqlalchemy import Engine, delete, select

from connector.call_ledger import database_time
from connector.call_tables import old_endpoints
from connector.mirror.statements import upsert

# The old paths: v3, and v4 for associations. They end in September 2027, those of associations on 2027-03-30.
UNDATED = "v3"

_UNDATED_PATH = re.compile(
    r"^/(?:crm/v[34]/(objects|properties|pipelines|owners|lists|associations)|(account-info)/v3|(oauth)/v1)(?=/|$)"
)

# After a day an endpoint is tried in the dated version again.
_REMEMBERED_MS = 86_400_000


def dated_path(path: str, version: str) -> str:
    """The path of a dated version for one of v3 or v4; a path that has none stays as it is."""

    def dated(found: re.Match[str]) -> str:
        return f"/crm/{found[1]}/{version}" if found[1] else f"/{found[2] or found[3]}/{version}"

    return _UNDATED_PATH.sub(dated, path)


class ApiVersions:
    """`preferred` is a dated version such as 2026-09, or `UNDATED`. Safe to use from several threads.

    Endpoints that lack it are remembered in the database, for all processes and for `doctor`.
    """

    def __init__(self, engine: Engine, preferred: str) -> None:
        self.preferred = preferred
        self._engine = engine
        self._lock = threading.Lock()
        self._old: set[str] | None = None
        self._proved: set[str] = set()

    def dated(self, endpoint: str) -> str | None:
        """The version to ask this endpoint in; None for the old one."""
        return None if self.preferred == UNDATED or endpoint in self.fallen_back() else self.preferred

    def is_proved(self, endpoint: str) -> bool:
        """Whether it has answered in the dated version: then "not found" speaks of a record, not of the path."""
        return endpoint in self._proved

    def prove(self, endpoint: str) -> None:
        self._proved.add(endpoint)

    def fall_back(self, endpoint: str) -> None:
        self.fallen_back()
        with self._lock, self._engine.begin() as connection:
            assert self._old is not None
            self._old.add(endpoint)
            row = {"endpoint": endpoint, "lacks": self.preferred, "noted_at": database_time(connection)}
            connection.execute(upsert(connection, old_endpoints), row)

    def fallen_back(self) -> frozenset[str]:
        """Endpoints that are asked in the old version, because the preferred one has not got them."""
        with self._lock:
            if self._old is None:
                with self._engine.begin() as connection:
                    old = old_endpoints.c.noted_at < database_time(connection) - _REMEMBERED_MS
                    connection.execute(delete(old_endpoints).where(old))
                    query = select(old_endpoints.c.endpoint).where(old_endpoints.c.lacks == self.preferred)
                    self._old = set(connection.execute(query).scalars())
            return frozenset(self._old)
