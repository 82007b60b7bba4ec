"""What a stand-in workspace is told when it starts."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

from slack_app.sandbox.people import TEAM_NAME, Channel, Group, Person, default_channels, default_people

# The scopes in the app's manifest: a call that needs another one must fail here as it would in Slack.
MANIFEST_SCOPES = (
    "chat:write",
    "chat:write.public",
    "commands",
    "users:read",
    "users:read.email",
    "im:write",
    "channels:read",
    "groups:read",
    "files:write",
    "im:history",
    "channels:history",
    "groups:history",
    "usergroups:read",
)


def _start_of_clock() -> datetime:
    return datetime.now(UTC)


@dataclasses.dataclass(frozen=True, slots=True)
class SandboxOptions:
    """`port` 0 takes a free one. `rate_scale` multiplies every rate limit; 0 switches them off.

    `token`, `app_token` and `signing_secret` are made up at the start where they are None.
    """

    port: int = 0
    app_url: str | None = None
    crm_url: str | None = None
    now: datetime = dataclasses.field(default_factory=_start_of_clock)
    people: tuple[Person, ...] = dataclasses.field(default_factory=default_people)
    channels: tuple[Channel, ...] = dataclasses.field(default_factory=default_channels)
    groups: tuple[Group, ...] = ()
    team_name: str = TEAM_NAME
    scopes: tuple[str, ...] = MANIFEST_SCOPES
    commands: tuple[str, ...] = ("/lead",)
    rate_scale: float = 1.0
    token: str | None = None
    app_token: str | None = None
    signing_secret: str | None = None
