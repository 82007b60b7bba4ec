"""Buttons and menus of messages, answers and the Home tab."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from slack_app.backend import Answer, Backend, Visitor
from slack_app.blocks.answers import answered, contact_card, contact_choice, finding_page, sentence
from slack_app.blocks.finding import A_DATE, read_seen
from slack_app.courier import Message
from slack_app.listeners.after_ack import after_ack
from slack_app.listeners.bolt_app import BoltApp, Listener
from slack_app.listeners.clicks import Click, read_click
from slack_app.listeners.company_form import open_company_form
from slack_app.listeners.contact_findings import acknowledge_contact, snooze_contact
from slack_app.listeners.dismiss_form import open_dismiss_form
from slack_app.listeners.reasons import why_message
from slack_app.listeners.reassign_form import open_reassign_form
from slack_app.listeners.replies import reply, reply_to_click
from slack_app.listeners.snooze_form import open_snooze_form
from slack_app.listeners.status_form import not_opened, open_form
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue, catalogue


@dataclasses.dataclass(frozen=True, slots=True)
class _Press:
    """One click and what is needed to answer it."""

    backend: Backend
    client: WebClient
    context: dict[str, Any]
    click: Click
    visitor: Visitor
    say: Catalogue

    def tell(self, text: Mrkdwn) -> None:
        self._later(lambda: self._reply(sentence(text)))

    def carry_out(self, act: Callable[[], Answer]) -> None:
        """An act that takes as long as the CRM takes; its answer stands where the button stood."""
        self._later(
            lambda: self._reply(answered(act(), self.say), replace=True),
            lambda: self._reply(sentence(self.say.mrkdwn("modal.failed"))),
        )

    def _reply(self, message: Message, *, replace: bool = False) -> None:
        reply_to_click(self.client, self.backend, self.click, self.visitor, message, replace=replace)

    def show(self, message: Message, *, replace: bool) -> None:
        """Only messages have an address to answer to; in views these buttons do not stand."""
        url = self.click.response_url
        if url is not None:
            self._later(lambda: reply(url, message, replace=replace))

    def _later(self, run: Callable[[], None], tell_failure: Callable[[], None] = lambda: None) -> None:
        # Where an answer fails, a second one would, too.
        after_ack(self.context, run, tell_failure)


def register(app: BoltApp, backend: Backend) -> None:
    def listener(act: Callable[[_Press, str], None]) -> Listener:
        def pressed(ack: Ack, body: dict[str, Any], context: dict[str, Any], client: WebClient) -> None:
            click = read_click(body)
            visitor = backend.visitor(click.user_id)
            act(_Press(backend, client, context, click, visitor, catalogue(visitor.language)), click.value)
            ack()

        return pressed

    for action_id, act in _ACTS.items():
        app.action(action_id)(listener(act))
    app.action("finding_menu")(listener(_choose_from_menu))


def _acknowledge(press: _Press, value: str) -> None:
    ids = [int(each) for each in value.split(",")]
    answer = press.backend.acknowledge(press.visitor, ids, press.click.act_id)
    press.tell(press.say.answer(answer.text, answer.values))


def _snooze(press: _Press, value: str) -> None:
    """The value is the time and the finding; in place of a time it may ask for the form."""
    until, _, shown = value.rpartition(" ")
    if until == A_DATE:
        if not open_snooze_form(press.client, press.click.trigger_id, shown, press.say):
            press.tell(press.say.mrkdwn("modal.not_opened"))
        return
    finding_id, seen = read_seen(shown)
    answer = press.backend.snooze(press.visitor, [finding_id], until, press.click.act_id, seen)
    press.tell(press.say.answer(answer.text, answer.values))


def _unsnooze(press: _Press, value: str) -> None:
    finding_id, seen = read_seen(value)
    answer = press.backend.unsnooze(press.visitor, [finding_id], press.click.act_id, seen)
    press.tell(press.say.answer(answer.text, answer.values))


def _dismiss(press: _Press, value: str) -> None:
    if not open_dismiss_form(press.client, press.click.trigger_id, value, press.say):
        press.tell(press.say.mrkdwn("modal.not_opened"))


def _undismiss(press: _Press, value: str) -> None:
    finding_id, seen = read_seen(value)
    press.carry_out(lambda: press.backend.undismiss(press.visitor, [finding_id], press.click.act_id, seen))


def _nudge(press: _Press, value: str) -> None:
    finding_id, seen = read_seen(value)
    answer = press.backend.nudge(press.visitor, [finding_id], press.click.act_id, seen)
    press.tell(press.say.answer(answer.text, answer.values))


def _reassign(press: _Press, value: str) -> None:
    if not open_reassign_form(press.client, press.backend, press.visitor, press.click.trigger_id, value):
        press.tell(press.say.mrkdwn("modal.not_opened"))


def _change_status(press: _Press, value: str) -> None:
    """The value is the contact and, where the rule suggests one, the status."""
    contact_id, _, suggestion = value.partition(" ")
    trigger = press.click.trigger_id
    if not open_form(press.client, press.backend, press.visitor, trigger, contact_id=contact_id, chosen=suggestion):
        press.show(not_opened(value, press.say), replace=False)


def _open_crm(press: _Press, value: str) -> None:
    """The browser opens the address by itself; Slack tells us all the same."""


def _undo(press: _Press, value: str) -> None:
    press.carry_out(lambda: press.backend.undo(press.visitor, value, press.click.act_id))


def _repeat_change(press: _Press, value: str) -> None:
    """Both after a conflict ("write mine anyway") and after the CRM's refusal ("try again")."""
    press.carry_out(lambda: press.backend.repeat_change(press.visitor, int(value), press.click.act_id))


def _company_wide(press: _Press, value: str) -> None:
    refusal = open_company_form(press.client, press.backend, press.visitor, press.click, int(value))
    if refusal is not None:
        press.tell(refusal)


def _leave_it(press: _Press, _value: str) -> None:
    press.carry_out(lambda: Answer(True, "answer.left_alone"))


def _choose_contact(press: _Press, value: str) -> None:
    """Go on with the contact that was meant, as the button's value says."""
    contact_id, then, status = (*value.split(" ", 2), "", "")[:3]
    if then == "ack":
        press.tell(acknowledge_contact(press.backend, press.visitor, contact_id, press.click.act_id))
    elif then == "snooze":
        press.tell(snooze_contact(press.backend, press.visitor, contact_id, status, press.click.act_id))
    elif then == "why":
        press.show(why_message(press.backend, press.visitor, contact_id, contact_id), replace=True)
    elif status:
        _change_status(press, f"{contact_id} {status}")
    else:
        card = press.backend.contact(press.visitor, contact_id)
        gone = sentence(press.say.mrkdwn("answer.contact_gone"))
        press.show(contact_card(card, press.say) if card else gone, replace=True)


def _next_contacts(press: _Press, value: str) -> None:
    first, then, words = json.loads(value)
    cards = press.backend.find_contacts(press.visitor, words)
    press.show(contact_choice(cards, words, then, first, press.say), replace=True)


def _next_page(press: _Press, value: str) -> None:
    scope, first = value.split(" ")
    lines = press.backend.my_findings(press.visitor, scope)
    press.show(finding_page(lines, scope, int(first), press.say), replace=True)


_ACTS: Mapping[str, Callable[[_Press, str], None]] = {
    "acknowledge": _acknowledge,
    "snooze": _snooze,
    "unsnooze": _unsnooze,
    "dismiss": _dismiss,
    "undismiss": _undismiss,
    "nudge": _nudge,
    "reassign": _reassign,
    "change_status": _change_status,
    "open_crm": _open_crm,
    "choose_contact": _choose_contact,
    "next_contacts": _next_contacts,
    "next_page": _next_page,
    "undo": _undo,
    "write_anyway": _repeat_change,
    "try_again": _repeat_change,
    "leave_it": _leave_it,
    "company_wide": _company_wide,
}


def _choose_from_menu(press: _Press, value: str) -> None:
    """The same acts, chosen from a row's menu."""
    verb, _, rest = value.partition(" ")
    _ACTS[verb](press, rest)
