"""The clock is the system's, unless everything stands on this machine and MIMAWARI_NOW says otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobs.clock import clock_from, is_loopback, read_instant, system_clock
from jobs.errors import SettingsWrong
from tests.connector_sandbox.running import NOW, running_crm
from tests.jobs.settings_builders import NOWHERE, make_settings


@pytest.fixture(scope="module")
def control_url() -> Iterator[str]:
    with running_crm() as crm:
        yield f"{crm.url}/_control"


@pytest.mark.parametrize("text", ["2026-11-24T00:30:00Z", "2026-11-24T09:30:00+09:00", " 2026-11-24T09:30+09:00 "])
def test_an_instant_with_a_zone_is_read(text: str) -> None:
    assert read_instant(text, "--now") == datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused_with_the_remedy() -> None:
    with pytest.raises(SettingsWrong, match=r"--since: '2026-11-24T09:30:00' has no time zone.*\+09:00"):
        read_instant("2026-11-24T09:30:00", "--since")


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01T00:00:00Z", "09:30", "1764000000"])
def test_junk_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(SettingsWrong, match=r"is no point in time\. Write it like 2026-"):
        read_instant(text, "MIMAWARI_NOW")


def test_a_fixed_instant_stands_still() -> None:
    clock = clock_from("2026-11-24T09:30:00+09:00", loopback_only=True)
    assert clock() == clock() == datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


def test_without_a_word_the_system_clock_serves() -> None:
    assert clock_from(None, loopback_only=True) is system_clock


def test_a_false_clock_never_reaches_a_real_portal() -> None:
    assert clock_from("2026-11-24T09:30:00+09:00", loopback_only=False) is system_clock


@pytest.mark.parametrize("real", ["hubspot_base_url", "slack_base_url"])
def test_one_real_address_is_enough_to_ignore_a_false_clock(tmp_path: Path, real: str) -> None:
    clock = make_settings(tmp_path, **{real: "https://api.crm.example"}).clock()
    assert abs(clock() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("path", ["", "/", "/clock"])
def test_a_stand_ins_clock_is_asked_each_time(control_url: str, path: str) -> None:
    assert clock_from(f"{control_url}{path}", loopback_only=True)() - NOW < timedelta(minutes=5)


def test_a_clock_on_another_machine_is_refused() -> None:
    with pytest.raises(SettingsWrong, match="is not on this machine"):
        clock_from("http://clock.example/_control/clock", loopback_only=True)


@pytest.mark.parametrize("path", ["/_control/owners", "/nowhere", "/_control/clock:99999999"])
def test_an_address_that_is_no_clock_is_said_to_be_none(control_url: str, path: str) -> None:
    clock = clock_from(control_url.replace("/_control", path), loopback_only=True)
    with pytest.raises(SettingsWrong, match="MIMAWARI_NOW: no clock answers at"):
        clock()


def test_a_clock_that_is_away_is_said_to_be_away() -> None:
    with pytest.raises(SettingsWrong, match="Start the stand-in, or give an instant"):
        clock_from(f"{NOWHERE}/_control/clock", loopback_only=True)()


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1:8700", True),
        ("http://localhost/api/", True),
        ("http://[::1]:8700", True),
        ("https://api.hubapi.com", False),
        ("http://127.0.0.1.crm.example", False),
        ("http://[broken", False),
        ("", False),
    ],
)
def test_only_this_machine_is_this_machine(address: str, here: bool) -> None:
    assert is_loopback(address) is here


def test_a_bare_date_is_answered_with_something_that_works() -> None:
    with pytest.raises(SettingsWrong) as caught:
        read_instant("2026-11-22", "--since")
    example = str(caught.value).rpartition("as in ")[2].rstrip(".")
    assert read_instant(example, "--since").isoformat() == "2026-11-22T00:00:00+09:00"
