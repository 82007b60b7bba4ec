"""What waits for somebody's approval, each with the button that opens it: in a message of its own, or within a list."""

from __future__ import annotations

from slack_app.blocks.elements import Block, button, context, section
from slack_app.courier import Message
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.texts.dates import day_words
from slack_app.views import Approvals, ApprovalsView

OPEN_PLAN, OPEN_PROPOSALS = "open_plan", "open_proposals"
_LABELS = {OPEN_PLAN: "button.open_plan", OPEN_PROPOSALS: "button.open_proposals"}


def approvals(view: ApprovalsView) -> Message:
    say = catalogue(view.language)
    if view.superseded or not view.approvals:
        key = "approvals.superseded" if view.superseded else "approvals.done"
        sentence = say.mrkdwn(key, day=day_words(view.day, view.language))
        return Message(sentence, [context(sentence)])
    return Message(Mrkdwn("\n".join(_texts(view.approvals, say).values())), approval_blocks(view.approvals, say))


def approval_blocks(waiting: Approvals, say: Catalogue) -> list[Block]:
    """Nothing where nothing waits."""
    return [
        section(text, accessory=button(action_id, say.plain(_LABELS[action_id]), action_id))
        for action_id, text in _texts(waiting, say).items()
    ]


def _texts(waiting: Approvals, say: Catalogue) -> dict[str, Mrkdwn]:
    """By the button that opens it."""
    texts: dict[str, Mrkdwn] = {}
    if waiting.changes:
        texts[OPEN_PLAN] = say.mrkdwn("approvals.changes", count=waiting.changes, rules=waiting.rules)
    if waiting.proposals:
        texts[OPEN_PROPOSALS] = say.mrkdwn("approvals.proposals", count=waiting.proposals)
    return texts
