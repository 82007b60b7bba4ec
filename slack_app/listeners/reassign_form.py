"""The form that gives a contact to another owner: opening it, and sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Backend, Visitor
from slack_app.blocks.answers import answered, sentence
from slack_app.blocks.modal import message_modal, notice_modal, writing_modal
from slack_app.blocks.reassign_form import CALLBACK_ID, read_owner, reassign_modal
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.replies import call_view, direct_message
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import catalogue


def open_reassign_form(client: WebClient, backend: Backend, visitor: Visitor, trigger_id: str, contact_id: str) -> bool:
    """False where Slack did not open it (a trigger lives three seconds)."""
    return call_view(client, "views.open", {"trigger_id": trigger_id}, _form(backend, visitor, contact_id))


def register(app: BoltApp, backend: Backend) -> None:
    def submit(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        view = body["view"]
        visitor = backend.visitor(body["user"]["id"])
        say = catalogue(visitor.language)
        ack(response_action="update", view=writing_modal(say))
        contact_id, owner_id = view["private_metadata"], read_owner(view)
        act_id = f"{visitor.slack_user_id}:{view['id']}:{view['hash']}"

        def tell(message: Message, form: Mapping[str, Any] | None = None) -> None:
            shown = form or message_modal(message, say)
            if not call_view(client, "views.update", {"view_id": view["id"]}, shown):
                direct_message(client, visitor.slack_user_id, message)

        def write() -> None:
            answer = backend.reassign(visitor, contact_id, owner_id, act_id)
            text = say.answer(answer.text, answer.values)
            tell(answered(answer, say), None if answer.ok else _form(backend, visitor, contact_id, text))

        after_ack(context, write, lambda: tell(sentence(say.mrkdwn("modal.failed"))))

    app.view(CALLBACK_ID)(submit)


def _form(backend: Backend, visitor: Visitor, contact_id: str, notice: Mrkdwn | None = None) -> Mapping[str, Any]:
    say = catalogue(visitor.language)
    card = backend.contact(visitor, contact_id)
    if card is None:
        return notice_modal(say.mrkdwn("answer.contact_gone"), say)
    owners = backend.owner_choices(visitor, contact_id)
    if not owners:
        return notice_modal(say.mrkdwn("reassign.no_choices", name=cut(card.name, 60)), say)
    return reassign_modal(card, owners, say, notice)
