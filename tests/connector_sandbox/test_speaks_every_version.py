from __future__ import annotations

import pytest

from connector.sandbox.paths import normalise
from tests.connector_sandbox.running import Crm


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/crm/objects/2026-09/contacts", "/crm/v3/objects/contacts"),
        ("/crm/objects/2026-03/contacts/batch/read", "/crm/v3/objects/contacts/batch/read"),
        ("/crm/objects/2026-09/0-1/5/associations/0-3", "/crm/v4/objects/0-1/5/associations/0-3"),
        ("/crm/associations/2026-09/a/b/batch/read", "/crm/v4/associations/a/b/batch/read"),
        ("/crm/lists/2026-09/", "/crm/v3/lists"),
        ("/crm/owners/2026-09", "/crm/v3/owners"),
        ("/crm/v3/owners/", "/crm/v3/owners"),
        ("/account-info/2026-03/details", "/account-info/v3/details"),
        ("/crm/objects/2031-01/contacts", "/crm/objects/2031-01/contacts"),
    ],
)
def test_a_path_means_the_same_in_every_version(path: str, expected: str) -> None:
    assert normalise(path)[0] == expected


@pytest.mark.parametrize(
    "path",
    [
        "/crm/objects/2026-09/contacts",
        "/crm/objects/2026-03/0-1/",
        "/crm/properties/2026-09/contacts",
        "/crm/pipelines/2026-09/deals",
        "/crm/owners/2026-09/",
        "/account-info/2026-09/details",
    ],
)
def test_dated_paths_answer_with_and_without_a_slash(crm: Crm, path: str) -> None:
    assert crm.api("GET", path)


def test_an_unknown_date_finds_nothing(crm: Crm) -> None:
    crm.api("GET", "/crm/objects/2031-01/contacts", status=404)


def test_versions_can_be_refused(crm: Crm) -> None:
    crm.control("switches", refused_versions=["v3", "v4"])
    crm.api("GET", "/crm/v3/owners", status=404)
    crm.api("GET", "/crm/owners/2026-09")
