"""The list of findings for one person: the most urgent in full, the rest counted, the settled ones struck out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from slack_app.blocks.approvals import approval_blocks
from slack_app.blocks.elements import Block, as_many_as_fit, context, divider, header, section
from slack_app.blocks.finding import closed_block, finding_blocks
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.texts.dates import day_words
from slack_app.views import FindingLine, MessageKind, MessageView

_SHOWN_OPEN = 10
_SHOWN_CLOSED = 10
_SHOWN_RULES = 12
_SHOWN_NAMES = 3


def digest(view: MessageView) -> Message:
    """For DIGEST, LATER and FALLBACK."""
    say = catalogue(view.language)
    waiting = [line for line in view.lines if line.closed_reason is None]
    settled = [line for line in view.lines if line.closed_reason is not None]
    if view.superseded:
        sentence = say.mrkdwn("superseded", day=day_words(view.day, view.language))
        return Message(sentence, [context(sentence)])
    # Whoever is left out is counted below.
    blocks = as_many_as_fit(lambda n: _blocks(view, say, waiting, settled, n), min(_SHOWN_OPEN, len(waiting)))
    return Message(_fallback_text(view, say, waiting), blocks)


def _blocks(
    view: MessageView, say: Catalogue, waiting: Sequence[FindingLine], settled: Sequence[FindingLine], shown: int
) -> list[Block]:
    blocks = _opening(view, say, len(waiting))
    for line in waiting[:shown]:
        blocks += [divider(), *finding_blocks(line, say, view.day, view.addressee)]
    if waiting[shown:]:
        blocks += [divider(), section(rest_of(waiting[shown:], say))]
    if view.approvals:
        blocks += [divider(), *approval_blocks(view.approvals, say)]
    if settled:
        blocks += settled_blocks(settled, say)
    return blocks


def _opening(view: MessageView, say: Catalogue, count: int) -> list[Block]:
    day = day_words(view.day, view.language)
    if count == 0:
        return [header(say.plain("done.header", day=day)), section(say.mrkdwn("done.intro"))]
    if view.kind is MessageKind.LATER:
        return [header(say.plain("later.header", count=count)), section(say.mrkdwn("later.intro"))]
    if view.kind is MessageKind.FALLBACK:
        title = say.plain("fallback.header", name=cut(view.addressee, 60), count=count)
        return [header(title), section(say.mrkdwn("fallback.intro", name=cut(view.addressee, 60)))]
    return [header(say.plain("digest.header", day=day, count=count)), section(say.mrkdwn("digest.intro"))]


def rest_of(lines: Sequence[FindingLine], say: Catalogue) -> Mrkdwn:
    by_title = Counter(line.title for line in lines).most_common(_SHOWN_RULES)
    texts: list[str] = [say.mrkdwn("digest.rest", count=len(lines))]
    texts += [say.mrkdwn("digest.rest_rule", title=cut(title, 80), count=count) for title, count in by_title]
    texts.append(say.mrkdwn("digest.rest_hint"))
    return Mrkdwn("\n".join(texts))


def settled_blocks(lines: Sequence[FindingLine], say: Catalogue) -> list[Block]:
    blocks = [divider(), context(say.mrkdwn("digest.closed_header"))]
    blocks += [closed_block(line, say) for line in lines[:_SHOWN_CLOSED]]
    if lines[_SHOWN_CLOSED:]:
        blocks.append(context(say.mrkdwn("digest.closed_more", count=len(lines[_SHOWN_CLOSED:]))))
    return blocks


def _fallback_text(view: MessageView, say: Catalogue, waiting: Sequence[FindingLine]) -> Mrkdwn:
    day = day_words(view.day, view.language)
    if not waiting:
        return say.mrkdwn("done.fallback_text", day=day)
    names = list(dict.fromkeys(cut(line.contact_name, 40) for line in waiting))
    listed = say.plain("names.separator").join(names[:_SHOWN_NAMES])
    if names[_SHOWN_NAMES:]:
        listed = say.plain("names.more", names=listed, count=len(names) - _SHOWN_NAMES)
    if view.kind is MessageKind.FALLBACK:
        return say.mrkdwn("fallback.fallback_text", name=cut(view.addressee, 60), count=len(waiting), names=listed)
    return say.mrkdwn("digest.fallback_text", day=day, count=len(waiting), names=listed)
