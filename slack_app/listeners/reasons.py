"""Answering why a contact is shown, for a command and for a chosen contact."""

from __future__ import annotations

from slack_app.backend import Backend, Visitor
from slack_app.blocks.answers import sentence
from slack_app.blocks.why import why
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.texts.catalogue import catalogue


def why_message(backend: Backend, visitor: Visitor, contact_id: str | None, words: str) -> Message:
    say = catalogue(visitor.language)
    view = backend.why(visitor, contact_id) if contact_id else None
    if view is None:
        return sentence(say.mrkdwn("command.nothing_found", words=cut(words, 80)))
    return why(view, say)
