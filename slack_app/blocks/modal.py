"""The form that changes a contact's status: asking, while it is written, and what came of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from slack_app.blocks.elements import Block, context, plain_text, question, section, select, text_field
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn, link, literal
from slack_app.texts.catalogue import Catalogue
from slack_app.views import Choice, ContactCard, StatusChoice

CALLBACK_ID = "change_status"
STATUS_BLOCK = "status"
STATUS_ACTION = "choose_status"
REASON_BLOCK = "reason:"
REASON_ACTION = "choose_reason"
NOTE_BLOCK = "note:"
NOTE_ACTION = "write_note"
_NOTES: Mapping[str, tuple[str, str]] = {
    "unmet": ("modal.why_unmet", "modal.note_unmet"),
    "override": ("modal.why_override", "modal.note_override"),
}

View = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class StatusForm:
    """What the person has chosen so far, and the status that the form showed them; `reasons` by property."""

    contact_id: str
    seen: str | None
    status: str | None
    reasons: Mapping[str, str]
    note: str = ""


def status_modal(
    card: ContactCard,
    choices: Sequence[StatusChoice],
    chosen: str | None,
    say: Catalogue,
    notice: Mrkdwn | None = None,
) -> View:
    """Asks for the status and for the reasons that the chosen one needs. `notice` stands above everything."""
    blocks: list[Block] = [section(notice)] if notice else []
    blocks.append(section(Mrkdwn(f"{contact_words(card, say)}\n{_current(card, say)}")))
    options = [Choice(each.value, each.label) for each in choices]
    menu = select(STATUS_ACTION, say.plain("modal.status_placeholder"), options, chosen)
    blocks.append(question(STATUS_BLOCK, say.plain("modal.status_label"), menu, dispatch=True))
    for each in choices:
        if each.value == chosen:
            blocks += [*_reason_questions(each, say), *_note_question(each, say)]
    return {
        **_frame(say, "modal.title"),
        "callback_id": CALLBACK_ID,
        "submit": plain_text(say.plain("modal.submit")),
        "private_metadata": json.dumps({"contact": card.contact_id, "seen": card.status}),
        "blocks": blocks,
    }


def notice_modal(text: Mrkdwn, say: Catalogue) -> View:
    """A form that has nothing (more) to ask."""
    return {**_frame(say), "blocks": [section(text)]}


def message_modal(message: Message, say: Catalogue) -> View:
    """An answer with its buttons, in a window."""
    return {**_frame(say), "blocks": list(message.blocks)}


def read_form(view: Mapping[str, Any]) -> StatusForm:
    """What a submitted or half-filled form says."""
    about = json.loads(view["private_metadata"])
    answers: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    chosen = answers.get(STATUS_BLOCK, {}).get(STATUS_ACTION, {}).get("selected_option")
    reasons: dict[str, str] = {}
    for block_id, answer in answers.items():
        option = answer.get(REASON_ACTION, {}).get("selected_option")
        # The status is part of the block's id, so that Slack does not carry an answer over to another question.
        _, _, name = block_id.removeprefix(REASON_BLOCK).partition(":")
        if block_id.startswith(REASON_BLOCK) and option:
            reasons[name] = option["value"]
    notes = [answer.get(NOTE_ACTION, {}).get("value") for answer in answers.values()]
    note = next((words.strip() for words in notes if words), "")
    return StatusForm(about["contact"], about["seen"], chosen["value"] if chosen else None, reasons, note)


def contact_words(card: ContactCard, say: Catalogue) -> Mrkdwn:
    name = link(card.url, cut(card.name, 60))
    if card.company:
        return say.mrkdwn("modal.who", name=name, company=cut(card.company, 60))
    return say.mrkdwn("modal.who_alone", name=name)


def _current(card: ContactCard, say: Catalogue) -> Mrkdwn:
    return say.mrkdwn("modal.current", status=cut(card.status_label, 60) or say.plain("finding.no_status"))


def _reason_questions(choice: StatusChoice, say: Catalogue) -> list[Block]:
    return [
        question(
            f"{REASON_BLOCK}{choice.value}:{each.property}",
            each.label,
            select(REASON_ACTION, say.plain("modal.reason_placeholder"), each.options),
        )
        for each in choice.reasons
        if each.options
    ]


def _note_question(choice: StatusChoice, say: Catalogue) -> list[Block]:
    """Why words are asked for, and where they go."""
    if not choice.note:
        return []
    why, asked = _NOTES[choice.note]
    field = text_field(NOTE_ACTION, say.plain("modal.note_placeholder"))
    return [
        section(say.mrkdwn(why)),
        *([section(_each(choice.needs))] if choice.needs else []),
        question(f"{NOTE_BLOCK}{choice.value}", say.plain(asked), field),
    ]


def _each(needs: Sequence[str]) -> Mrkdwn:
    return Mrkdwn("\n".join(f"• {literal(cut(one, 300))}" for one in needs))


def _frame(say: Catalogue, title_key: str = "modal.answer_title") -> View:
    """Answers come to many forms, so they have a title of their own."""
    title, close = plain_text(say.plain(title_key)), plain_text(say.plain("modal.close"))
    return {"type": "modal", "title": title, "close": close}


def writing_modal(say: Catalogue) -> View:
    """Shown while the CRM is being written to."""
    return {**_frame(say), "blocks": [context(say.mrkdwn("modal.writing"))]}
