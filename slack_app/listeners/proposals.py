"""Deciding about what rules suggest: one by one from a row's menu, or all that a list names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Answer, Backend, Decision, Visitor
from slack_app.blocks.answers import answered, sentence
from slack_app.blocks.approvals import OPEN_PROPOSALS
from slack_app.blocks.modal import message_modal, writing_modal
from slack_app.blocks.proposals import REJECT_CALLBACK, proposal_page, read_rejection, reject_modal
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.clicks import Click, read_click
from slack_app.listeners.replies import call_view, direct_message, reply, reply_to_click
from slack_app.texts.catalogue import catalogue


def register(app: BoltApp, backend: Backend) -> None:
    def opened(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        visitor = backend.visitor(click.user_id)

        def show() -> None:
            page = proposal_page(backend.proposals(visitor), 0, catalogue(visitor.language))
            reply_to_click(client, backend, click, visitor, page)

        after_ack(context, show, _nobody)
        ack()

    def chosen(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        visitor = backend.visitor(click.user_id)
        word, _, line_id = click.value.partition(" ")
        decision = Decision(word)
        if decision is Decision.REJECT:
            view = reject_modal(int(line_id), click.response_url, catalogue(visitor.language))
            call_view(client, "views.open", {"trigger_id": click.trigger_id}, view)
        else:
            _later(context, backend, client, visitor, click, decision, [int(line_id)])
        ack()

    def all_at_once(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        click = read_click(body)
        ids = [int(each) for each in click.value.split(",")]
        _later(context, backend, client, backend.visitor(click.user_id), click, Decision.APPROVE, ids)
        ack()

    def next_page(ack: Ack, body: dict[str, Any], context: dict[str, Any]) -> None:
        click = read_click(body)
        visitor = backend.visitor(click.user_id)
        after_ack(context, lambda: _refresh(backend, visitor, click.response_url, int(click.value)), _nobody)
        ack()

    def rejected(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        visitor = backend.visitor(body["user"]["id"])
        ack(response_action="update", view=writing_modal(catalogue(visitor.language)))
        after_ack(context, lambda: _reject(backend, client, visitor, body["view"]), _nobody)

    app.action(OPEN_PROPOSALS)(opened)
    app.action("proposal_menu")(chosen)
    app.action("approve_all")(all_at_once)
    app.action("next_proposals")(next_page)
    app.view(REJECT_CALLBACK)(rejected)


def _later(
    context: dict[str, Any],
    backend: Backend,
    client: WebClient,
    visitor: Visitor,
    click: Click,
    decision: Decision,
    ids: Sequence[int],
) -> None:
    """Decide, say what came of it, and bring the list up to date."""
    say = catalogue(visitor.language)

    def run() -> None:
        answer = backend.decide(visitor, decision, ids, click.act_id)
        reply_to_click(client, backend, click, visitor, answered(answer, say))
        _refresh(backend, visitor, click.response_url, 0)

    def tell_failure() -> None:
        reply_to_click(client, backend, click, visitor, sentence(say.mrkdwn("modal.failed")))

    after_ack(context, run, tell_failure)


def _reject(backend: Backend, client: WebClient, visitor: Visitor, view: dict[str, Any]) -> None:
    line_id, reason, url = read_rejection(view)
    act_id = f"{visitor.slack_user_id}:{view['id']}:{view['hash']}"
    answer: Answer = backend.decide(visitor, Decision.REJECT, [line_id], act_id, reason)
    say = catalogue(visitor.language)
    message = answered(answer, say)
    if not call_view(client, "views.update", {"view_id": view["id"]}, message_modal(message, say)):
        direct_message(client, visitor.slack_user_id, message)
    _refresh(backend, visitor, url, 0)


def _refresh(backend: Backend, visitor: Visitor, response_url: str | None, first: int) -> None:
    if response_url is not None:
        page = proposal_page(backend.proposals(visitor), first, catalogue(visitor.language))
        reply(response_url, page, replace=True)


def _nobody() -> None:
    """A list that was not brought up to date answers truly all the same."""
