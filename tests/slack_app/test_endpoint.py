"""The address that Slack calls."""

from __future__ import annotations

import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.slack_app.service import Service
from tests.slack_app.workspace import TAKAHASHI, Workspace, eventually

FORM = "application/x-www-form-urlencoded"


class Caller:
    """Slack, or somebody who would like to be."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = f"{url}/slack/events"
        self.secret = secret

    def post(
        self,
        body: str | bytes,
        kind: str = FORM,
        *,
        age_s: int = 0,
        headers: dict[str, str] | None = None,
        signed_body: str | None = None,
    ) -> httpx.Response:
        stamp = str(int(time.time()) - age_s)
        raw = body.encode() if isinstance(body, str) else body
        signed_raw = raw if signed_body is None else signed_body.encode()
        signature = "v0=" + hmac.new(self.secret.encode(), f"v0:{stamp}:".encode() + signed_raw, "sha256").hexdigest()
        signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": kind}
        return httpx.post(self.url, content=raw, headers=signed | (headers or {}))


@pytest.fixture
def caller(app_url: str, workspace: Workspace) -> Caller:
    return Caller(app_url, workspace.config.signing_secret)


def command(text: str) -> str:
    fields = {"command": "/lead", "text": text, "user_id": TAKAHASHI, "trigger_id": "1.2.a", "team_id": "T1"}
    return urlencode(fields | {"response_url": "http://127.0.0.1:9/", "channel_id": "D1"})


def test_a_signed_command_is_answered(caller: Caller) -> None:
    response = caller.post(command("help"))
    assert response.status_code == 200
    assert "/lead list" in response.json()["text"]


UNSIGNED = {"X-Slack-Signature": ""}
REFUSED: dict[str, tuple[dict[str, Any], int]] = {
    "unsigned": ({"headers": UNSIGNED}, 401),
    "without a time": ({"headers": {"X-Slack-Request-Timestamp": ""}}, 401),
    "with words for a time": ({"headers": {"X-Slack-Request-Timestamp": "yesterday"}}, 401),
    "signed for another time": ({"headers": {"X-Slack-Request-Timestamp": "1"}}, 401),
    "wrongly signed": ({"headers": {"X-Slack-Signature": f"v0={'0' * 64}"}}, 401),
    "signed long ago": ({"age_s": 301}, 401),
    "signed for a later time": ({"age_s": -310}, 401),
    "with a body that is too large": ({"padding": "x" * 1_000_000}, 413),
    "with another's body": ({"signed_body": "command=%2Flead&text=help"}, 401),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_request_that_is_not_slacks_is_refused_and_does_nothing(
    caller: Caller, service: Service, log: list[Any], how: str
) -> None:
    options, status = REFUSED[how]
    padding = options.get("padding", "")
    how_sent = {name: value for name, value in options.items() if name != "padding"}
    assert caller.post(command("ack #17") + padding, **how_sent).status_code == status
    assert service.acts == []
    (line,) = log
    assert (line["event"], line["status"]) == ("request refused", status)
    assert not any(word in str(log) for word in ("17", "lead", "v0="))


def test_an_event_that_slack_sends_again_acts_once(caller: Caller, workspace: Workspace) -> None:
    event = {"type": "app_home_opened", "user": TAKAHASHI, "tab": "home", "channel": "D1"}
    body = json.dumps({"type": "event_callback", "team_id": "T1", "event_id": "Ev77", "event": event})
    assert caller.post(body, "application/json").status_code == 200
    eventually(lambda: workspace.see("requests")["methods"].get("views.publish"))
    again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    assert caller.post(body, "application/json", headers=again).status_code == 200
    assert caller.post(body.replace("Ev77", "Ev78"), "application/json").status_code == 200
    eventually(lambda: workspace.see("requests")["methods"]["views.publish"] == 2)


def test_looking_at_the_address_finds_nothing(caller: Caller) -> None:
    assert httpx.get(caller.url).status_code == 404


@pytest.mark.parametrize(("body", "kind"), [(b"\xff\xfe", FORM), (b"payload=%7B", FORM), (b"{", "application/json")])
def test_a_body_that_is_no_body_of_slack_is_refused(caller: Caller, body: bytes, kind: str) -> None:
    assert caller.post(body, kind).status_code == 400


def test_the_first_visit_of_slack_gets_its_challenge_back(caller: Caller) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c-123", "token": "x"})
    assert caller.post(body, "application/json").json() == {"challenge": "c-123"}


def test_an_event_that_we_do_not_know_is_accepted_so_that_it_is_not_repeated(caller: Caller) -> None:
    event = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {"type": "team_join", "user": "U1"}}
    assert caller.post(json.dumps(event), "application/json").status_code == 200


def test_nothing_is_asked_of_slack_to_answer_a_command(caller: Caller, workspace: Workspace) -> None:
    workspace.control("faults", do="500", times=99)
    assert caller.post(command("list")).status_code == 200
