"""Calling somebody once more, in the thread of the message that shows the findings in full."""

from __future__ import annotations

from collections.abc import Sequence

from slack_app.blocks.elements import Block, as_many_as_fit, context, section
from slack_app.blocks.finding import closed_block, finding_row
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn, mention
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.texts.dates import day_words
from slack_app.views import FindingLine, MessageView

_SHOWN = 10
_WHY = {
    "still_on_it": "nudge.still_on_it",
    "snooze_over": "nudge.snooze_over",
    "again": "nudge.again",
    "nudged": "nudge.nudged",
}


def nudge(view: MessageView) -> Message:
    """Names its person, since an edit calls nobody, and asks about each finding with a menu."""
    say = catalogue(view.language)
    if view.superseded:
        sentence = say.mrkdwn("superseded", day=day_words(view.day, view.language))
        return Message(sentence, [context(sentence)])
    who = mention(view.addressee_slack_id) if view.addressee_slack_id else cut(view.addressee, 60)
    waiting = [line for line in view.lines if line.closed_reason is None]
    settled = [line for line in view.lines if line.closed_reason is not None]
    if not waiting:
        sentence = say.mrkdwn("nudge.done", who=who)
        return Message(sentence, as_many_as_fit(lambda n: [section(sentence), *_struck(settled[:n], say)], _SHOWN))
    opening = say.mrkdwn("nudge.intro", who=who, count=len(waiting))
    return Message(opening, as_many_as_fit(lambda n: _blocks(opening, waiting, settled, n, say), _SHOWN))


def _blocks(
    opening: Mrkdwn, waiting: Sequence[FindingLine], settled: Sequence[FindingLine], shown: int, say: Catalogue
) -> list[Block]:
    blocks: list[Block] = [section(opening)]
    why: str | None = None
    for line in sorted(waiting, key=lambda line: (line.rests, line.ping or ""))[:shown]:
        if line.ping is not None and line.ping != why:
            why = line.ping
            blocks.append(context(say.mrkdwn(_WHY[why])))
        blocks.append(_row(line, say))
    if waiting[shown:]:
        blocks.append(context(say.mrkdwn("digest.rest", count=len(waiting[shown:]))))
    return blocks + _struck(settled[:shown], say)


def _row(line: FindingLine, say: Catalogue) -> Block:
    # The message above shows the finding; a block id of its own says that this one does not.
    return finding_row(line, say, f"nudge:{line.finding_id}")


def _struck(lines: Sequence[FindingLine], say: Catalogue) -> list[Block]:
    return [{**closed_block(line, say), "block_id": f"nudge:{line.finding_id}"} for line in lines]
