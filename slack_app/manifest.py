"""The Slack app to create: its scopes, command and events in one place, as the manifest that Slack reads."""

from __future__ import annotations

from typing import Any

import yaml

# Where Slack sends commands, clicks and events.
PATH = "/slack/events"
# Stands in the manifest that comes with the program, until an admin puts in the own address.
EXAMPLE_ADDRESS = "https://mimawari.tsumugi-link.example"

COMMAND = "/lead"
EVENTS = ("app_home_opened", "user_change")

# Why each is asked for stands in the README; what does not work without it in the texts (`doctor.scope_…`).
SCOPES = (
    "chat:write",
    "chat:write.public",
    "commands",
    "users:read",
    "users:read.email",
    "im:write",
    "channels:read",
    "groups:read",
    "im:history",
    "channels:history",
    "groups:history",
    "usergroups:read",
)

_HEAD = """\
# The Slack app to create at api.slack.com/apps ("From a manifest"). Written by `mimawari slack manifest`:
# give it your own address with --url, or --socket-mode where Slack cannot reach you.
"""


def manifest(address: str, *, socket_mode: bool) -> dict[str, Any]:
    """`address` is where Slack reaches us, without a path. With Socket Mode nothing is sent to it."""
    url = {} if socket_mode else {"url": address.rstrip("/") + PATH}
    request_url = {} if socket_mode else {"request_url": address.rstrip("/") + PATH}
    command = {
        "command": COMMAND,
        **url,
        "description": "Look up your leads and act on them",
        "usage_hint": "list [team] | status <contact> [value] | ack <contact> | help",
        "should_escape": True,
    }
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "mimawari",
            "description": "Finds leads that slipped through and says so, once, until it is settled.",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "mimawari", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **request_url},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }


def as_yaml(made: dict[str, Any]) -> str:
    return _HEAD + yaml.safe_dump(made, sort_keys=False, allow_unicode=True, width=200)
