"""Trying our own address from outside, as Slack calls it."""

from __future__ import annotations

import time

import pytest

from slack_app.probe import Reached, probe
from tests.jobs.receivers import web_receiver
from tests.slack_app.workspace import Workspace


def test_our_service_gives_back_what_it_was_asked(app_url: str, workspace: Workspace) -> None:
    secret = workspace.config.signing_secret
    assert probe(app_url, secret, time.time()).reached is Reached.OURS
    assert probe(f"{app_url}/slack/events", secret, time.time()).reached is Reached.OURS


@pytest.mark.parametrize(("secret", "age"), [("another", 0), (None, 400)])
def test_another_secret_or_a_wrong_clock_is_refused(
    app_url: str, workspace: Workspace, secret: str | None, age: int
) -> None:
    found = probe(app_url, secret or workspace.config.signing_secret, time.time() - age)
    assert found.reached is Reached.REFUSED


def test_whoever_takes_everything_is_not_our_service() -> None:
    with web_receiver() as elsewhere:
        assert probe(elsewhere.url, "secret", time.time()).reached is Reached.ELSEWHERE


def test_nobody_there_is_nobody() -> None:
    assert probe("http://127.0.0.1:9", "secret", time.time()).reached is Reached.NOBODY
