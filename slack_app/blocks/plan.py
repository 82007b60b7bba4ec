"""The review of a plan: page by page the lines with a box before each, grouped by rule."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from slack_app.blocks.boxes import IN_ONE, boxes, read_boxes
from slack_app.blocks.elements import Block, actions, button, context, described, plain_text, section
from slack_app.cutting import cut
from slack_app.texts.catalogue import Catalogue
from slack_app.texts.dates import moment_words
from slack_app.views import ChangeGroup, ChangeLine, PlanView

CALLBACK_ID = "review_plan"
BACK_ACTION = "plan_back"
# As much as a person reads on one page.
_PAGE = 5 * IN_ONE
# As many numbers as fit into what a form carries along (3,000 characters).
UNTICKED_AT_MOST = 350

View = dict[str, Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Review:
    """How far a review is: the page on the screen, and the lines that were unticked on this page and those before."""

    newest: int
    page: int
    unticked: tuple[int, ...]


def plan_modal(plan: PlanView, review: Review, say: Catalogue) -> View:
    """One page; the last one writes. The review of a plan that has shrunk meanwhile goes on at its end."""
    pages = pages_of(plan)
    page = min(review.page, pages - 1)
    last = page == pages - 1
    count = sum(len(group.lines) for group in plan.groups)
    head = say.mrkdwn("plan.head", count=count, page=page + 1, pages=pages)
    blocks: list[Block] = [section(head)]
    if plan.read_at is not None:
        blocks.append(context(say.mrkdwn("plan.read_at", at=moment_words(plan.read_at, say.language))))
    if page == 0:
        blocks += [section(_over(group, say)) for group in plan.groups if group.over_limit]
    for group, first, lines in _boxes(plan, page):
        blocks.append(_question(group, first, lines, review.unticked, say))
    if page:
        blocks.append(actions("back", [button(BACK_ACTION, say.plain("button.back"), str(page - 1))]))
    kept = dataclasses.replace(review, page=page)
    view: View = {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain_text(say.plain("plan.title")),
        "close": plain_text(say.plain("modal.close")),
        "private_metadata": json.dumps(dataclasses.asdict(kept), separators=(",", ":")),
        "blocks": blocks,
    }
    if count:
        view["submit"] = plain_text(say.plain("plan.apply" if last else "plan.next"))
    return view


def pages_of(plan: PlanView) -> int:
    return max(1, -(-sum(len(group.lines) for group in plan.groups) // _PAGE))


def read_review(view: Mapping[str, Any]) -> Review:
    """With what is unticked on the page that is on the screen."""
    about = json.loads(view["private_metadata"])
    values, chosen = read_boxes(view)
    shown, ticked = set(map(int, values)), set(map(int, chosen))
    unticked = (set(about["unticked"]) - shown) | (shown - ticked)
    return Review(about["newest"], about["page"], tuple(sorted(unticked)))


def _boxes(plan: PlanView, page: int) -> Iterator[tuple[ChangeGroup, int, Sequence[ChangeLine]]]:
    """Of one page, ten lines of one rule at a time, with the number of the first of them within the rule."""
    start, end, before = page * _PAGE, (page + 1) * _PAGE, 0
    for group in plan.groups:
        first, last = max(start - before, 0), min(end - before, len(group.lines))
        for at in range(first, last, IN_ONE):
            yield group, at, group.lines[at : min(at + IN_ONE, last)]
        before += len(group.lines)


def _question(
    group: ChangeGroup, first: int, lines: Sequence[ChangeLine], unticked: Collection[int], say: Catalogue
) -> Block:
    options = [described(_who(line), line.what, str(line.line_id)) for line in lines]
    ticked = [str(line.line_id) for line in lines if line.line_id not in unticked]
    values = {"title": cut(group.title, 120), "first": first + 1, "last": first + len(lines), "count": group.count}
    key = "plan.group_rejected" if group.rejected else "plan.group"
    label = say.plain(key, **values, rejected=group.rejected) if group.rejected else say.plain(key, **values)
    return boxes(f"lines:{lines[0].line_id}", label, options, ticked)


def _over(group: ChangeGroup, say: Catalogue) -> Any:
    return say.mrkdwn("plan.over_limit", title=cut(group.title, 120), count=group.count, limit=group.limit)


def _who(line: ChangeLine) -> str:
    name = cut(line.contact_name, 40)
    return f"{name} ({cut(line.company, 30)})" if line.company else name
