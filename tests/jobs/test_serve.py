"""The running service: when it makes rounds, what it says when they fail, and how it stops."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import jobs
from jobs.errors import JobError
from jobs.listening import bind
from jobs.rounds import Rounds
from jobs.serve import endpoint, schedule
from jobs.wiring import Parts
from tests.connector.crm import Crm, make_portal, running_crm
from tests.jobs.settings_builders import make_environment, make_settings


@pytest.fixture(scope="module")
def shared_crm() -> Iterator[Crm]:
    with running_crm(make_portal) as running:
        yield running


@pytest.fixture
def crm(shared_crm: Crm) -> Crm:
    shared_crm.control("reset")
    return shared_crm


@pytest.fixture
def parts(crm: Crm, tmp_path: Path) -> Iterator[Parts]:
    """A portal without Slack, read by a program that never waits."""
    changes = {"hubspot_base_url": crm.url, "hubspot_access_token": "sandbox-crm-token", "slack_bot_token": None}
    made = Parts(make_settings(tmp_path, **changes), pause=lambda _seconds: None)
    yield made
    made.engine.dispose()


def rounds(parts: Parts, number: int) -> list[str]:
    """What is logged about this many rounds, besides what each does."""
    made = Rounds(parts)
    with capture_logs() as lines:
        for _ in range(number):
            made.make()
    return [str(line["event"]) for line in lines if line["event"] in {"round failed", "rounds work again"}]


def test_rounds_are_made_every_few_minutes_and_at_the_minutes_of_the_morning(tmp_path: Path) -> None:
    text = "[service]\ncycle_every_minutes = 7\n[reminders]\ndigest_at = '08:45'\nworking_hours = ['08:00', '18:00']\n"
    scheduler = schedule(Parts(make_settings(tmp_path, text)), lambda: None)
    triggers = {job.id: str(job.trigger) for job in scheduler.get_jobs()}
    assert triggers == {
        "cycle": "interval[0:07:00]",
        "digest": "cron[hour='8', minute='45', second='0']",
        "leak check": "cron[hour='9', minute='30', second='0']",
    }
    assert str(scheduler.timezone) == "Asia/Tokyo"


def test_a_round_that_is_still_running_is_not_started_twice(tmp_path: Path) -> None:
    scheduler = schedule(Parts(make_settings(tmp_path)), lambda: None)
    assert {(job.max_instances, job.coalesce) for job in scheduler.get_jobs()} == {(1, True)}


def test_a_crm_that_goes_away_is_said_once_and_its_return_once(parts: Parts, crm: Crm) -> None:
    assert rounds(parts, 1) == []
    made = Rounds(parts)
    with capture_logs() as lines:
        crm.fault("", "", "503", times=18)
        for _ in range(5):
            made.make()
    said = [line["event"] for line in lines]
    assert said.count("round failed") == 1
    assert said.count("rounds work again") == 1


def test_a_rule_file_that_breaks_while_running_is_named_and_the_last_good_set_stays(
    parts: Parts, tmp_path: Path
) -> None:
    assert rounds(parts, 2) == []
    version = parts.rules().version
    (tmp_path / "rules" / "library").mkdir(parents=True)
    (tmp_path / "rules" / "library" / "broken.yaml").write_text("format: 1\nrulez: {}\n", encoding="utf-8")
    assert rounds(parts, 3) == ["round failed"]
    assert parts.rules().version == version


def test_a_database_that_goes_away_does_not_end_the_service(parts: Parts, tmp_path: Path) -> None:
    assert rounds(parts, 1) == []
    parts.engine.dispose()
    path = tmp_path / "mimawari.db"
    for name in ("", "-wal", "-shm"):
        (tmp_path / f"mimawari.db{name}").unlink(missing_ok=True)
    path.write_text("no database any more " * 500, encoding="utf-8")
    assert rounds(parts, 2) == ["round failed"]


def test_the_log_says_where_and_what_but_no_token(parts: Parts, crm: Crm) -> None:
    crm.fault("", "", "401", times=9)
    with capture_logs() as lines:
        Rounds(parts).make()
    (failed,) = [line for line in lines if line["event"] == "round failed"]
    assert "Check HUBSPOT_ACCESS_TOKEN" in failed["trouble"]
    assert "sandbox-crm-token" not in str(lines)


def test_without_slack_the_service_says_so_and_goes_on(parts: Parts) -> None:
    with capture_logs() as lines:
        app = endpoint(parts)
    assert [line["event"] for line in lines] == ["slack not configured"]
    assert app.routes == []


def test_a_port_that_is_taken_is_named_with_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(JobError, match=rf"Port {port} on 127\.0\.0\.1 cannot be used .*--port"):
            bind("127.0.0.1", port)


def test_a_free_port_is_taken_with_zero() -> None:
    with bind("127.0.0.1", 0) as listening:
        assert listening.getsockname()[1] > 0


@contextlib.contextmanager
def served(folder: Path, crm_url: str) -> Iterator[subprocess.Popen[str]]:
    """The service as a process that is ready, without Slack."""
    told = make_environment(folder, slack_bot_token=None, hubspot_base_url=crm_url).model_dump(exclude_none=True)
    environment = {name.upper(): str(text) for name, text in told.items()} | {"MIMAWARI_SETTINGS": "settings.toml"}
    environment["PYTHONPATH"] = str(Path(jobs.__file__).parent.parent)  # this checkout, wherever another is installed
    (folder / "settings.toml").touch()
    command = [sys.executable, "-m", "jobs.command_line", "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert '"ready":true' in process.stdout.readline()
        yield process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_says_where_it_listens_and_stops_in_order(crm: Crm, tmp_path: Path, number: signal.Signals) -> None:
    with served(tmp_path, crm.url) as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "event=stopped" in said


def test_who_waits_for_the_crm_is_not_waited_for_when_the_service_stops(crm: Crm, tmp_path: Path) -> None:
    crm.fault("", "", "429", times=99, retry_after=80)
    with served(tmp_path, crm.url) as process:
        while not crm.requests():
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=40)  # half of what the CRM asked us to wait
    assert process.returncode == 0, said
    assert "event=stopped" in said


@pytest.mark.parametrize("changes", [{"slack_signing_secret": ""}, {"slack_app_token": "xapp-of-a-test"}])
def test_nothing_is_served_that_anybody_could_sign(tmp_path: Path, changes: dict[str, str]) -> None:
    with capture_logs() as lines:
        app = endpoint(Parts(make_settings(tmp_path, **changes)))
    assert app.routes == []
    assert [line["event"] for line in lines] == (
        ["slack requests refused"] if "slack_signing_secret" in changes else []
    )
