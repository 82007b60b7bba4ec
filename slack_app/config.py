"""What the Slack side needs to know of one workspace; filled by the settings."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True)
class SlackConfig:
    """`base_url` ends in `/api/`. Channels are names or ids; None switches the messages for that channel off. With an `app_token` we connect to Slack
    (Socket Mode); without one Slack calls us and signs with the secret.

    `team_channels` are those of teams, by role; a team without one is told in the fallback channel.
    `language` is spoken in channels, and to a person where the person's own language cannot be found out.
    """

    bot_token: str = dataclasses.field(repr=False)
    signing_secret: str = dataclasses.field(repr=False)
    base_url: str = "https://slack.com/api/"
    leak_channel: str | None = None
    fallback_channel: str | None = None
    language: str = "ja"
    app_token: str | None = dataclasses.field(default=None, repr=False)
    team_channels: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
