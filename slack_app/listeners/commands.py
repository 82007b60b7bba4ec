"""`/lead`: which words lead to which command."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Backend
from slack_app.blocks.answers import contact_card, contact_choice, finding_page, sentence
from slack_app.blocks.proposals import proposal_page
from slack_app.command_words import Command, UnknownCommand, read_command, read_scope, split_status
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp
from slack_app.listeners.calls import WORDS_LIMIT, Call, finding_number, found, nothing_found
from slack_app.listeners.contact_findings import acknowledge_contact, snooze_contact
from slack_app.listeners.doctor import doctor_command
from slack_app.listeners.plan_review import review_command
from slack_app.listeners.reasons import why_message
from slack_app.listeners.status_command import status_command
from slack_app.manifest import COMMAND
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.until_words import read_until


def register(app: BoltApp, backend: Backend) -> None:
    def lead(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
        visitor = backend.visitor(body["user_id"])

        def later(run: Callable[[], None], tell_failure: Callable[[], None]) -> None:
            after_ack(context, run, tell_failure)

        say = catalogue(visitor.language)
        call = Call(backend, client, visitor, say, body["trigger_id"], body["response_url"], later)
        answer = _answer(call, read_command(body.get("text", "")))
        ack(text=answer.text, blocks=[dict(block) for block in answer.blocks], response_type="ephemeral")

    app.command(COMMAND)(lead)


def _answer(call: Call, command: Command | UnknownCommand) -> Message:
    """What to say at once."""
    if isinstance(command, UnknownCommand):
        return _unknown_command(command, call.say)
    if command.verb == "help":
        return sentence(call.say.mrkdwn("command.help"))
    if call.visitor.owner_id is None:
        return sentence(call.say.mrkdwn("visitor.unknown"))
    if not command.words and command.verb in _ABOUT_A_CONTACT:
        return sentence(call.say.mrkdwn("command.missing_contact", command=command.verb))
    return _COMMANDS[command.verb](call, command)


def _unknown_command(command: UnknownCommand, say: Catalogue) -> Message:
    word = cut(command.word, WORDS_LIMIT)
    if command.nearest:
        return sentence(say.mrkdwn("command.did_you_mean", word=word, nearest=command.nearest))
    return sentence(say.mrkdwn("command.unknown", word=word))


def _list(call: Call, command: Command) -> Message:
    scope = read_scope(command)
    return finding_page(call.backend.my_findings(call.visitor, scope), scope, 0, call.say)


def _find(call: Call, command: Command) -> Message:
    cards = found(call, command.text)
    if not cards:
        return nothing_found(call, command.text)
    if len(cards) == 1:
        return contact_card(cards[0], call.say)
    return contact_choice(cards, command.text, "", 0, call.say)


def _acknowledge(call: Call, command: Command) -> Message:
    words = command.text
    number = finding_number(call, words)
    if number is not None:
        answer = call.backend.acknowledge(call.visitor, [number], call.trigger_id)
        return sentence(call.say.answer(answer.text, answer.values))
    cards = found(call, words)
    if not cards:
        return nothing_found(call, words)
    if len(cards) > 1:
        return contact_choice(cards, words, "ack", 0, call.say)
    return sentence(acknowledge_contact(call.backend, call.visitor, cards[0].contact_id, call.trigger_id))


def _snooze(call: Call, command: Command) -> Message:
    split = split_status(command, lambda words: words if read_until(words) else None)
    if split.status is None:
        return sentence(call.say.mrkdwn("command.missing_until", words=cut(split.contact, WORDS_LIMIT)))
    number = finding_number(call, split.contact)
    if number is not None:
        answer = call.backend.snooze(call.visitor, [number], split.status, call.trigger_id)
        return sentence(call.say.answer(answer.text, answer.values))
    cards = found(call, split.contact)
    if not cards:
        return nothing_found(call, split.contact)
    if len(cards) > 1:
        return contact_choice(cards, split.contact, f"snooze {split.status}", 0, call.say)
    contact_id = cards[0].contact_id
    return sentence(snooze_contact(call.backend, call.visitor, contact_id, split.status, call.trigger_id))


def _why(call: Call, command: Command) -> Message:
    """By `#` and a finding's number, else by contact."""
    words = command.text
    number = words.removeprefix("#")
    if words.startswith("#") and number.isdecimal():
        contact_id = call.backend.contact_of_finding(call.visitor, int(number))
        return why_message(call.backend, call.visitor, contact_id, words)
    cards = found(call, words)
    if not cards:
        return nothing_found(call, words)
    if len(cards) > 1:
        return contact_choice(cards, words, "why", 0, call.say)
    return why_message(call.backend, call.visitor, cards[0].contact_id, words)


def _undo(call: Call, command: Command) -> Message:
    call.carry_out(lambda: call.backend.undo(call.visitor, command.text or "last", call.trigger_id))
    return sentence(call.say.mrkdwn("command.undoing"))


def _proposals(call: Call, _command: Command) -> Message:
    return proposal_page(call.backend.proposals(call.visitor), 0, call.say)


def _plan(call: Call, _command: Command) -> Message:
    return review_command(call)


def _doctor(call: Call, _command: Command) -> Message:
    return doctor_command(call)


_ABOUT_A_CONTACT = ("status", "ack", "find", "snooze", "why")
_COMMANDS: Mapping[str, Callable[[Call, Command], Message]] = {
    "list": _list,
    "find": _find,
    "status": status_command,
    "ack": _acknowledge,
    "snooze": _snooze,
    "why": _why,
    "undo": _undo,
    "proposals": _proposals,
    "plan": _plan,
    "doctor": _doctor,
}
