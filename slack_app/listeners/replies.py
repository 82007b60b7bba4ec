"""Getting an answer back to one person: beside the message, on the Home tab, or in a direct message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from slack_sdk import WebClient

from slack_app.backend import Answer, Backend, Visitor
from slack_app.blocks.answers import answered, sentence
from slack_app.blocks.home import home, home_without_owner
from slack_app.blocks.modal import message_modal
from slack_app.courier import Message
from slack_app.limits import fitted_message, fitted_view
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.clicks import Click
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import catalogue
from slack_app.web_client import build_response_client
from slack_app.web_failures import CALL_FAILURES, failure

_log = structlog.stdlib.get_logger(__name__)


def reply(response_url: str, message: Message, *, replace: bool = False) -> None:
    """Say it to the person who clicked or typed, and to nobody else. `replace` takes the place of what was clicked on."""
    fitted, problems = fitted_message(message)
    if problems:
        _log.error("answer over slack's limits", problems=problems)
    body: dict[str, Any] = {"response_type": "ephemeral", "replace_original": replace, "text": fitted.text}
    if fitted.blocks:
        body["blocks"] = list(fitted.blocks)
    try:
        response = build_response_client(response_url).send_dict(body)
    except CALL_FAILURES as error:
        _log.warning("answer not delivered", error=type(error).__name__)
        return
    if response.status_code != 200:
        _log.warning("answer not taken", status=response.status_code)


def reply_to_click(
    client: WebClient, backend: Backend, click: Click, visitor: Visitor, message: Message, *, replace: bool = False
) -> None:
    """Beside the message that was clicked on; in the window; on the Home tab above the list."""
    if click.response_url:
        reply(click.response_url, message, replace=replace)
    elif click.view is None or click.on_home:
        publish_home(client, backend, visitor, Mrkdwn(message.text))
    elif not show_in_window(client, str(click.view["id"]), message, visitor.language):
        direct_message(client, visitor.slack_user_id, message)


def show_in_window(client: WebClient, view_id: str, message: Message, language: str) -> bool:
    """False where the person has closed it meanwhile."""
    return call_view(client, "views.update", {"view_id": view_id}, message_modal(message, catalogue(language)))


def answer_in_window(
    client: WebClient, context: dict[str, Any], visitor: Visitor, view: Mapping[str, Any], act: Callable[[str], Answer]
) -> None:
    """What came of a form that takes as long as the CRM takes, in its window; by direct message if that is closed by
    then. `act` is given the id by which the same submission is known again.
    """
    say = catalogue(visitor.language)

    def show(message: Message) -> None:
        if not show_in_window(client, view["id"], message, visitor.language):
            direct_message(client, visitor.slack_user_id, message)

    def carry_out() -> None:
        show(answered(act(f"{visitor.slack_user_id}:{view['id']}:{view['hash']}"), say))

    after_ack(context, carry_out, lambda: show(sentence(say.mrkdwn("modal.failed"))))


def publish_home(client: WebClient, backend: Backend, visitor: Visitor, notice: Mrkdwn | None = None) -> None:
    say = catalogue(visitor.language)
    view = home_without_owner(say, notice) if visitor.owner_id is None else home(backend.home(visitor), say, notice)
    call_view(client, "views.publish", {"user_id": visitor.slack_user_id}, view)


def call_view(client: WebClient, method: str, arguments: Mapping[str, Any], view: Mapping[str, Any]) -> bool:
    """Open, update or publish a view; False, and a line in the log, where Slack did not take it."""
    fitted, problems = fitted_view(view)
    if problems:
        _log.error("view over slack's limits", method=method, problems=problems)
    body: dict[str, Any] = {**arguments, "view": fitted}
    try:
        client.api_call(method, json=body)  # pyright: ignore[reportUnknownMemberType] # the SDK says `dict`
    except CALL_FAILURES as error:
        reason = failure(error, method)
        _log.warning("view not taken", method=method, reason=str(reason))
        return False
    return True


def direct_message(client: WebClient, user_id: str, message: Message) -> None:
    """For an answer whose window is gone."""
    fitted, _ = fitted_message(message)
    body: dict[str, Any] = {"channel": user_id, "text": fitted.text, "blocks": list(fitted.blocks)}
    try:
        client.api_call("chat.postMessage", json=body)  # pyright: ignore[reportUnknownMemberType] # the SDK says `dict`
    except CALL_FAILURES as error:
        _log.warning("answer not delivered", reason=str(failure(error, "chat.postMessage")))
