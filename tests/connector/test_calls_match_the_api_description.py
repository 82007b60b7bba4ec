"""Every call of a whole round and a write-back, as the program makes it and as the stand-in answers, is the vendor's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from connector.config import CrmConfig
from connector.gateway import Update
from connector.hubspot import HubSpotGateway
from connector.lists import change_list
from connector.oauth import OAuthApp, OAuthTokens
from connector.pull import read_definitions
from connector.records import TASKS, Creation
from connector.versions import ApiVersions
from tests.connector.crm import NOW, Crm, limits_of, make_portal, running_crm
from tests.connector.pulling import EVERYTHING, pull
from tests.connector_sandbox.described import Description, Overheard

HOUR = timedelta(hours=1)
# What the program asks HubSpot for, by the names of the vendor's client.
ASKED = {
    "basic_api.get_page",
    "basic_api.get_by_id",
    "batch_api.read",
    "batch_api.update",
    "batch_api.create",
    "batch_api.archive",
    "search_api.do_search",
    "batch_api.get_page",
    "owners_api.get_page",
    "pipelines_api.get_all",
    "core_api.get_all",
    "lists_api.do_search",
    "lists_api.get_by_name",
    "lists_api.create",
    "memberships_api.get_page",
    "memberships_api.add_and_remove",
    "tokens_api.create",
}


@pytest.fixture
def listened(description: Any) -> Iterator[tuple[Crm, Overheard]]:
    made: list[Overheard] = []

    def around(app: Any) -> Overheard:
        made.append(Overheard(app, Description(description)))
        return made[0]

    with running_crm(make_portal, around=around) as crm:
        yield crm, made[0]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_round_and_a_write_back_agree_with_the_description(listened: tuple[Crm, Overheard], engine: Engine) -> None:
    crm, heard = listened
    crm.control("oauth", client_id="id", client_secret="shh", refresh_token="again")
    gateway = gateway_of(crm, engine)
    read_definitions(engine, gateway, NOW)
    pull(engine, gateway, needs=EVERYTHING)
    write(gateway)
    crm.record("merge", "contacts", "503", merge_id="504")
    crm.record("archive", "contacts", "505")
    crm.record("update", "contacts", "506", properties={"lead_score": "3"})
    crm.control("clock", advance_s=7200)
    pull(engine, gateway, 2 * HOUR, needs=EVERYTHING)
    assert sorted(heard.disagreements) == []
    assert {".".join(one.split(".")[-2:]) for one in heard.operations} == ASKED
    assert {one for one in heard.left_out if not one.startswith("/_control")} == {"/account-info/v3/details"}


def gateway_of(crm: Crm, engine: Engine) -> HubSpotGateway:
    app = OAuthApp("id", SecretStr("shh"), SecretStr("again"))
    config = CrmConfig(oauth=app, base_url=crm.url)
    tokens = OAuthTokens(app, engine, lambda: NOW)
    return HubSpotGateway(
        config, limits_of(config, engine, lambda _: None), ApiVersions(engine, crm.version), tokens=tokens
    )


def write(gateway: HubSpotGateway) -> None:
    """What is taken, what is refused, and what is not there."""
    updates = [
        Update("501", {"lead_score": "7"}),
        Update("502", {"lead_score": "none"}),
        Update("9", {"lead_score": "1"}),
    ]
    assert gateway.update("contacts", updates).keys() == {"502", "9"}
    values = {"hs_task_subject": "電話", "hs_timestamp": "2026-11-25T01:00:00Z", "hs_task_body": "mark"}
    made = gateway.create(TASKS, [Creation("1", TASKS, values, (("contacts", "501"),), "mark")])
    gateway.archive(TASKS, [made.records["1"].id])
    assert gateway.survivor("contacts", "501") == "501"
    assert gateway.survivor("contacts", "9") is None
    change_list(gateway, "名簿", ["501", "9"], [])
    change_list(gateway, "名簿", ["502"], ["501"])


def test_the_listener_notices_what_the_description_has_not(description: Any) -> None:
    heard = Overheard(None, Description(description))
    scope = {"type": "http", "method": "POST", "path": "/crm/objects/2026-09/contacts/search", "query_string": b"odd=1"}
    heard._compare(scope, b'{"limit":"many"}', 200, b'{"total":"3","results":[]}')
    heard._compare(scope | {"path": "/crm/v3/oddities"}, b"{}", 200, b"{}")
    said = "\n".join(sorted(heard.disagreements))
    for part in ("asked ?odd", "asked $.limit", "answered 200 $.total", "POST /crm/v3/oddities: not described"):
        assert part in said
