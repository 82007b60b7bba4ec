"""The form that asks why something is a false alarm: opening it, and sending it."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Backend
from slack_app.blocks.answers import answered
from slack_app.blocks.dismiss_form import CALLBACK_ID, dismiss_modal, read_reason
from slack_app.blocks.finding import read_seen
from slack_app.blocks.modal import message_modal
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.replies import call_view
from slack_app.texts.catalogue import Catalogue, catalogue


def open_dismiss_form(client: WebClient, trigger_id: str, seen: str, say: Catalogue) -> bool:
    """False where Slack did not open it (a trigger lives three seconds)."""
    return call_view(client, "views.open", {"trigger_id": trigger_id}, dismiss_modal(seen, say))


def register(app: BoltApp, backend: Backend) -> None:
    def submit(ack: Ack, body: dict[str, Any]) -> None:
        view = body["view"]
        visitor = backend.visitor(body["user"]["id"])
        say = catalogue(visitor.language)
        finding_id, seen = read_seen(view["private_metadata"])
        act_id = f"{visitor.slack_user_id}:{view['id']}:{view['hash']}"
        answer = backend.dismiss(visitor, [finding_id], read_reason(view), act_id, seen)
        ack(response_action="update", view=message_modal(answered(answer, say), say))

    app.view(CALLBACK_ID)(submit)
