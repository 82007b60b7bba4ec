"""The address that Slack calls."""

from __future__ import annotations

import hmac
import json
import time
from urllib.parse import urlencode

import httpx
import pytest

from tests.slack_app.service import Service
from tests.slack_app.workspace import TAKAHASHI, Workspace

FORM = "application/x-www-form-urlencoded"


class Caller:
    """Slack, or somebody who would like to be."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = f"{url}/slack/events"
        self.secret = secret

    def post(
        self, body: str | bytes, kind: str = FORM, *, age_s: int = 0, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        stamp = str(int(time.time()) - age_s)
        raw = body.encode() if isinstance(body, str) else body
        signature = "v0=" + hmac.new(self.secret.encode(), f"v0:{stamp}:".encode() + raw, "sha256").hexdigest()
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


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=0000"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Request-Timestamp": "1"},
    ],
)
def test_an_unsigned_or_wrongly_signed_request_is_refused(caller: Caller, headers: dict[str, str]) -> None:
    assert caller.post(command("help"), headers=headers).status_code == 401


def test_a_request_signed_long_ago_is_refused(caller: Caller) -> None:
    assert caller.post(command("help"), age_s=301).status_code == 401


def test_a_refused_request_does_nothing(caller: Caller, service: Service) -> None:
    assert caller.post(command("ack #17"), headers={"X-Slack-Signature": "v0=00"}).status_code == 401
    assert service.acts == []


def test_looking_at_the_address_finds_nothing(caller: Caller) -> None:
    assert httpx.get(caller.url).status_code == 404


def test_an_oversized_body_is_refused(caller: Caller) -> None:
    assert caller.post("x" * 1_000_001).status_code == 413


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
