"""What a manager has to see to: findings that neither their owner nor the team has moved."""

from __future__ import annotations

from collections.abc import Sequence

from slack_app.blocks.digest import rest_of, settled_blocks
from slack_app.blocks.elements import Block, actions, as_many_as_fit, button, divider, header, section, url_button
from slack_app.blocks.finding import full_text, seen, snooze_menu
from slack_app.courier import Message
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.texts.dates import day_words
from slack_app.views import FindingLine, MessageView

_SHOWN = 8


def escalation(view: MessageView) -> Message:
    """Another owner, another call, or a snooze for each; what the owner does meanwhile is seen here as well."""
    say = catalogue(view.language)
    day = day_words(view.day, view.language)
    waiting = [line for line in view.lines if line.closed_reason is None]
    settled = [line for line in view.lines if line.closed_reason is not None]
    if not waiting:
        title = say.plain("manager.all_done_header", day=day)
        return Message(say.mrkdwn("manager.all_done_header", day=day), [header(title), *settled_blocks(settled, say)])
    blocks = as_many_as_fit(lambda n: _blocks(view, say, waiting, settled, n), min(_SHOWN, len(waiting)))
    return Message(say.mrkdwn("manager.fallback_text", day=day, count=len(waiting)), blocks)


def _blocks(
    view: MessageView, say: Catalogue, waiting: Sequence[FindingLine], settled: Sequence[FindingLine], shown: int
) -> list[Block]:
    title = say.plain("manager.header", day=day_words(view.day, view.language), count=len(waiting))
    blocks = [header(title), section(say.mrkdwn("manager.intro"))]
    for line in waiting[:shown]:
        blocks += [divider(), *_finding(line, say, view)]
    if waiting[shown:]:
        blocks += [divider(), section(rest_of(waiting[shown:], say))]
    return [*blocks, *(settled_blocks(settled, say) if settled else [])]


def _finding(line: FindingLine, say: Catalogue, view: MessageView) -> list[Block]:
    block_id = f"contacts:{line.contact_id}:finding:{line.finding_id}"
    texts = full_text(line, say, view.day, None)
    if line.unreached:
        texts.append(say.mrkdwn("finding.unreached"))
    buttons: list[Block] = [button("reassign", say.plain("button.reassign"), line.contact_id)]
    if line.snoozed_by is not None:
        buttons.append(button("unsnooze", say.plain("button.unsnooze"), seen(line)))
    elif not line.rests:
        buttons += [button("nudge", say.plain("button.nudge"), seen(line)), snooze_menu(line, say)]
    buttons.append(url_button("open_crm", say.plain("button.open_crm"), line.url))
    return [section(Mrkdwn("\n".join(texts)), block_id), actions(f"{block_id}:actions", buttons)]
