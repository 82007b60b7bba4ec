"""The access of an OAuth app is renewed in time, once for all, and nobody can read it in the database."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from cryptography.fernet import InvalidToken
from pydantic import SecretStr
from sqlalchemy import Engine, select

from connector.call_tables import oauth_state
from connector.config import CrmConfig
from connector.errors import AccessRefused
from connector.hubspot import HubSpotGateway
from connector.oauth import OAuthApp, OAuthTokens
from connector.versions import UNDATED, ApiVersions
from tests.connector.crm import Crm, limits_of

ID, SECRET, REFRESH = "client-of-a-test", "secret-of-a-test", "refresh-of-a-test"


@pytest.fixture
def installed(crm: Crm) -> Iterator[Crm]:
    crm.control("oauth", client_id=ID, client_secret=SECRET, refresh_token=REFRESH)
    crm.forget_requests()
    yield crm
    crm.control("reset")


def rest(_seconds: float) -> None:
    """Nobody waits in these tests but for another thread, which must get at the database meanwhile."""
    time.sleep(0.01)


def process(crm: Crm, engine: Engine, **told: str) -> HubSpotGateway:
    """A process of its own: what it knows of the access is what stands in the database."""
    app = OAuthApp(
        told.get("client_id", ID), SecretStr(told.get("secret", SECRET)), SecretStr(told.get("refresh", REFRESH))
    )
    config = CrmConfig(oauth=app, base_url=crm.url)
    tokens = OAuthTokens(app, engine, lambda: now(crm), rest)
    return HubSpotGateway(config, limits_of(config, engine, rest), ApiVersions(engine, crm.version), rest, tokens)


def now(crm: Crm) -> datetime:
    return datetime.fromisoformat(crm.client.get("/_control/clock").json()["now"])


def renewals(crm: Crm) -> int:
    return sum(one["path"] == "/oauth/v1/token" and one["status"] == 200 for one in crm.requests())


def refused(crm: Crm) -> int:
    return sum(one["status"] == 401 for one in crm.requests())


def test_a_token_is_got_once_and_renewed_before_it_expires(installed: Crm, engine: Engine) -> None:
    gateway = process(installed, engine)
    for seconds, expected in ((0, 1), (1600, 1), (60, 2), (1800, 3)):
        installed.control("clock", advance_s=seconds)
        assert gateway.portal().id
        assert renewals(installed) == expected
    assert refused(installed) == 0


def test_it_is_asked_for_in_the_dated_version(installed: Crm, engine: Engine) -> None:
    process(installed, engine).portal()
    (asked,) = [one for one in installed.requests() if one["path"] == "/oauth/v1/token"]
    assert asked["version"] == ("v1" if installed.version == UNDATED else installed.version)


def _portal(gateway: HubSpotGateway) -> str:
    return gateway.portal().id


def test_all_processes_share_one_renewal(installed: Crm, engine: Engine) -> None:
    several = [process(installed, engine) for _ in range(3)]
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(_portal, several * 2))) == 1
    assert renewals(installed) == 1
    assert refused(installed) == 0


def test_a_refusal_in_the_middle_leads_to_one_renewal_and_one_repeat(installed: Crm, engine: Engine) -> None:
    gateway = process(installed, engine)
    gateway.portal()
    installed.control("oauth", forget=True)
    installed.forget_requests()
    gateway.portal()
    statuses = [one["status"] for one in installed.requests()]
    assert statuses == [401, 200, 200]
    assert renewals(installed) == 1


def test_a_renewed_token_that_is_refused_as_well_is_not_renewed_again(installed: Crm, engine: Engine) -> None:
    gateway = process(installed, engine)
    gateway.portal()
    installed.forget_requests()
    installed.fault("GET", "/account-info", "401", times=5)
    with pytest.raises(AccessRefused, match="HUBSPOT_ACCESS_TOKEN"):
        gateway.portal()
    installed.client.delete("/_control/faults")
    assert (renewals(installed), refused(installed)) == (1, 2)


@pytest.mark.parametrize("told", [{"secret": "mistyped"}, {"refresh": "revoked"}, {"client_id": "another"}])
def test_a_refused_renewal_says_what_to_do_and_no_secret(installed: Crm, engine: Engine, told: dict[str, str]) -> None:
    with pytest.raises(AccessRefused, match="HUBSPOT_REFRESH_TOKEN") as caught:
        process(installed, engine, **told).portal()
    said = f"{caught.value!r} {caught.value.__cause__!r}"
    assert not any(one in said for one in (SECRET, REFRESH, *told.values()))
    # The next one who is told rightly does not wait for the one who was not.
    assert process(installed, engine).portal().id


def test_a_refresh_token_that_hubspot_changes_is_not_lost_with_the_process(crm: Crm, engine: Engine) -> None:
    crm.control("oauth", client_id=ID, client_secret=SECRET, refresh_token=REFRESH, rotates=True)
    for _ in range(3):
        process(crm, engine).portal()
        crm.control("clock", advance_s=1800)
    # A new consent takes the place of all that was before.
    crm.control("oauth", client_id=ID, client_secret=SECRET, refresh_token="new")
    assert process(crm, engine, refresh="new").portal().id


def test_whoever_has_the_database_alone_reads_no_token(installed: Crm, engine: Engine) -> None:
    process(installed, engine).portal()
    with engine.connect() as connection:
        row: Any = connection.execute(select(oauth_state)).one()
    assert OAuthApp(ID, SecretStr(SECRET), SecretStr(REFRESH)).key.decrypt(row.sealed)
    with pytest.raises(InvalidToken):
        OAuthApp(ID, SecretStr(SECRET), SecretStr("another")).key.decrypt(row.sealed)
    for one in (SECRET, REFRESH, "oauth-1"):
        assert one not in row.sealed
