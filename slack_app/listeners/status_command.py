"""`/lead status`: shows a contact's status, or changes it, at once where nothing else needs to be said with it."""

from __future__ import annotations

from collections.abc import Sequence

from slack_app.backend import StatusChange
from slack_app.blocks.answers import contact_card, contact_choice, sentence
from slack_app.command_words import Command, Split, split_status
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.listeners.calls import WORDS_LIMIT, Call, found, nothing_found
from slack_app.listeners.status_form import not_opened, open_form
from slack_app.mrkdwn import literal
from slack_app.views import ContactCard, StatusChoice


def status_command(call: Call, command: Command) -> Message:
    split = split_status(command, call.backend.read_status)
    cards = found(call, split.contact)
    if not cards and split.status is None and len(command.words) > 1:
        # The last word may be a status that there is not.
        shorter = found(call, " ".join(command.words[:-1]))
        if shorter:
            cards, split = shorter, Split(" ".join(command.words[:-1]), command.words[-1])
    if not cards:
        return nothing_found(call, split.contact)
    value = call.backend.read_status(split.status) if split.status else None
    if split.status and value is None:
        return _unknown_status(call, cards[0] if len(cards) == 1 else None, split.status)
    if len(cards) > 1:
        return contact_choice(cards, split.contact, f"status {value or ''}".rstrip(), 0, call.say)
    if value is None:
        return contact_card(cards[0], call.say)
    return _change(call, cards[0], value)


def _change(call: Call, card: ContactCard, value: str) -> Message:
    """Write the status at once, unless there is something to ask: then the form asks, as it does behind the button."""
    choices = call.backend.status_choices(call.visitor, card.contact_id)
    if _asks(choices, value):
        return _open(call, card, value, choices)
    change = StatusChange(value, card.status)
    call.carry_out(lambda: call.backend.change_status(call.visitor, card.contact_id, change, call.trigger_id))
    return sentence(call.say.mrkdwn("command.writing", name=cut(card.name, WORDS_LIMIT)))


def _asks(choices: Sequence[StatusChoice], value: str) -> bool:
    return any(choice.asks for choice in choices if choice.value == value)


def _open(call: Call, card: ContactCard, value: str, choices: Sequence[StatusChoice]) -> Message:
    opened = open_form(
        call.client,
        call.backend,
        call.visitor,
        call.trigger_id,
        contact_id=card.contact_id,
        chosen=value,
        known=choices,
    )
    if not opened:
        return not_opened(f"{card.contact_id} {value}", call.say)
    return sentence(call.say.mrkdwn("command.asks_in_form", name=cut(card.name, WORDS_LIMIT)))


def _unknown_status(call: Call, card: ContactCard | None, words: str) -> Message:
    shown = cut(words, WORDS_LIMIT)
    choices = call.backend.status_choices(call.visitor, card.contact_id) if card else ()
    if not choices:
        return sentence(call.say.mrkdwn("command.unknown_status_no_choice", words=shown))
    labels = call.say.plain("names.separator").join(choice.label for choice in choices)
    return sentence(call.say.mrkdwn("command.unknown_status", words=shown, choices=literal(labels)))
