"""Clients of Slack's web interface: what each of them shares with the others."""

from __future__ import annotations

from slack_app.config import SlackConfig
from slack_app.web_client import build_client, build_response_client


def test_certificates_are_read_once_for_all_answers() -> None:
    config = SlackConfig(bot_token="xoxb-of-a-test", signing_secret="", base_url="https://slack.example/api/")
    first, second = (build_response_client(f"https://hooks.slack.example/{n}") for n in (1, 2))
    assert first.ssl is not None
    assert first.ssl is second.ssl is build_client(config, 2).ssl
