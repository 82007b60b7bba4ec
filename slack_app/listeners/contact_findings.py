"""Acknowledging and snoozing everything that is open about one contact."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from slack_app.backend import Answer, Backend, Visitor
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import catalogue
from slack_app.views import FindingLine


def visible_findings(backend: Backend, visitor: Visitor, contact_id: str | None = None) -> Sequence[FindingLine]:
    """The person's own, and the team's as far as the service shows them; about one contact or about all."""
    lines = [line for scope in ("mine", "team") for line in backend.my_findings(visitor, scope, contact_id)]
    return list({line.finding_id: line for line in lines}.values())


def acknowledge_contact(backend: Backend, visitor: Visitor, contact_id: str, act_id: str) -> Mrkdwn:
    """What to tell the person afterwards."""
    return _act(backend, visitor, contact_id, lambda ids: backend.acknowledge(visitor, ids, act_id))


def snooze_contact(backend: Backend, visitor: Visitor, contact_id: str, until_words: str, act_id: str) -> Mrkdwn:
    """As `acknowledge_contact`, until a time as people type it."""
    return _act(backend, visitor, contact_id, lambda ids: backend.snooze(visitor, ids, until_words, act_id))


def _act(backend: Backend, visitor: Visitor, contact_id: str, act: Callable[[list[int]], Answer]) -> Mrkdwn:
    say = catalogue(visitor.language)
    ids = [line.finding_id for line in visible_findings(backend, visitor, contact_id)]
    if not ids:
        card = backend.contact(visitor, contact_id)
        return say.mrkdwn("command.not_acknowledgeable", words=card.name if card else contact_id)
    answer = act(ids)
    return say.answer(answer.text, answer.values)
