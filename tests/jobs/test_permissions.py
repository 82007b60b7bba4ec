"""A missing permission is named before anything fails for the lack of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from jobs.checks import crm as checks
from jobs.checks.looking import look
from jobs.permissions import tell_missing
from jobs.settings import Environment, File, Settings
from jobs.wiring import Parts
from slack_app.texts.catalogue import catalogue
from slack_app.texts.said import Said, in_plain
from tests.connector_sandbox.running import Crm, running_crm


@pytest.fixture(scope="module")
def crm() -> Iterator[Crm]:
    with running_crm() as running:
        running.control("tokens", token="all")
        running.control("tokens", token="narrow", missing_scopes=["crm.lists.write", "crm.objects.contacts.write"])
        yield running


@pytest.fixture
def parts(crm: Crm, sqlite_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Parts]:
    token = SecretStr(request.param)
    environment = Environment(
        mimawari_database_url=sqlite_url, hubspot_access_token=token, hubspot_base_url=crm.url, mimawari_now=None
    )
    made = Parts(Settings(File(), environment, tmp_path))
    yield made
    made.engine.dispose()


@pytest.mark.parametrize("parts", ["narrow"], indirect=True)
def test_the_service_says_once_what_rests(parts: Parts) -> None:
    with capture_logs() as said:
        tell_missing(parts)
    assert [(one["log_level"], one["scopes"]) for one in said] == [
        ("warning", ["crm.objects.contacts.write"]),
        ("warning", ["crm.lists.write"]),
    ]


@pytest.mark.parametrize("parts", ["narrow"], indirect=True)
def test_the_doctor_names_every_missing_permission_at_once(parts: Parts) -> None:
    check = look("scopes", lambda: checks.scopes(parts, crm_answers=True))
    assert not check.ok
    said = in_plain(check.message, catalogue("en"))
    assert "without crm.objects.contacts.write no value is written" in said
    assert "crm.lists.write no list is kept" in said


@pytest.mark.parametrize("parts", ["all"], indirect=True)
def test_a_token_that_may_do_everything_is_nothing_to_talk_about(parts: Parts) -> None:
    with capture_logs() as said:
        tell_missing(parts)
    assert said == []
    assert checks.scopes(parts, crm_answers=True) == Said("doctor.scopes")
