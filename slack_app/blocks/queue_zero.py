"""The good news that queues are back at zero, and after how long."""

from __future__ import annotations

from slack_app.blocks.elements import section
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import catalogue
from slack_app.texts.dates import short_day_words
from slack_app.views import EmptyQueuesView

_SHOWN = 20
_TITLE_LIMIT = 80


def empty_queues(view: EmptyQueuesView) -> Message:
    say = catalogue(view.language)
    lines: list[str] = [say.mrkdwn("zero.header")]
    for queue in view.queues[:_SHOWN]:
        since = short_day_words(queue.filled_since, view.day, view.language)
        lines.append(say.mrkdwn("zero.queue", title=cut(queue.title, _TITLE_LIMIT), count=queue.days, since=since))
    if view.queues[_SHOWN:]:
        lines.append(say.mrkdwn("zero.more", count=len(view.queues) - _SHOWN))
    names = say.plain("names.separator").join(cut(queue.title, _TITLE_LIMIT) for queue in view.queues[:3])
    return Message(say.mrkdwn("zero.text", names=names), [section(Mrkdwn("\n".join(lines)))])
