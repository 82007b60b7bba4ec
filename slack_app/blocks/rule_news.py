"""What is told about the rules: files that are broken, what a new set changes, a rule that wants to write too much."""

from __future__ import annotations

from collections.abc import Sequence

from slack_app.blocks.elements import Block, context, header, section
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.texts.dates import moment_words
from slack_app.views import CapLine, DifferenceLine, MistakeLine, RuleNewsView

_SHOWN = 10
_MESSAGE_LIMIT = 220


def rule_news(view: RuleNewsView) -> Message:
    say = catalogue(view.language)
    if view.cap is not None:
        return _over_cap(view.cap, view, say)
    return _broken(view, say) if view.broken else _changed(view, say)


def _broken(view: RuleNewsView, say: Catalogue) -> Message:
    if view.mended_at is not None:
        sentence = say.mrkdwn("rules.mended", at=moment_words(view.mended_at, view.language), count=view.count)
        return Message(sentence, [context(sentence)])
    if view.superseded:
        sentence = say.mrkdwn("rules.broken_newer")
        return Message(sentence, [context(sentence)])
    title = say.plain("rules.broken_header", count=view.count)
    blocks = [header(title), section(say.mrkdwn("rules.broken_intro"))]
    blocks += [section(_mistake(one, say)) for one in view.mistakes[:_SHOWN]]
    return Message(title, [*blocks, *_rest(view.count - len(view.mistakes[:_SHOWN]), say, "rules.more_mistakes")])


def _over_cap(cap: CapLine, view: RuleNewsView, say: Catalogue) -> Message:
    title = cut(cap.title, 80)
    if view.mended_at is not None:
        sentence = say.mrkdwn("rules.cap_kept", title=title, at=moment_words(view.mended_at, view.language))
        return Message(sentence, [context(sentence)])
    words = say.mrkdwn("rules.cap", title=title, wanted=cap.wanted, limit=cap.limit, rule=cap.rule)
    return Message(say.plain("rules.cap_header"), [header(say.plain("rules.cap_header")), section(words)])


def _mistake(line: MistakeLine, say: Catalogue) -> Mrkdwn:
    message = cut(line.message, _MESSAGE_LIMIT)
    if line.hint:
        return say.mrkdwn("rules.mistake", place=line.place, message=message, hint=cut(line.hint, _MESSAGE_LIMIT))
    return say.mrkdwn("rules.mistake_alone", place=line.place, message=message)


def _changed(view: RuleNewsView, say: Catalogue) -> Message:
    title = say.plain("rules.changed_header")
    blocks: list[Block] = [header(title)]
    if not view.compared:
        return Message(title, [*blocks, section(say.mrkdwn("rules.not_compared"))])
    if not view.differences:
        return Message(title, [*blocks, section(say.mrkdwn("rules.changed_nothing"))])
    lines = "\n".join(_difference(one, say) for one in view.differences[:_SHOWN])
    blocks += [section(say.mrkdwn("rules.changed_intro")), section(Mrkdwn(lines))]
    return Message(title, [*blocks, *_rest(view.count - len(view.differences[:_SHOWN]), say, "rules.more_differences")])


def _difference(line: DifferenceLine, say: Catalogue) -> Mrkdwn:
    """`rules.difference_list` names the list, `rules.difference_set` the value, `rules.difference_renamed` the former name;
    `rules.difference_finding` needs none.
    """
    return say.mrkdwn(
        f"rules.difference_{line.kind}",
        title=cut(line.title, 80),
        subject=cut(line.subject, 80),
        appears=line.appears,
        disappears=line.disappears,
    )


def _rest(count: int, say: Catalogue, key: str) -> Sequence[Block]:
    return [context(say.mrkdwn(key, count=count))] if count > 0 else []
