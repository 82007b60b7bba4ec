from __future__ import annotations

import pytest

from connector.scopes import Work, lacking
from tests.connector.crm import Crm

ALL = {
    *(f"crm.objects.{kind}.{way}" for kind in ("contacts", "companies", "deals") for way in ("read", "write")),
    "crm.objects.owners.read",
    "crm.lists.read",
    "crm.lists.write",
}


@pytest.fixture
def any_version(shared_crm: Crm) -> Crm:
    shared_crm.control("reset")
    return shared_crm


@pytest.mark.parametrize(
    ("without", "work"),
    [
        (set[str](), set[Work]()),
        ({"crm.objects.owners.read"}, {Work.READING}),
        ({"crm.objects.deals.read"}, {Work.READING_DEALS}),
        ({"crm.objects.contacts.write"}, {Work.WRITING}),
        ({"crm.lists.read"}, {Work.LISTS}),  # HubSpot wants both for writing
        ({"crm.lists.write", "crm.objects.companies.write"}, {Work.LISTS, Work.COMPANIES}),
    ],
)
def test_what_rests_without_a_permission(without: set[str], work: set[Work]) -> None:
    assert {one.work for one in lacking(ALL - without)} == work
    assert {scope for one in lacking(ALL - without) for scope in one.scopes} == without


def test_a_private_app_is_told_what_its_token_may_do(any_version: Crm) -> None:
    any_version.control("tokens", token="narrow", missing_scopes=["crm.lists.write"])
    assert any_version.gateway().granted_scopes() == ALL
    assert any_version.gateway(token="narrow").granted_scopes() == ALL - {"crm.lists.write"}


@pytest.mark.parametrize("do", ["404", "403"])
def test_a_token_that_hubspot_says_nothing_of_is_not_called_narrow(any_version: Crm, do: str) -> None:
    any_version.fault("POST", "/oauth/v2", do, times=2)
    assert any_version.gateway().granted_scopes() is None
