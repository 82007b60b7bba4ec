from __future__ import annotations

import pytest
from sqlalchemy import update

from connector.call_tables import old_endpoints
from connector.sandbox.paths import normalise
from connector.versions import UNDATED, ApiVersions, dated_path
from tests.connector.crm import NOW, Crm, make_portal, memory, running_crm


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/crm/v3/objects/contacts/batch/read", "/crm/objects/2026-09/contacts/batch/read"),
        ("/crm/v3/owners/", "/crm/owners/2026-09/"),
        ("/crm/v3/lists/object-type-id/0-1/name/v3", "/crm/lists/2026-09/object-type-id/0-1/name/v3"),
        ("/crm/v4/associations/contacts/deals/batch/read", "/crm/associations/2026-09/contacts/deals/batch/read"),
        ("/crm/v4/objects/0-1/5/associations/0-3", "/crm/objects/2026-09/0-1/5/associations/0-3"),
        ("/account-info/v3/details", "/account-info/2026-09/details"),
        ("/oauth/v1/token", "/oauth/2026-09/token"),
        ("/crm/v3/imports", "/crm/v3/imports"),  # nothing is known of a dated one
        ("/settings/v3/users", "/settings/v3/users"),
    ],
)
def test_the_dated_path_of_an_old_one(path: str, expected: str) -> None:
    assert dated_path(path, "2026-09") == expected
    if expected != path and "oauth" not in path:
        assert normalise(expected)[0] == path.rstrip("/")


def versions_asked(crm: Crm) -> list[tuple[str, int]]:
    return [(one["version"], one["status"]) for one in crm.requests()]


@pytest.fixture
def any_version(shared_crm: Crm) -> Crm:
    shared_crm.control("reset")
    return shared_crm


def test_every_call_is_made_in_the_dated_version(any_version: Crm) -> None:
    gateway = any_version.gateway()
    gateway.portal()
    gateway.owners()
    gateway.links("contacts", "deals", ["501"])
    gateway.touched_since("contacts", NOW, "0")
    assert {version for version, _ in versions_asked(any_version)} == {"2026-09"}


def test_an_endpoint_that_lacks_it_is_asked_in_the_old_one_from_then_on(any_version: Crm) -> None:
    any_version.fault("GET", "/crm/owners/2026-09*", "404", times=99)
    shared = memory()
    gateway = any_version.gateway(engine=shared)
    assert gateway.owners()
    assert gateway.deal_stages()
    assert versions_asked(any_version) == [("2026-09", 404), ("v3", 200), ("v3", 200), ("2026-09", 200)]
    any_version.forget_requests()
    another = any_version.gateway(engine=shared)
    assert another.owners()
    assert versions_asked(any_version) == [("v3", 200), ("v3", 200)]
    assert ApiVersions(shared, "2026-09").fallen_back() == {"OwnersApi.get_page"}


def test_after_a_day_the_dated_version_is_tried_again(any_version: Crm) -> None:
    shared = memory()
    ApiVersions(shared, "2026-09").fall_back("OwnersApi.get_page")
    assert ApiVersions(shared, "2026-09").dated("OwnersApi.get_page") is None
    with shared.begin() as connection:
        connection.execute(update(old_endpoints).values(noted_at=0))
    assert ApiVersions(shared, "2026-09").dated("OwnersApi.get_page") == "2026-09"


def test_another_dated_version_is_tried_anew(any_version: Crm) -> None:
    shared = memory()
    ApiVersions(shared, "2026-03").fall_back("OwnersApi.get_page")
    assert ApiVersions(shared, "2026-09").dated("OwnersApi.get_page") == "2026-09"


def test_what_exists_in_no_version_is_not_taken_for_an_old_endpoint(any_version: Crm) -> None:
    shared = memory()
    gateway = any_version.gateway(engine=shared)
    assert gateway.find_list("アップセル") is None
    assert versions_asked(any_version) == [("2026-09", 404), ("v3", 404)]
    assert ApiVersions(shared, "2026-09").fallen_back() == frozenset()


def test_an_endpoint_that_has_answered_is_believed_when_it_knows_no_record(any_version: Crm) -> None:
    gateway = any_version.gateway()
    made = gateway.create_list("リサイクル")
    assert gateway.find_list("リサイクル") == made
    any_version.forget_requests()
    assert gateway.find_list("アップセル") is None
    assert versions_asked(any_version) == [("2026-09", 404)]


def test_the_old_version_can_be_asked_for(any_version: Crm) -> None:
    gateway = any_version.gateway(version=UNDATED)
    gateway.portal()
    gateway.links("contacts", "deals", ["501"])
    assert [version for version, _ in versions_asked(any_version)] == ["v3", "v4"]


def test_a_portal_without_any_dated_version_is_read_like_any_other() -> None:
    with running_crm(make_portal) as old:
        old.control("switches", refused_versions=["2026-03", "2026-09"])
        gateway = old.gateway()
        assert gateway.list_page("contacts", ["email"]).records
        assert gateway.portal().time_zone == "Asia/Tokyo"
