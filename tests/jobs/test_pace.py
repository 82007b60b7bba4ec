"""When the account's calls become short, the cycle reads less often, and says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from connector.lanes import Bucket, Lane
from connector.limits import CallLimits
from jobs.checks import crm
from jobs.checks.looking import look
from jobs.database import writing
from jobs.ledger import runs
from jobs.pace import why_not_read
from jobs.settings import Environment, File, Settings
from jobs.wiring import Parts
from slack_app.texts.catalogue import catalogue
from slack_app.texts.said import in_plain
from tests.jobs.ledger_builders import at

NOW = at("11-24 10:00")


@pytest.fixture
def parts(sqlite_url: str, tmp_path: Path) -> Iterator[Parts]:
    environment = Environment(mimawari_database_url=sqlite_url, hubspot_access_token=SecretStr("invented"))
    made = Parts(Settings(File(), environment, tmp_path))
    yield made
    made.engine.dispose()


def crm_says(limits: CallLimits, used: int, of: int = 1000) -> None:
    """As the headers of an answer say it; the next call passes it on."""
    left = {"Daily": str(of), "Daily-Remaining": str(of - used), "Max": "190", "Remaining": "190"}
    limits.observe({f"X-HubSpot-RateLimit-{name}": value for name, value in left.items()})
    limits.wait(Bucket.CALLS, Lane.PERSON)


def synced(parts: Parts, minutes_ago: int) -> None:
    with writing(parts.engine) as connection:
        at_that_time = NOW - timedelta(minutes=minutes_ago)
        runs.finish(connection, runs.start(connection, "sync", at_that_time, None), "done", at_that_time, {})


def test_the_cycle_reads_every_time_while_there_are_calls(parts: Parts) -> None:
    synced(parts, 5)
    crm_says(parts.limits(), 100)
    assert why_not_read(parts, NOW) is None


@pytest.mark.parametrize(("minutes_ago", "rests"), [(5, True), (15, True), (20, False)])
def test_it_reads_every_fourth_time_when_they_are_short(parts: Parts, minutes_ago: int, *, rests: bool) -> None:
    synced(parts, minutes_ago)
    crm_says(parts.limits(), 950)
    said = why_not_read(parts, NOW)
    assert (said is not None) is rests
    assert not rests or "950 of the account's 1,000 calls for today are used" in str(said)


def test_what_was_never_read_is_read(parts: Parts) -> None:
    crm_says(parts.limits(), 950)
    assert why_not_read(parts, NOW) is None


def doctor_says(parts: Parts) -> str:
    check = look("calls", lambda: crm.calls(parts))
    assert check.ok is (check.remedy is None)
    return in_plain(check.message, catalogue("en"))


def test_the_doctor_tells_the_days_use(parts: Parts) -> None:
    assert "HubSpot has not said" in doctor_says(parts)
    crm_says(parts.limits(), 10)
    assert "10 of the account's 1,000 calls for today are used, about" in doctor_says(parts)
    assert "3 for people, 0 for rounds, 0 for sweeps" in doctor_says(parts)


@pytest.mark.parametrize(
    ("used", "words"), [(850, "Sweeps for links"), (950, "every fourth"), (990, "Nothing is read")]
)
def test_the_doctor_says_what_is_left_out(parts: Parts, used: int, words: str) -> None:
    crm_says(parts.limits(), used)
    assert words in doctor_says(parts)
    assert not look("calls", lambda: crm.calls(parts)).ok
