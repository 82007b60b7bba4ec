"""Events that Slack sends again, because our answer was late or lost: answered, and not acted on a second time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_bolt import BoltResponse

from slack_app.backend import Backend
from slack_app.listeners.bolt_app import BoltApp


def register(app: BoltApp, backend: Backend) -> None:
    """Clicks and commands are not repeated by Slack; their acts have ids of their own."""

    def drop_repeats(body: dict[str, Any], next_: Callable[[], BoltResponse]) -> BoltResponse:
        if body.get("type") == "event_callback" and not backend.is_new_event(body["event_id"]):
            return BoltResponse(status=200)
        return next_()

    app.middleware(drop_repeats)
