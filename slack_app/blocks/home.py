"""The Home tab: what is waiting for the person who opens it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_app.blocks.elements import Block, context, divider, header, section
from slack_app.blocks.finding import finding_row
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue
from slack_app.views import FindingLine

_SHOWN = 20


def home(lines: Sequence[FindingLine], say: Catalogue, notice: Mrkdwn | None = None) -> dict[str, Any]:
    """`notice` tells what the last click did."""
    blocks: list[Block] = [section(notice), divider()] if notice else []
    if lines:
        blocks.append(header(say.plain("home.header", count=len(lines))))
        blocks.append(section(say.mrkdwn("home.intro")))
    else:
        blocks.append(header(say.plain("home.empty_header")))
        blocks.append(section(say.mrkdwn("home.empty")))
    blocks += [finding_row(line, say) for line in lines[:_SHOWN]]
    if lines[_SHOWN:]:
        blocks.append(context(say.mrkdwn("home.more", count=len(lines) - _SHOWN)))
    return {"type": "home", "blocks": blocks}


def home_without_owner(say: Catalogue) -> dict[str, Any]:
    """For somebody whom the CRM does not know."""
    return {"type": "home", "blocks": [section(say.mrkdwn("visitor.unknown")), section(say.mrkdwn("command.help"))]}
