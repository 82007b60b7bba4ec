"""What no other listener takes: buttons of old messages get an answer in words, everything else is accepted."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Backend
from slack_app.blocks.answers import sentence
from slack_app.blocks.modal import notice_modal
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.clicks import read_click
from slack_app.listeners.replies import reply_to_click
from slack_app.texts.catalogue import catalogue

_ANY = re.compile(".*")


def register(app: BoltApp, backend: Backend) -> None:
    """Must be the last to register, since Bolt takes the first listener that fits."""

    def old_button(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        visitor = backend.visitor(click.user_id)
        words = sentence(catalogue(visitor.language).mrkdwn("failure.old_button"))
        ack()
        if click.response_url or click.on_home:
            after_ack(context, lambda: reply_to_click(client, backend, click, visitor, words), lambda: None)

    def old_form(ack: Ack, body: dict[str, Any]) -> None:
        say = catalogue(backend.visitor(body["user"]["id"]).language)
        ack(response_action="update", view=notice_modal(say.mrkdwn("failure.old_button"), say))

    def accept(ack: Ack) -> None:
        # An unanswered event would be sent three times more.
        ack()

    app.action(_ANY)(old_button)
    app.view(_ANY)(old_form)
    app.view_closed(_ANY)(accept)
    app.shortcut(_ANY)(accept)
    app.event(_ANY)(accept)
