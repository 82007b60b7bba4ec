"""Lists for a channel, one line each, by owner: the FS leaks, with the good news when there are none, and what a team has
let lie.
"""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Mapping, Sequence

from slack_app.blocks.elements import Block, context, header, section, weight
from slack_app.blocks.finding import closed_block, contact_link, what
from slack_app.courier import Message
from slack_app.cutting import cut
from slack_app.limits import MESSAGE_BUDGET
from slack_app.mrkdwn import Mrkdwn, literal
from slack_app.texts.catalogue import Catalogue, catalogue
from slack_app.texts.dates import day_words
from slack_app.views import FindingLine, MessageView

_SECTION_LIMIT = 3000
_SHOWN_OWNERS = 36
_SHOWN_CLOSED = 8
# More than this is read as an overview; the reasons are in each owner's own message.
_TOLD_IN_FULL = 10


def leak_check(view: MessageView) -> Message:
    """Every leak if it fits at all: many are listed without their reasons, very many without the last of long groups.

    There are no buttons: each owner has them in the own message, and a button per line would make a wall.
    """
    if view.superseded:
        sentence = catalogue(view.language).mrkdwn("superseded", day=day_words(view.day, view.language))
        return Message(sentence, [context(sentence)])
    words = _Words("leak.header", "leak.intro", "leak.fallback_text", "leak.all_done_header", "leak.all_done_intro")
    return _list(view, words)


def team_list(view: MessageView) -> Message:
    """What its members have let lie, told once: it stays as it is, and says of each what has become of it."""
    words = _Words("team.header", "team.intro", "team.fallback_text", "team.all_done_header", "leak.all_done_intro")
    return _list(view, words)


@dataclasses.dataclass(frozen=True, slots=True)
class _Words:
    """The keys of what is said above a list, of its notification, and of what is said when nothing is left."""

    header: str
    intro: str
    notification: str
    done_header: str
    done_intro: str


def _list(view: MessageView, words: _Words) -> Message:
    say = catalogue(view.language)
    day = day_words(view.day, view.language)
    waiting = [line for line in view.lines if line.closed_reason is None]
    settled = [line for line in view.lines if line.closed_reason is not None]
    team = cut(view.addressee, 40) or "–"
    if not waiting:
        opening = [header(say.plain(words.done_header, day=day)), section(say.mrkdwn(words.done_intro))]
        return Message(say.mrkdwn(words.done_header, day=day), [*opening, *_settled(settled, say)])
    opening = [
        header(say.plain(words.header, day=day, count=len(waiting), team=team)),
        section(say.mrkdwn(words.intro)),
    ]
    closing = [*_settled(settled, say), context(say.mrkdwn("leak.hint"))]
    groups = _fitted(_by_owner(waiting), say, MESSAGE_BUDGET - weight([*opening, *closing]))
    return Message(
        say.mrkdwn(words.notification, day=day, count=len(waiting), team=team), [*opening, *groups, *closing]
    )


def leak_free(view: MessageView) -> Message:
    say = catalogue(view.language)
    return Message(say.mrkdwn("leak.free_text"), [section(say.mrkdwn("leak.free"))])


def _by_owner(lines: Sequence[FindingLine]) -> Mapping[str | None, list[FindingLine]]:
    """In the order of each owner's most urgent finding."""
    groups: dict[str | None, list[FindingLine]] = {}
    for line in lines:
        groups.setdefault(line.owner_name, []).append(line)
    return groups


def _fitted(groups: Mapping[str | None, list[FindingLine]], say: Catalogue, budget: int) -> list[Block]:
    longest = max(len(lines) for lines in groups.values())
    blocks = _groups(groups, say, longest, reasons=True)
    if sum(len(lines) for lines in groups.values()) <= _TOLD_IN_FULL and weight(blocks) <= budget:
        return blocks
    # Of thousands, a look at each number would take seconds.
    fitting = bisect.bisect(
        range(1, longest + 1), budget, key=lambda lines_each: weight(_groups(groups, say, lines_each, reasons=False))
    )
    if fitting:
        return _groups(groups, say, fitting, reasons=False)
    # Long names and addresses may make one line for each owner too many; whoever is left out is counted below.
    for owners in range(_SHOWN_OWNERS, 0, -1):
        blocks = _groups(groups, say, 1, reasons=False, owners=owners)
        if weight(blocks) <= budget:
            break
    return blocks


def _groups(
    groups: Mapping[str | None, list[FindingLine]],
    say: Catalogue,
    lines_each: int,
    *,
    reasons: bool,
    owners: int = _SHOWN_OWNERS,
) -> list[Block]:
    blocks: list[Block] = []
    listed = list(groups.items())[:owners]
    for number, (owner, lines) in enumerate(listed):
        text = _group_text(owner, lines, say, lines_each, reasons=reasons)
        blocks.append(section(text, f"owner:{number}"))
    left_out = sum(len(lines) for lines in list(groups.values())[owners:])
    if left_out:
        blocks.append(context(say.mrkdwn("leak.more", count=left_out)))
    return blocks


def _group_text(
    owner: str | None, lines: Sequence[FindingLine], say: Catalogue, lines_each: int, *, reasons: bool
) -> Mrkdwn:
    """One owner's lines within one section, and how many more there are."""
    name = cut(owner, 60) if owner else say.plain("leak.nobody")
    text: str = say.mrkdwn("leak.owner", owner=name, count=len(lines))
    shown = 0
    for line in lines[:lines_each]:
        longer = f"{text}\n{_line(line, say, reasons=reasons)}"
        if len(longer) > _SECTION_LIMIT - 60:
            break
        text, shown = longer, shown + 1
    if shown < len(lines):
        text = f"{text}\n{say.mrkdwn('leak.owner_more', count=len(lines) - shown)}"
    return Mrkdwn(text)


def _line(line: FindingLine, say: Catalogue, *, reasons: bool) -> Mrkdwn:
    told = what(line, say) if reasons else literal(cut(line.title, 40))
    if line.rests:
        told = Mrkdwn(f"{told} {say.mrkdwn('leak.rests')}")
    elif line.unreached:
        told = Mrkdwn(f"{told} {say.mrkdwn('leak.unreached')}")
    code = literal(line.code or "")
    if line.company:
        company = cut(line.company, 40)
        return say.mrkdwn("leak.line", name=contact_link(line), company=company, code=code, what=told)
    return say.mrkdwn("leak.line_without_company", name=contact_link(line), code=code, what=told)


def _settled(lines: Sequence[FindingLine], say: Catalogue) -> list[Block]:
    blocks = [closed_block(line, say) for line in lines[:_SHOWN_CLOSED]]
    if lines[_SHOWN_CLOSED:]:
        blocks.append(context(say.mrkdwn("digest.closed_more", count=len(lines[_SHOWN_CLOSED:]))))
    return blocks
