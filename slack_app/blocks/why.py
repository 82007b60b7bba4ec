"""Why a contact is shown: each finding with its conditions and the messages about it."""

from __future__ import annotations

from slack_app.blocks.elements import Block, actions, button, context, divider, section, weight
from slack_app.blocks.finding import ending, goes_on, seen
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.limits import MESSAGE_BUDGET
from slack_app.mrkdwn import Mrkdwn, link
from slack_app.texts.catalogue import Catalogue
from slack_app.texts.dates import moment_words
from slack_app.views import ConditionLine, WhyLine, WhyView

_NAME_LIMIT = 60
_TITLE_LIMIT = 80
_CONDITION_LIMIT = 160
_CONDITIONS_SHOWN = 12
_LINES_SHOWN = 8
_TOLD_SHOWN = 4


def why(view: WhyView, say: Catalogue) -> Message:
    name = link(view.card.url, cut(view.card.name, _NAME_LIMIT))
    still_open = [line for line in view.lines if line.finding.closed_reason is None]
    title = (
        say.mrkdwn("why.header", name=name, count=len(still_open))
        if still_open
        else say.mrkdwn("why.nothing", name=name)
    )
    blocks: list[Block] = [section(title, f"contacts:{view.card.contact_id}")]
    if view.decided is not None:
        blocks.append(context(say.answer(view.decided.key, view.decided.values)))
    for line in view.lines[:_LINES_SHOWN]:
        one = [divider(), *_line(line, say)]
        if weight([*blocks, *one]) > MESSAGE_BUDGET:
            break
        blocks += one
    return Message(title, blocks)


def _line(line: WhyLine, say: Catalogue) -> list[Block]:
    finding = line.finding
    values = {
        "number": str(finding.finding_id),
        "code": finding.code or finding.rule,
        "title": cut(finding.title, _TITLE_LIMIT),
        "at": moment_words(line.opened, say.language),
    }
    told = [say.answer(one.key, one.values) for one in line.told[-_TOLD_SHOWN:]]
    if finding.next_day:
        told.append(say.mrkdwn("why.goes_on", what=goes_on(finding, finding.next_day, say)))
    if finding.closed_reason is not None:
        head: list[Mrkdwn] = [say.mrkdwn("why.settled", **values, how=ending(finding, say))]
        words = context(Mrkdwn("\n".join([*head, *told])))
        if finding.closed_reason != "closed.dismissed":
            return [words]
        back = button("undismiss", say.plain("button.undismiss"), seen(finding))
        return [words, actions(f"judged:{finding.finding_id}", [back])]
    to = cut(finding.owner_name, _NAME_LIMIT) if finding.owner_name else say.plain("card.no_owner")
    head = [say.mrkdwn("why.open", **values), say.mrkdwn("why.to", name=to)]
    held = [_condition(one, say) for one in line.conditions if one.held][:_CONDITIONS_SHOWN]
    return [section(Mrkdwn("\n".join([*head, *held]))), *([context(Mrkdwn("\n".join(told)))] if told else [])]


def _condition(one: ConditionLine, say: Catalogue) -> Mrkdwn:
    text = cut(one.text, _CONDITION_LIMIT)
    indent = "　" * one.depth
    if one.value is None:
        return Mrkdwn(indent + say.mrkdwn("why.condition", text=text))
    return Mrkdwn(indent + say.mrkdwn("why.condition_value", text=text, value=cut(one.value, _NAME_LIMIT)))
