"""The access token of an OAuth app: renewed before it expires, once for all processes that share the database."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Row, update

from connector.call_ledger import database_time
from connector.call_tables import oauth_state as table
from connector.mirror.statements import insert_missing

# Renewed so long before its end, for clocks that differ and calls under way.
_MARGIN_S = 180.0

_ROW = 1
# A process that renews may die; then another does it.
_LEASE_MS = 90_000
_BETWEEN_LOOKS_S = 0.2


@dataclasses.dataclass(frozen=True, slots=True)
class OAuthApp:
    """What the environment tells of the app and of the account that installed it."""

    client_id: str
    client_secret: SecretStr
    refresh_token: SecretStr

    @property
    def key(self) -> Fernet:
        """Opens what is stored. Another refresh token in the environment, as after a new consent, opens nothing old."""
        known = f"{self.client_secret.get_secret_value()}\n{self.refresh_token.get_secret_value()}"
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(known.encode()).digest()))


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """What HubSpot gave last. The refresh token is that of the environment unless HubSpot gave another."""

    access_token: str = dataclasses.field(repr=False)
    refresh_token: str = dataclasses.field(repr=False)
    good_until: datetime


class OAuthTokens:
    """Safe to use from several threads. `exchange` asks HubSpot for a new grant with a refresh token."""

    def __init__(
        self,
        app: OAuthApp,
        engine: Engine,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.app = app
        self._engine = engine
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._grant: Grant | None = None

    def current(self, exchange: Callable[[str], Grant]) -> str:
        """A token that holds for a while."""
        grant = self._grant
        if grant is not None and self._holds(grant):
            return grant.access_token
        return self._renewed(None, exchange)

    def after_refusal(self, refused: str, exchange: Callable[[str], Grant]) -> str:
        """Another one than was refused; what another thread or process got meanwhile will do."""
        return self._renewed(refused, exchange)

    def _renewed(self, refused: str | None, exchange: Callable[[str], Grant]) -> str:
        with self._lock:
            found = self._take_or_wait(refused)
            self._grant = found if isinstance(found, Grant) else self._exchanged(found, exchange)
            return self._grant.access_token

    def _exchanged(self, refresh_token: str, exchange: Callable[[str], Grant]) -> Grant:
        grant: Grant | None = None
        try:
            grant = exchange(refresh_token)
            return grant
        finally:
            self._store(grant)

    def _take_or_wait(self, refused: str | None) -> Grant | str:
        """A grant that another process got, or the refresh token, which this process alone may use then."""
        while True:
            with self._engine.begin() as connection:
                now = database_time(connection)
                row = _locked(connection)
                grant = self._opened(row.sealed)
                if grant is not None and grant.access_token != refused and self._holds(grant):
                    return grant
                if row.leased_until is None or row.leased_until <= now:
                    connection.execute(update(table).values(leased_until=now + _LEASE_MS))
                    return grant.refresh_token if grant else self.app.refresh_token.get_secret_value()
            self._sleep(_BETWEEN_LOOKS_S)

    def _store(self, grant: Grant | None) -> None:
        """Give the lease back, with what was got: a refresh token that HubSpot changed must not get lost."""
        values: dict[str, object] = {"leased_until": None}
        if grant is not None:
            said = json.dumps([grant.access_token, grant.refresh_token, grant.good_until.isoformat()])
            values["sealed"] = self.app.key.encrypt(said.encode()).decode()
        with self._engine.begin() as connection:
            connection.execute(update(table).values(values))

    def _opened(self, sealed: str | None) -> Grant | None:
        try:
            said = self.app.key.decrypt(sealed or "")
        except InvalidToken:
            return None
        access_token, refresh_token, good_until = json.loads(said)
        return Grant(access_token, refresh_token, datetime.fromisoformat(good_until))

    def _holds(self, grant: Grant) -> bool:
        return self._clock() < grant.good_until

    def good_until(self, seconds: float) -> datetime:
        """When a token that expires in so many seconds is to be renewed."""
        return self._clock() + timedelta(seconds=seconds - min(_MARGIN_S, seconds / 2))


def _locked(connection: Connection) -> Row[Any, Any]:
    """The only row, ours until the transaction ends."""
    connection.execute(insert_missing(connection, table), {"id": _ROW})
    lock = update(table).where(table.c.id == _ROW).values(id=_ROW)
    return connection.execute(lock.returning(table.c.sealed, table.c.leased_until)).one()
