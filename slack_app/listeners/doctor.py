"""`/lead doctor`, and the button that proves that clicks arrive."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Backend
from slack_app.blocks.answers import sentence
from slack_app.blocks.doctor import PRESS_ACTION, doctor
from slack_app.courier import Message
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.calls import Call
from slack_app.listeners.clicks import read_click
from slack_app.listeners.replies import reply, reply_to_click
from slack_app.texts.catalogue import catalogue


def doctor_command(call: Call) -> Message:
    """The looks take longer than Slack waits: what they found follows."""
    look = call.backend.doctor(call.visitor)
    if look is None:
        return sentence(call.say.mrkdwn("answer.admins_only"))
    call.later(
        lambda: reply(call.response_url, doctor(look(), call.say)),
        lambda: reply(call.response_url, sentence(call.say.mrkdwn("modal.failed"))),
    )
    return sentence(call.say.mrkdwn("doctor.looking"))


def register(app: BoltApp, backend: Backend) -> None:
    def pressed(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        visitor = backend.visitor(click.user_id)
        backend.button_pressed(visitor, click.value)
        ack()
        words = sentence(catalogue(visitor.language).mrkdwn("answer.button_works"))
        after_ack(context, lambda: reply_to_click(client, backend, click, visitor, words), lambda: None)

    app.action(PRESS_ACTION)(pressed)
