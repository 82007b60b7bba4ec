"""The Home tab, drawn when it is opened."""

from __future__ import annotations

from typing import Any

from slack_sdk import WebClient

from slack_app.backend import Backend
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.replies import publish_home


def register(app: BoltApp, backend: Backend) -> None:
    def app_home_opened(event: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        if event.get("tab") == "home":
            user_id = event["user"]
            after_ack(context, lambda: publish_home(client, backend, backend.visitor(user_id)), lambda: None)

    app.event("app_home_opened")(app_home_opened)
