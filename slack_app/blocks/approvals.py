"""What waits for somebody's approval, each with the button that opens it: in a message of its own, or within a list."""

from __future__ import annotations

from slack_app.blocks.elements import Block, button, context, section
from slack_app.courier import Message
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.texts.dates import day_words
from slack_app.views import Approvals, ApprovalsView

OPEN_PLAN = "open_plan"


def approvals(view: ApprovalsView) -> Message:
    say = catalogue(view.language)
    if view.superseded or not view.approvals:
        key = "approvals.superseded" if view.superseded else "approvals.done"
        sentence = say.mrkdwn(key, day=day_words(view.day, view.language))
        return Message(sentence, [context(sentence)])
    return Message(Mrkdwn("\n".join(_texts(view.approvals, say))), approval_blocks(view.approvals, say))


def approval_blocks(waiting: Approvals, say: Catalogue) -> list[Block]:
    """Nothing where nothing waits."""
    return [
        section(text, accessory=button(OPEN_PLAN, say.plain("button.open_plan"), "plan"))
        for text in _texts(waiting, say)
    ]


def _texts(waiting: Approvals, say: Catalogue) -> list[Mrkdwn]:
    return [say.mrkdwn("approvals.changes", count=waiting.changes, rules=waiting.rules)] if waiting.changes else []
