"""The way into Slack that settings and environment name."""

from __future__ import annotations

from pydantic import SecretStr

from jobs.settings import Settings
from slack_app.config import SlackConfig


def slack_config(settings: Settings) -> SlackConfig | None:
    """None where no bot token is set: the service then works without Slack."""
    environment, slack = settings.environment, settings.file.slack
    if environment.slack_bot_token is None:
        return None
    secret = environment.slack_signing_secret or SecretStr("")
    app_token = environment.slack_app_token
    return SlackConfig(
        bot_token=environment.slack_bot_token.get_secret_value(),
        signing_secret=secret.get_secret_value(),
        base_url=environment.slack_base_url.rstrip("/") + "/",
        app_token=app_token.get_secret_value() if app_token else None,
        leak_channel=slack.leak_channel,
        fallback_channel=slack.fallback_channel,
        language=settings.file.service.language,
        team_channels=slack.team_channels,
    )
