"""`/lead`: status, list, ack, snooze, help."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_bolt import Ack

from slack_app.backend import Backend, Visitor
from slack_app.blocks.answers import contact_card, contact_choice, finding_page, sentence
from slack_app.command_words import Command, Split, UnknownCommand, read_command, read_scope, split_status
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.contact_findings import acknowledge_contact, snooze_contact, visible_findings
from slack_app.listeners.replies import reply
from slack_app.manifest import COMMAND
from slack_app.mrkdwn import literal
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.until_words import read_until
from slack_app.views import ContactCard

_WORDS_LIMIT = 80


@dataclasses.dataclass(frozen=True, slots=True)
class _Call:
    """One command as it came in. `later` leaves work for after the answer."""

    backend: Backend
    visitor: Visitor
    say: Catalogue
    trigger_id: str
    response_url: str
    later: Callable[[Callable[[], None], Callable[[], None]], None]


def register(app: BoltApp, backend: Backend) -> None:
    def lead(ack: Ack, body: dict[str, Any], context: dict[str, Any]) -> None:
        visitor = backend.visitor(body["user_id"])

        def later(run: Callable[[], None], tell_failure: Callable[[], None]) -> None:
            after_ack(context, run, tell_failure)

        say = catalogue(visitor.language)
        call = _Call(backend, visitor, say, body["trigger_id"], body["response_url"], later)
        answer = _answer(call, read_command(body.get("text", "")))
        ack(text=answer.text, blocks=[dict(block) for block in answer.blocks], response_type="ephemeral")

    app.command(COMMAND)(lead)


def _answer(call: _Call, command: Command | UnknownCommand) -> Message:
    """What to say at once."""
    if isinstance(command, UnknownCommand):
        return _unknown_command(command, call.say)
    if command.verb == "help":
        return sentence(call.say.mrkdwn("command.help"))
    if call.visitor.owner_id is None:
        return sentence(call.say.mrkdwn("visitor.unknown"))
    if command.verb == "list":
        scope = read_scope(command)
        return finding_page(call.backend.my_findings(call.visitor, scope), scope, 0, call.say)
    if not command.words:
        return sentence(call.say.mrkdwn("command.missing_contact", command=command.verb))
    return _ABOUT_CONTACTS[command.verb](call, command)


def _unknown_command(command: UnknownCommand, say: Catalogue) -> Message:
    word = cut(command.word, _WORDS_LIMIT)
    if command.nearest:
        return sentence(say.mrkdwn("command.did_you_mean", word=word, nearest=command.nearest))
    return sentence(say.mrkdwn("command.unknown", word=word))


def _acknowledge(call: _Call, command: Command) -> Message:
    words = command.text
    number = _finding_number(call, words)
    if number is not None:
        answer = call.backend.acknowledge(call.visitor, [number], call.trigger_id)
        return sentence(call.say.answer(answer.text, answer.values))
    cards = _found(call, words)
    if not cards:
        return _nothing_found(call, words)
    if len(cards) > 1:
        return contact_choice(cards, words, "ack", call.say)
    return sentence(acknowledge_contact(call.backend, call.visitor, cards[0].contact_id, call.trigger_id))


def _finding_number(call: _Call, words: str) -> int | None:
    """By `#` and a finding's number, else by contact; a bare number may be either, and a contact's id goes first."""
    number = words.removeprefix("#")
    if not number.isdecimal():
        return None
    if words.startswith("#"):
        return int(number)
    lines = visible_findings(call.backend, call.visitor)
    is_contact = any(line.contact_id == number for line in lines)
    return int(number) if not is_contact and any(line.finding_id == int(number) for line in lines) else None


def _snooze(call: _Call, command: Command) -> Message:
    split = split_status(command, lambda words: words if read_until(words) else None)
    if split.status is None:
        return sentence(call.say.mrkdwn("command.missing_until", words=cut(split.contact, _WORDS_LIMIT)))
    number = _finding_number(call, split.contact)
    if number is not None:
        answer = call.backend.snooze(call.visitor, [number], split.status, call.trigger_id)
        return sentence(call.say.answer(answer.text, answer.values))
    cards = _found(call, split.contact)
    if not cards:
        return _nothing_found(call, split.contact)
    if len(cards) > 1:
        return contact_choice(cards, split.contact, f"snooze {split.status}", call.say)
    contact_id = cards[0].contact_id
    return sentence(snooze_contact(call.backend, call.visitor, contact_id, split.status, call.trigger_id))


def _status(call: _Call, command: Command) -> Message:
    split = split_status(command, call.backend.read_status)
    cards = _found(call, split.contact)
    if not cards and split.status is None and len(command.words) > 1:
        # The last word may be a status that there is not.
        shorter = _found(call, " ".join(command.words[:-1]))
        if shorter:
            cards, split = shorter, Split(" ".join(command.words[:-1]), command.words[-1])
    if not cards:
        return _nothing_found(call, split.contact)
    value = call.backend.read_status(split.status) if split.status else None
    if split.status and value is None:
        return _unknown_status(call, cards, split.status)
    if len(cards) > 1:
        return contact_choice(cards, split.contact, f"status {value or ''}", call.say)
    if value is None:
        return contact_card(cards[0], call.say)
    return _change(call, cards[0], value)


def _change(call: _Call, card: ContactCard, value: str) -> Message:
    """Write the status at once: who types a command knows what to say. The form is the place that asks for reasons."""

    def write() -> None:
        answer = call.backend.change_status(call.visitor, card.contact_id, value, {}, call.trigger_id)
        reply(call.response_url, sentence(call.say.answer(answer.text, answer.values)))

    def tell_failure() -> None:
        reply(call.response_url, sentence(call.say.mrkdwn("modal.failed")))

    call.later(write, tell_failure)
    return sentence(call.say.mrkdwn("command.writing", name=cut(card.name, _WORDS_LIMIT)))


def _found(call: _Call, words: str) -> Sequence[ContactCard]:
    """The contacts meant; one alone where the words are its id or mail address."""
    cards = call.backend.find_contacts(call.visitor, words)
    exact = [card for card in cards if words.casefold() in {card.contact_id, (card.email or "").casefold()}]
    return exact[:1] or cards


def _nothing_found(call: _Call, words: str) -> Message:
    return sentence(call.say.mrkdwn("command.nothing_found", words=cut(words, _WORDS_LIMIT)))


def _unknown_status(call: _Call, cards: Sequence[ContactCard], words: str) -> Message:
    shown = cut(words, _WORDS_LIMIT)
    choices = call.backend.status_choices(call.visitor, cards[0].contact_id) if len(cards) == 1 else ()
    if not choices:
        return sentence(call.say.mrkdwn("command.unknown_status_no_choice", words=shown))
    labels = call.say.plain("names.separator").join(choice.label for choice in choices)
    return sentence(call.say.mrkdwn("command.unknown_status", words=shown, choices=literal(labels)))


_ABOUT_CONTACTS: Mapping[str, Callable[[_Call, Command], Message]] = {
    "ack": _acknowledge,
    "snooze": _snooze,
    "status": _status,
}
