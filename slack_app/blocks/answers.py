"""What a command answers: a contact, a choice between contacts, a page of findings."""

from __future__ import annotations

from collections.abc import Sequence

from slack_app.blocks.elements import Block, actions, button, context, section, url_button
from slack_app.blocks.finding import finding_row
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn, link
from slack_app.texts.catalogue import Catalogue
from slack_app.views import ContactCard, FindingLine

PAGE_SIZE = 10
_NAME_LIMIT = 60
_VALUE_LIMIT = 1_900


def sentence(text: Mrkdwn) -> Message:
    return Message(text, [section(text)])


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


def contact_choice(cards: Sequence[ContactCard], words: str, then: str, say: Catalogue) -> Message:
    """Which of several contacts is meant. `then` is what goes on with the chosen one (see `command_words`)."""
    # The backend gives no more than a page: a full one may not be all there are.
    key = "command.choose" if len(cards) < PAGE_SIZE else "command.choose_more"
    question = say.mrkdwn(key, words=cut(words, _NAME_LIMIT), count=len(cards))
    blocks: list[Block] = [section(question)]
    for card in cards[:PAGE_SIZE]:
        value = cut(f"{card.contact_id} {then}".rstrip(), _VALUE_LIMIT)
        choose = button("choose_contact", say.plain("button.choose"), value)
        blocks.append(section(_choice_words(card, say), f"contacts:{card.contact_id}", choose))
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
