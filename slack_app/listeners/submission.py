"""The form that changes a status: choosing in it, and sending it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Backend, StatusChange, Visitor
from slack_app.blocks.answers import answered, sentence
from slack_app.blocks.modal import (
    CALLBACK_ID,
    STATUS_ACTION,
    STATUS_BLOCK,
    StatusForm,
    message_modal,
    read_form,
    writing_modal,
)
from slack_app.courier import Message
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.clicks import read_click
from slack_app.listeners.replies import call_view, direct_message
from slack_app.listeners.status_form import form
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import catalogue


@dataclasses.dataclass(frozen=True, slots=True)
class _Window:
    """The form on the person's screen."""

    client: WebClient
    visitor: Visitor
    view_id: str

    def show(self, message: Message, view: Mapping[str, Any] | None = None) -> None:
        """Show the view, or else the message; by direct message if the person has closed the window meanwhile."""
        shown = view or message_modal(message, catalogue(self.visitor.language))
        if not call_view(self.client, "views.update", {"view_id": self.view_id}, shown):
            direct_message(self.client, self.visitor.slack_user_id, message)


def register(app: BoltApp, backend: Backend) -> None:
    def choose_status(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        """Show the questions that go with the chosen status."""
        ack()
        click = read_click(body)
        view = body["view"]
        target = {"view_id": view["id"], "hash": view["hash"]}

        def redraw() -> None:
            chosen = read_form(view)
            visitor = backend.visitor(click.user_id)
            call_view(client, "views.update", target, form(backend, visitor, chosen.contact_id, chosen.status))

        after_ack(context, redraw, _nobody_told)

    def submit(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        view = body["view"]
        sent = read_form(view)
        visitor = backend.visitor(body["user"]["id"])
        say = catalogue(visitor.language)
        choices = backend.status_choices(visitor, sent.contact_id)
        choice = next((each for each in choices if each.value == sent.status), None)
        if choice is None or sent.status is None:
            ack(response_action="errors", errors={STATUS_BLOCK: say.plain("modal.not_allowed")})
            return
        unanswered = any(each.options and each.property not in sent.reasons for each in choice.reasons)
        if unanswered or (choice.note and not sent.note):
            # Sent before the questions that go with the status had appeared.
            notice = say.mrkdwn("modal.reason_needed")
            ack(response_action="update", view=dict(form(backend, visitor, sent.contact_id, sent.status, notice)))
            return
        ack(response_action="update", view=writing_modal(say))
        window = _Window(client, visitor, view["id"])

        def write() -> None:
            act_id = f"{visitor.slack_user_id}:{view['id']}:{view['hash']}"
            _write(window, backend, sent, act_id)

        after_ack(context, write, lambda: window.show(sentence(say.mrkdwn("modal.failed"))))

    app.action(STATUS_ACTION)(choose_status)
    app.view(CALLBACK_ID)(submit)


def _write(window: _Window, backend: Backend, sent: StatusForm, act_id: str) -> None:
    """Change the status and say in the window what came of it. A refusal that offers no other way on comes with the form
    to try again.
    """
    visitor = window.visitor
    change = StatusChange(sent.status or "", sent.seen, sent.reasons, sent.note)
    answer = backend.change_status(visitor, sent.contact_id, change, act_id)
    message = answered(answer, catalogue(visitor.language))
    stays = not answer.ok and not answer.offers
    again = form(backend, visitor, sent.contact_id, sent.status, Mrkdwn(message.text)) if stays else None
    window.show(message, again)


def _nobody_told() -> None:
    """A form that did not redraw asks for what is missing when it is sent."""
