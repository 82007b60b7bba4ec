"""Answers to one person, when the address for them no longer works."""

from __future__ import annotations

import socket
from typing import Any

from slack_app.blocks.answers import sentence
from slack_app.listeners.replies import reply
from slack_app.mrkdwn import Mrkdwn
from tests.slack_app.workspace import Workspace

WORDS = sentence(Mrkdwn("確認済みにしました"))


def test_an_address_that_has_expired_is_logged_and_nothing_else(
    workspace: Workspace, log: list[dict[str, Any]]
) -> None:
    reply(f"{workspace.page_url}respond/expired", WORDS)
    assert log == [{"event": "answer not taken", "log_level": "warning", "status": 404}]


def test_an_answer_that_cannot_be_delivered_is_logged_and_nothing_else(log: list[dict[str, Any]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    reply(f"http://127.0.0.1:{port}/", WORDS)
    assert [line["event"] for line in log] == ["answer not delivered"]
