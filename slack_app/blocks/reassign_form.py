"""The form that asks for a contact's new owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from slack_app.blocks.elements import Block, plain_text, question, section, select
from slack_app.blocks.modal import contact_words
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue
from slack_app.views import Choice, ContactCard

CALLBACK_ID = "reassign"
_OWNER = "owner"


def reassign_modal(
    card: ContactCard, owners: Sequence[Choice], say: Catalogue, notice: Mrkdwn | None = None
) -> dict[str, Any]:
    """`notice` says why the first answer was not taken."""
    blocks: list[Block] = [section(notice)] if notice else []
    blocks.append(section(contact_words(card, say)))
    menu = select(_OWNER, say.plain("reassign.placeholder"), owners)
    blocks.append(question(_OWNER, say.plain("reassign.label"), menu))
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain_text(say.plain("reassign.title")),
        "submit": plain_text(say.plain("reassign.submit")),
        "close": plain_text(say.plain("modal.close")),
        "private_metadata": card.contact_id,
        "blocks": blocks,
    }


def read_owner(view: Mapping[str, Any]) -> str:
    """The chosen owner's id; Slack sends no form whose question is open."""
    return view["state"]["values"][_OWNER][_OWNER]["selected_option"]["value"]
