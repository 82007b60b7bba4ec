"""When a listener fails: words for the person, a line with ids for the log, and 200 for Slack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from slack_bolt import BoltResponse

from slack_app.blocks.answers import sentence
from slack_app.blocks.modal import notice_modal
from slack_app.listeners.after_ack import after_ack, where
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.replies import reply
from slack_app.texts.catalogue import catalogue

_log = structlog.stdlib.get_logger(__name__)


def register(app: BoltApp, language: str) -> None:
    """`language` is used since finding out the person's own may be what failed."""

    def failed(error: Exception, body: dict[str, Any], context: dict[str, Any]) -> BoltResponse:
        _log.error(
            "listener failed",
            error=type(error).__name__,
            where=where(error.__traceback__),
            kind=body.get("type") or body.get("command"),
            user=context.get("user_id"),
        )
        return _answer(body, context, language)

    app.error(failed)


def _answer(body: Mapping[str, Any], context: dict[str, Any], language: str) -> BoltResponse:
    say = catalogue(language)
    words = say.mrkdwn("failure.listener")
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": words})
    if body.get("type") == "view_submission":
        return BoltResponse(status=200, body={"response_action": "update", "view": notice_modal(words, say)})
    response_url = body.get("response_url")
    if response_url:

        def tell() -> None:
            reply(response_url, sentence(words))

        after_ack(context, tell, tell)
    return BoltResponse(status=200)
