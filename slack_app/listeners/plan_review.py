"""Reviewing a plan: opening it, turning its pages, writing it."""

from __future__ import annotations

import dataclasses
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Backend, Visitor
from slack_app.blocks.answers import sentence
from slack_app.blocks.approvals import OPEN_PLAN
from slack_app.blocks.boxes import first_box
from slack_app.blocks.modal import notice_modal, writing_modal
from slack_app.blocks.plan import (
    BACK_ACTION,
    CALLBACK_ID,
    UNTICKED_AT_MOST,
    Review,
    pages_of,
    plan_modal,
    read_review,
)
from slack_app.courier import Message
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.calls import Call
from slack_app.listeners.clicks import read_click
from slack_app.listeners.replies import answer_in_window, call_view, reply_to_click
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue, catalogue


def review_command(call: Call) -> Message:
    """`/lead plan`."""
    refused = _open(call.client, call.backend, call.visitor, call.trigger_id, call.say)
    return sentence(refused or call.say.mrkdwn("plan.opened"))


def _open(client: WebClient, backend: Backend, visitor: Visitor, trigger_id: str, say: Catalogue) -> Mrkdwn | None:
    """The first page, while Slack still waits for the answer; what to say where it does not open."""
    plan = backend.plan(visitor)
    if plan is None:
        return say.mrkdwn("answer.plan_not_yours")
    if not plan.groups:
        return say.mrkdwn("plan.empty")
    view = plan_modal(plan, Review(plan.newest, 0, ()), say)
    opened = call_view(client, "views.open", {"trigger_id": trigger_id}, view)
    return None if opened else say.mrkdwn("modal.not_opened")


def register(app: BoltApp, backend: Backend) -> None:
    def opened(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        visitor = backend.visitor(click.user_id)
        refused = _open(client, backend, visitor, click.trigger_id, catalogue(visitor.language))
        if refused is not None:
            after_ack(context, lambda: reply_to_click(client, backend, click, visitor, sentence(refused)), lambda: None)
        ack()

    def submit(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        visitor = backend.visitor(body["user"]["id"])
        say = catalogue(visitor.language)
        review = read_review(body["view"])
        plan = backend.plan(visitor, review.newest)
        if plan is None:
            ack(response_action="update", view=notice_modal(say.mrkdwn("answer.plan_not_yours"), say))
        elif len(review.unticked) > UNTICKED_AT_MOST:
            said = say.plain("plan.too_many_unticked", count=UNTICKED_AT_MOST)
            ack(response_action="errors", errors={first_box(body["view"]): said})
        elif review.page < pages_of(plan) - 1:
            following = dataclasses.replace(review, page=review.page + 1)
            ack(response_action="update", view=plan_modal(plan, following, say))
        else:
            ack(response_action="update", view=writing_modal(say))
            answer_in_window(
                client,
                context,
                visitor,
                body["view"],
                lambda act_id: backend.apply_plan(visitor, review.newest, review.unticked, act_id),
            )

    def back(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        ack()
        visitor = backend.visitor(body["user"]["id"])
        click, review = read_click(body), read_review(body["view"])

        def turn() -> None:
            plan = backend.plan(visitor, review.newest)
            if plan is not None:
                view = plan_modal(plan, dataclasses.replace(review, page=int(click.value)), catalogue(visitor.language))
                call_view(client, "views.update", {"view_id": body["view"]["id"]}, view)

        after_ack(context, turn, lambda: None)

    app.action(OPEN_PLAN)(opened)
    app.view(CALLBACK_ID)(submit)
    app.action(BACK_ACTION)(back)
