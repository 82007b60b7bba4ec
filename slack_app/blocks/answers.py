"""What a command answers: a contact, a choice between contacts, a page of findings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from slack_app.backend import Answer
from slack_app.blocks.elements import Block, actions, button, context, section, url_button
from slack_app.blocks.finding import finding_row
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn, link
from slack_app.texts.catalogue import Catalogue
from slack_app.views import ContactCard, FindingLine

PAGE_SIZE = 10
# As many as a person looks through before they type more of the name.
FOUND_AT_MOST = 50
_NAME_LIMIT = 60
_OFFERS: Mapping[str, str] = {
    "undo": "button.undo",
    "undismiss": "button.undismiss",
    "write_anyway": "button.write_anyway",
    "leave_it": "button.leave_it",
    "try_again": "button.try_again",
    "change_status": "button.change_status",
    "company_wide": "button.company_wide",
}
_VALUE_LIMIT = 1_900


def sentence(text: Mrkdwn) -> Message:
    return Message(text, [section(text)])


def answered(answer: Answer, say: Catalogue) -> Message:
    """What came of an act, with the buttons to go on."""
    text = say.answer(answer.text, answer.values)
    blocks: list[Block] = [section(text)]
    if answer.offers:
        offered = [button(one.act, say.plain(_OFFERS[one.act], count=one.count), one.value) for one in answer.offers]
        blocks.append(actions("offers", offered))
    return Message(text, blocks)


def contact_card(card: ContactCard, say: Catalogue) -> Message:
    """One contact with its status and owner, and the buttons to go on."""
    name = link(card.url, cut(card.name, _NAME_LIMIT))
    status = _status(card, say)
    if card.company:
        who = say.mrkdwn("card.name", name=name, company=cut(card.company, _NAME_LIMIT))
    else:
        who = say.mrkdwn("card.name_alone", name=name)
    owner = cut(card.owner_name, _NAME_LIMIT) if card.owner_name else say.plain("card.no_owner")
    lines = [who, say.mrkdwn("card.status", status=status), say.mrkdwn("card.owner", owner=owner)]
    block_id = f"contacts:{card.contact_id}"
    buttons = [
        button("change_status", say.plain("button.change_status"), card.contact_id),
        url_button("open_crm", say.plain("button.open_crm"), card.url),
    ]
    text = say.mrkdwn("card.text", name=cut(card.name, _NAME_LIMIT), status=status)
    return Message(text, [section(Mrkdwn("\n".join(lines)), block_id), actions(f"{block_id}:actions", buttons)])


def contact_choice(cards: Sequence[ContactCard], words: str, then: str, first: int, say: Catalogue) -> Message:
    """Which of several contacts is meant, ten from the `first` on. `then` is what goes on with the chosen one (see
    `command_words`).
    """
    # The backend gives no more than so many: a full list may not be all there are.
    key = "command.choose" if len(cards) < FOUND_AT_MOST else "command.choose_more"
    question = say.mrkdwn(key, words=cut(words, _NAME_LIMIT), count=len(cards))
    blocks: list[Block] = [section(question)]
    page = cards[first : first + PAGE_SIZE]
    for card in page:
        value = cut(f"{card.contact_id} {then}".rstrip(), _VALUE_LIMIT)
        choose = button("choose_contact", say.plain("button.choose"), value)
        blocks.append(section(_choice_words(card, say), f"contacts:{card.contact_id}", choose))
    if len(cards) > PAGE_SIZE:
        blocks.append(context(say.mrkdwn("list.range", first=first + 1, last=first + len(page), count=len(cards))))
    following = min(PAGE_SIZE, len(cards) - first - len(page))
    if following > 0:
        value = json.dumps([first + len(page), then, cut(words, _NAME_LIMIT)], ensure_ascii=False)
        blocks.append(actions("next", [button("next_contacts", say.plain("button.next", count=following), value)]))
    return Message(question, blocks)


def finding_page(lines: Sequence[FindingLine], scope: str, first: int, say: Catalogue) -> Message:
    """Ten findings from the `first` on (counted from 0), and a button for those after them."""
    page = lines[first : first + PAGE_SIZE]
    if not page:
        return sentence(say.mrkdwn(f"list.empty_{scope}"))
    title = say.mrkdwn(f"list.header_{scope}", count=len(lines))
    blocks = [section(title), *(finding_row(line, say) for line in page)]
    last = first + len(page)
    if len(lines) > PAGE_SIZE:
        blocks.append(context(say.mrkdwn("list.range", first=first + 1, last=last, count=len(lines))))
    if last < len(lines):
        following = min(PAGE_SIZE, len(lines) - last)
        next_page = button("next_page", say.plain("button.next", count=following), f"{scope} {last}")
        blocks.append(actions("next", [next_page]))
    return Message(title, blocks)


def _choice_words(card: ContactCard, say: Catalogue) -> Mrkdwn:
    name = link(card.url, cut(card.name, _NAME_LIMIT))
    if card.company:
        company = cut(card.company, _NAME_LIMIT)
        return say.mrkdwn("command.choice", name=name, company=company, status=_status(card, say))
    return say.mrkdwn("command.choice_alone", name=name, status=_status(card, say))


def _status(card: ContactCard, say: Catalogue) -> str:
    return cut(card.status_label, _NAME_LIMIT) or say.plain("finding.no_status")
