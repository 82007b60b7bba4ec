"""What rules suggest, ten at a time, each with its menu, and one button for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from slack_app.blocks.elements import (
    Block,
    actions,
    button,
    context,
    option,
    overflow,
    plain_text,
    question,
    section,
    text_field,
)
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import link
from slack_app.texts.catalogue import Catalogue
from slack_app.views import ChangeGroup, ChangeLine

PAGE_SIZE = 10
AT_ONCE = 50
REJECT_CALLBACK = "reject_proposal"
_MENU = (("approve", "button.approve"), ("not_now", "button.not_now"), ("reject", "button.reject"))
_REASON_BLOCK, _REASON_ACTION = "reason", "why"


def proposal_page(groups: Sequence[ChangeGroup], first: int, say: Catalogue) -> Message:
    """Ten from the `first` on; after a decision that shortened the list, its last page."""
    lines = [(group, line) for group in groups for line in group.lines]
    over = [
        section(say.mrkdwn("plan.over_limit", title=cut(g.title, 120), count=g.count, limit=g.limit))
        for g in groups
        if g.over_limit
    ]
    if not lines:
        text = say.mrkdwn("proposals.none")
        return Message(text, [section(text), *over])
    start = min(first, (len(lines) - 1) // PAGE_SIZE * PAGE_SIZE)
    page = lines[start : start + PAGE_SIZE]
    title = say.mrkdwn("proposals.header", count=len(lines))
    blocks: list[Block] = [section(title), *over, *(_row(group, line, say) for group, line in page)]
    if len(lines) > PAGE_SIZE:
        last = start + len(page)
        blocks.append(context(say.mrkdwn("list.range", first=start + 1, last=last, count=len(lines))))
    at_once = [line.line_id for _, line in lines[start : start + AT_ONCE]]
    buttons = [button("approve_all", say.plain("button.approve_all", count=len(at_once)), ",".join(map(str, at_once)))]
    following = min(PAGE_SIZE, len(lines) - start - len(page))
    if following > 0:
        buttons.append(button("next_proposals", say.plain("button.next", count=following), str(start + len(page))))
    return Message(title, [*blocks, actions("proposals", buttons)])


def reject_modal(line_id: int, response_url: str | None, say: Catalogue) -> dict[str, Any]:
    """Asks why. What is on the screen behind it is brought up to date through `response_url`."""
    field = text_field(_REASON_ACTION, say.plain("modal.note_placeholder"))
    return {
        "type": "modal",
        "callback_id": REJECT_CALLBACK,
        "title": plain_text(say.plain("proposals.reject_title")),
        "submit": plain_text(say.plain("proposals.reject_submit")),
        "close": plain_text(say.plain("modal.close")),
        "private_metadata": json.dumps({"line": line_id, "url": response_url}),
        "blocks": [
            section(say.mrkdwn("proposals.reject_intro")),
            question(_REASON_BLOCK, say.plain("proposals.reject_label"), field),
        ],
    }


def read_rejection(view: dict[str, Any]) -> tuple[int, str, str | None]:
    """The line, the reason, and where the list stands."""
    about = json.loads(view["private_metadata"])
    reason = view["state"]["values"][_REASON_BLOCK][_REASON_ACTION]["value"] or ""
    return about["line"], reason.strip(), about["url"]


def _row(group: ChangeGroup, line: ChangeLine, say: Catalogue) -> Block:
    name = link(line.url, cut(line.contact_name, 60))
    who = say.mrkdwn("card.name", name=name, company=cut(line.company, 60)) if line.company else name
    values = {"who": who, "what": cut(line.what, 160), "title": cut(group.title, 80)}
    if group.rejected:
        text = say.mrkdwn("proposals.row_rejected", **values, count=group.rejected)
    else:
        text = say.mrkdwn("proposals.row", **values)
    choices = [option(say.plain(label), f"{decision} {line.line_id}") for decision, label in _MENU]
    return section(text, f"contacts:{line.contact_id}:line:{line.line_id}", overflow("proposal_menu", choices))
