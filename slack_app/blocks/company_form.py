"""The form that takes a change of status over to the other contacts of the company: a ticked box for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_app.blocks.boxes import IN_ONE, boxes, read_boxes
from slack_app.blocks.elements import Block, context, described, plain_text, section
from slack_app.blocks.modal import contact_words
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue
from slack_app.views import CompanyView, ContactCard

CALLBACK_ID = "company_wide"
# A form takes more; nobody reads them.
SHOWN_AT_MOST = 50


def company_modal(view: CompanyView, say: Catalogue) -> dict[str, Any]:
    """Each box carries the status that it shows, which the contact must still have."""
    shown = len(view.others)
    blocks: list[Block] = [section(contact_words(view.card, say)), section(_head(view, say))]
    for first in range(0, shown, IN_ONE):
        some = view.others[first : first + IN_ONE]
        options = [_option(card, say) for card in some]
        label = say.plain("company.boxes_alone")
        if shown > IN_ONE:
            label = say.plain("company.boxes", first=first + 1, last=first + len(some), count=view.count)
        blocks.append(boxes(f"others:{first}", label, options, {one["value"] for one in options}))
    if view.count > shown:
        blocks.append(context(say.mrkdwn("company.more", count=view.count - shown)))
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain_text(say.plain("company.title")),
        "submit": plain_text(say.plain("modal.submit")),
        "close": plain_text(say.plain("modal.close")),
        "private_metadata": str(view.plan_id),
        "blocks": blocks,
    }


def read_company(view: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
    """The plan of the first change, and by contact the status that was shown of whoever stayed ticked."""
    _, ticked = read_boxes(view)
    pairs = (value.partition(" ") for value in ticked)
    return int(view["private_metadata"]), {contact_id: status for contact_id, _, status in pairs}


def _head(view: CompanyView, say: Catalogue) -> Mrkdwn:
    status = cut(view.status_label, 60)
    if not view.reasons:
        return say.mrkdwn("company.head", status=status, count=view.count)
    reasons = say.plain("names.separator").join(cut(one, 60) for one in view.reasons)
    return say.mrkdwn("company.head_reasons", status=status, reasons=reasons, count=view.count)


def _option(card: ContactCard, say: Catalogue) -> Block:
    owner = cut(card.owner_name, 40) if card.owner_name else say.plain("card.no_owner")
    what = say.plain("company.line", status=cut(card.status_label, 30), owner=owner)
    return described(card.name, what, f"{card.contact_id} {card.status}")
