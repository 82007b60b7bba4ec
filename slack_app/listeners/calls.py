"""One `/lead` command as it came in, and how its contact is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from slack_sdk import WebClient

from slack_app.backend import Answer, Backend, Visitor
from slack_app.blocks.answers import answered, sentence
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.listeners.contact_findings import visible_findings
from slack_app.listeners.replies import reply
from slack_app.texts.catalogue import Catalogue
from slack_app.views import ContactCard

WORDS_LIMIT = 80


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """`later` leaves work for after the answer."""

    backend: Backend
    client: WebClient
    visitor: Visitor
    say: Catalogue
    trigger_id: str
    response_url: str
    later: Callable[[Callable[[], None], Callable[[], None]], None]

    def carry_out(self, act: Callable[[], Answer]) -> None:
        """An act that takes as long as the CRM takes; its answer follows the first one."""

        def run() -> None:
            reply(self.response_url, answered(act(), self.say))

        def tell_failure() -> None:
            reply(self.response_url, sentence(self.say.mrkdwn("modal.failed")))

        self.later(run, tell_failure)


def found(call: Call, words: str) -> Sequence[ContactCard]:
    """The contacts meant; one alone where the words are its id or mail address."""
    cards = call.backend.find_contacts(call.visitor, words)
    exact = [card for card in cards if words.casefold() in {card.contact_id, (card.email or "").casefold()}]
    return exact[:1] or cards


def nothing_found(call: Call, words: str) -> Message:
    return sentence(call.say.mrkdwn("command.nothing_found", words=cut(words, WORDS_LIMIT)))


def finding_number(call: Call, words: str) -> int | None:
    """By `#` and a finding's number, else by contact; a bare number may be either, and a contact's id goes first."""
    number = words.removeprefix("#")
    if not number.isdecimal():
        return None
    if words.startswith("#"):
        return int(number)
    if visible_findings(call.backend, call.visitor, number):
        return None
    known = any(line.finding_id == int(number) for line in visible_findings(call.backend, call.visitor))
    return int(number) if known else None
