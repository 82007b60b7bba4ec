"""The form that takes a change of status over to others at the company: opening it, and sending it."""

from __future__ import annotations

from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Answer, Backend, Visitor
from slack_app.blocks.boxes import first_box
from slack_app.blocks.company_form import CALLBACK_ID, company_modal, read_company
from slack_app.blocks.modal import writing_modal
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.clicks import Click
from slack_app.listeners.replies import answer_in_window, call_view
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import catalogue


def open_company_form(
    client: WebClient, backend: Backend, visitor: Visitor, click: Click, plan_id: int
) -> Mrkdwn | None:
    """What to tell the person where it did not open."""
    say = catalogue(visitor.language)
    found = backend.company_others(visitor, plan_id)
    if isinstance(found, Answer):
        return say.answer(found.text, found.values)
    # On top of a window with an answer, which keeps its other buttons.
    method = "views.open" if click.view is None else "views.push"
    opened = call_view(client, method, {"trigger_id": click.trigger_id}, company_modal(found, say))
    return None if opened else say.mrkdwn("modal.not_opened")


def register(app: BoltApp, backend: Backend) -> None:
    def submit(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        view = body["view"]
        visitor = backend.visitor(body["user"]["id"])
        say = catalogue(visitor.language)
        plan_id, seen = read_company(view)
        if not seen:
            ack(response_action="errors", errors={first_box(view): say.plain("company.nobody_ticked")})
            return
        ack(response_action="update", view=writing_modal(say))
        answer_in_window(
            client, context, visitor, view, lambda act_id: backend.change_company(visitor, plan_id, seen, act_id)
        )

    app.view(CALLBACK_ID)(submit)
