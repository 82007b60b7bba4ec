"""Every message that the service sends by itself, by its kind."""

from __future__ import annotations

from slack_app.blocks.digest import digest
from slack_app.blocks.escalation import escalation
from slack_app.blocks.leak_check import leak_check, leak_free, team_list
from slack_app.blocks.nudge import nudge
from slack_app.courier import Message
from slack_app.views import MessageKind, MessageView


def message(view: MessageView) -> Message:
    match view.kind:
        case MessageKind.DIGEST | MessageKind.LATER | MessageKind.FALLBACK:
            return digest(view)
        case MessageKind.LEAK_CHECK:
            return leak_check(view)
        case MessageKind.TEAM:
            return team_list(view)
        case MessageKind.MANAGER:
            return escalation(view)
        case MessageKind.NUDGE:
            return nudge(view)
        case MessageKind.LEAK_FREE:
            return leak_free(view)
