"""The form that asks until when to snooze: opening it, and sending it."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Backend
from slack_app.blocks.finding import read_seen
from slack_app.blocks.modal import notice_modal
from slack_app.blocks.snooze_form import CALLBACK_ID, read_answer, snooze_modal
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.replies import call_view
from slack_app.texts.catalogue import Catalogue, catalogue


def open_snooze_form(client: WebClient, trigger_id: str, seen: str, say: Catalogue) -> bool:
    """False where Slack did not open it (a trigger lives three seconds)."""
    return call_view(client, "views.open", {"trigger_id": trigger_id}, snooze_modal(seen, say))


def register(app: BoltApp, backend: Backend) -> None:
    def submit(ack: Ack, body: dict[str, Any]) -> None:
        view = body["view"]
        visitor = backend.visitor(body["user"]["id"])
        say = catalogue(visitor.language)
        until = read_answer(view)
        if until is None:
            ack(
                response_action="update", view=snooze_modal(view["private_metadata"], say, say.mrkdwn("snooze.missing"))
            )
            return
        finding_id, seen = read_seen(view["private_metadata"])
        act_id = f"{visitor.slack_user_id}:{view['id']}:{view['hash']}"
        answer = backend.snooze(visitor, [finding_id], until, act_id, seen)
        text = say.answer(answer.text, answer.values)
        shown = notice_modal(text, say) if answer.ok else snooze_modal(view["private_metadata"], say, text)
        ack(response_action="update", view=shown)

    app.view(CALLBACK_ID)(submit)
