"""The admins' part of the Home tab: people to whom messages cannot go, and linking them by hand."""

from __future__ import annotations

from slack_app.blocks.elements import Block, context, divider, section, user_select
from slack_app.cutting import cut
from slack_app.home_view import HomeView, UnreachedLine
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue
from slack_app.texts.dates import short_day_words

LINK_ACTION = "link_user"
LINK_BLOCK = "link:"
_SHOWN = 15
_NAME_LIMIT = 60


def unreached_people(view: HomeView, say: Catalogue) -> list[Block]:
    """One block for each; those whom Slack does not know come with a choice of users."""
    if not view.unreached:
        return []
    ordered = sorted(view.unreached, key=lambda line: line.why == "away")
    blocks: list[Block] = [divider(), section(say.mrkdwn("people.unreached", count=len(ordered)))]
    for line in ordered[:_SHOWN]:
        choice = None if line.why == "away" else user_select(LINK_ACTION, say.plain("people.link"))
        blocks.append(section(_words(line, view, say), f"{LINK_BLOCK}{line.owner_id}", choice))
    if ordered[_SHOWN:]:
        blocks.append(context(say.mrkdwn("people.more", count=len(ordered) - _SHOWN)))
    return blocks


def _words(line: UnreachedLine, view: HomeView, say: Catalogue) -> Mrkdwn:
    name, mail = cut(line.name, _NAME_LIMIT), cut(line.email or "–", _NAME_LIMIT)
    if line.why == "away" and line.until is not None:
        until = short_day_words(line.until, view.today, say.language)
        said = say.mrkdwn("people.away_until", name=name, until=until)
    else:
        said = say.mrkdwn(f"people.{line.why}", name=name, mail=mail)
    if line.stand_in is None:
        key = "people.late" if line.why == "away" else "people.in_channel"
        return Mrkdwn(f"{said}\n{say.mrkdwn(key)}")
    return Mrkdwn(f"{said}\n{say.mrkdwn('people.stands_in', name=cut(line.stand_in, _NAME_LIMIT))}")
