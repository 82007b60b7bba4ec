"""What comes through our own connection to Slack instead of to our address."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from slack_app.app import build_app
from slack_app.socket_mode import SocketMode
from tests.slack_app.builders import make_line
from tests.slack_app.service import Service
from tests.slack_app.workspace import TAKAHASHI, Workspace, eventually

EVERY_S = 0.1


@contextlib.contextmanager
def connected_app(workspace: Workspace, service: Service, app_token: str = "") -> Iterator[SocketMode]:
    config = dataclasses.replace(workspace.config, app_token=app_token or workspace.config.app_token)
    app = build_app(config, service)
    socket = SocketMode(app, config, ping_every_s=EVERY_S)
    socket.start()
    try:
        yield socket
    finally:
        socket.stop()
        app.listener_runner.listener_executor.shutdown()


@pytest.fixture
def socket(workspace: Workspace, service: Service) -> Iterator[SocketMode]:
    with connected_app(workspace, service) as made:
        assert eventually(lambda: made.connected)
        yield made


def command(workspace: Workspace, text: str) -> dict[str, Any]:
    return workspace.act("command", command="/lead", text=text)


def test_a_command_is_answered(socket: SocketMode, workspace: Workspace) -> None:
    done = command(workspace, "help")
    assert done["ok"], done
    assert "/lead list" in done["ephemeral"][0]["text"]


def test_a_click_acts_and_is_answered_afterwards(socket: SocketMode, workspace: Workspace, service: Service) -> None:
    command(workspace, "list")
    message = workspace.ephemeral()[-1]
    place = {"channel": message["channel"], "ts": message["ts"]}
    assert workspace.act("select", action_id="finding_menu", selected="acknowledge 17", **place)["ok"]
    assert [act[:3] for act in service.acts] == [("acknowledge", TAKAHASHI, (17,))]
    eventually(lambda: [one for one in workspace.ephemeral() if "11/25" in one["text"]])


def test_a_form_shows_what_came_of_it(socket: SocketMode, workspace: Workspace, service: Service) -> None:
    command(workspace, "status 501")
    message = workspace.ephemeral()[-1]
    place = {"channel": message["channel"], "ts": message["ts"]}
    assert workspace.act("click", action_id="change_status", value="501", **place)["ok"]
    assert eventually(workspace.views)


def test_an_event_is_taken(socket: SocketMode, workspace: Workspace) -> None:
    workspace.act("open_home")
    assert eventually(lambda: workspace.see("home", user=TAKAHASHI)["view"])


def test_an_answer_longer_than_the_sdk_can_escape_arrives_whole(
    socket: SocketMode, workspace: Workspace, service: Service
) -> None:
    service.findings = [make_line(n, reason="商談" * 200, company="株式会社" * 20) for n in range(1, 11)]
    done = command(workspace, "list")
    assert done["ok"], done


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "drop"])
def test_a_connection_that_ends_is_made_anew(
    socket: SocketMode, workspace: Workspace, reason: str, log: list[Any]
) -> None:
    before = workspace.see("requests")["methods"]["apps.connections.open"]
    workspace.control("workspace", op="disconnect", reason=reason)
    eventually(lambda: workspace.see("requests")["methods"]["apps.connections.open"] > before)
    eventually(lambda: command(workspace, "help")["ok"])


def test_the_service_starts_while_slack_is_away_and_says_so_once(
    workspace: Workspace, service: Service, log: list[Any]
) -> None:
    workspace.control("faults", do="500", times=3, match={"method": "apps.connections.open"})
    with connected_app(workspace, service) as socket:
        assert eventually(lambda: socket.connected)
        eventually(lambda: "connected to slack" in [line["event"] for line in log])
    assert [line["event"] for line in log] == ["not connected to slack", "connected to slack"]


def test_a_token_that_slack_refuses_is_named_but_not_shown(
    workspace: Workspace, service: Service, log: list[Any]
) -> None:
    with connected_app(workspace, service, "xapp-secret-of-a-test") as socket:
        eventually(lambda: log)
        assert not socket.connected
    assert "SLACK_APP_TOKEN" in log[0]["remedy"]
    assert "xapp-secret-of-a-test" not in str(log)


def test_what_is_being_answered_when_we_stop_is_answered(workspace: Workspace, service: Service) -> None:
    entered, goes_on = threading.Event(), threading.Event()
    with connected_app(workspace, service) as socket:
        assert eventually(lambda: socket.connected)
        service.wait = lambda: (entered.set(), goes_on.wait(10))
        answers: list[Any] = []
        person = threading.Thread(target=lambda: answers.append(command(workspace, "list")))
        person.start()
        assert entered.wait(10)
        stopping = threading.Thread(target=socket.stop)
        stopping.start()
        goes_on.set()
        person.join(10)
        stopping.join(10)
    assert answers[0]["ok"], answers


def test_after_stopping_nothing_is_taken(workspace: Workspace, service: Service) -> None:
    with connected_app(workspace, service) as socket:
        assert eventually(lambda: socket.connected)
    assert command(workspace, "help")["error"] == "app_unreachable"
