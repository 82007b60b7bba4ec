"""Opening and redrawing the form that changes a contact's status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk import WebClient

from slack_app.backend import Backend, Visitor
from slack_app.blocks.elements import actions, button, section
from slack_app.blocks.modal import notice_modal, status_modal
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.listeners.replies import call_view
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.views import StatusChoice


def open_form(
    client: WebClient,
    backend: Backend,
    visitor: Visitor,
    trigger_id: str,
    *,
    contact_id: str,
    chosen: str,
    known: Sequence[StatusChoice] | None = None,
) -> bool:
    """Open the form with what the database has, or is `known` already; False where Slack did not open it (a trigger lives
    three seconds).
    """
    view = form(backend, visitor, contact_id, chosen or None, known=known)
    return call_view(client, "views.open", {"trigger_id": trigger_id}, view)


def form(
    backend: Backend,
    visitor: Visitor,
    contact_id: str,
    chosen: str | None,
    notice: Mrkdwn | None = None,
    *,
    known: Sequence[StatusChoice] | None = None,
) -> Mapping[str, Any]:
    """The form as this person may use it now; a sentence where there is nothing to choose."""
    say = catalogue(visitor.language)
    if visitor.owner_id is None:
        return notice_modal(say.mrkdwn("visitor.unknown"), say)
    card = backend.contact(visitor, contact_id)
    if card is None:
        return notice_modal(say.mrkdwn("answer.contact_gone"), say)
    choices = backend.status_choices(visitor, contact_id) if known is None else known
    if not choices:
        status = cut(card.status_label, 60) or say.plain("finding.no_status")
        return notice_modal(say.mrkdwn("modal.no_choices", name=cut(card.name, 60), status=status), say)
    return status_modal(card, choices, chosen, say, notice)


def not_opened(value: str, say: Catalogue) -> Message:
    """For when the form did not open: a fresh button, whose click brings a fresh trigger."""
    text = say.mrkdwn("modal.not_opened")
    again = button("change_status", say.plain("button.open_again"), value)
    return Message(text, [section(text), actions("again", [again])])
