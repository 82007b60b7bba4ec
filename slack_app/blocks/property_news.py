"""What admins are told about the CRM's properties: one no longer fits the rules, or has options that it had not."""

from __future__ import annotations

from slack_app.blocks.elements import Block, context, header, section
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn, literal
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.texts.dates import moment_words
from slack_app.views import PropertyNewsView

_SHOWN = 10
_SENTENCE_LIMIT = 220
_NAME_LIMIT = 80


def property_news(view: PropertyNewsView) -> Message:
    say = catalogue(view.language)
    label = cut(view.label, _NAME_LIMIT)
    if view.superseded:
        return _line(say.mrkdwn("properties.newer", label=label))
    if view.mended_at is not None:
        at = moment_words(view.mended_at, view.language)
        return _line(say.mrkdwn("properties.fits", label=label, name=view.name, at=at))
    if not view.misfits:
        title = say.plain("properties.added_header")
        return Message(title, [header(title), section(_added(view, label, say)), _what_to_do(view, say)])
    title = say.plain("properties.drift_header")
    told = "\n".join(f"• {literal(cut(one, _SENTENCE_LIMIT))}" for one in view.misfits[:_SHOWN])
    blocks: list[Block] = [header(title), section(Mrkdwn(told))]
    if len(view.misfits) > _SHOWN:
        blocks.append(context(say.mrkdwn("properties.more", count=len(view.misfits) - _SHOWN)))
    if view.added:
        blocks.append(section(_added(view, label, say)))
    return Message(title, [*blocks, _what_to_do(view, say)])


def _line(sentence: Mrkdwn) -> Message:
    return Message(sentence, [context(sentence)])


def _added(view: PropertyNewsView, label: str, say: Catalogue) -> Mrkdwn:
    options = say.plain("names.separator").join(cut(one, _NAME_LIMIT) for one in view.added[:_SHOWN])
    more = f" (+{len(view.added) - _SHOWN})" if len(view.added) > _SHOWN else ""
    return say.mrkdwn("properties.added", label=label, name=view.name, options=f"{options}{more}")


def _what_to_do(view: PropertyNewsView, say: Catalogue) -> Block:
    if not view.misfits:
        return context(say.mrkdwn("properties.added_goes_on"))
    return section(say.mrkdwn("properties.stopped" if view.stops else "properties.unread", name=view.name))
