"""Why a contact is shown, in words and within Slack's limits."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime

from slack_app.blocks.why import why
from slack_app.limits import fitted_message
from slack_app.texts.catalogue import catalogue
from slack_app.views import ConditionLine, ToldLine, WhyLine, WhyView
from tests.slack_app.builders import make_card, make_line

OPENED = datetime.fromisoformat("2026-11-20T09:00:00+09:00")


def make_why(number: int = 17, *, conditions: int = 1, told: int = 1, closed: str | None = None) -> WhyLine:
    held = (
        ConditionLine("リードステータスがオープン取引", "オープン取引", True, 0),
        ConditionLine("取引がある", None, False, 1),
        *(ConditionLine(f"条件 {n}" + "長" * 300, "値" * 100, True, 1) for n in range(conditions - 1)),
    )
    words = tuple(ToldLine("why.told", {"name": "<!channel>", "at": f"11/{n + 1} 9:30"}) for n in range(told))
    return WhyLine(make_line(number, closed_reason=closed), OPENED, held, words)


def test_an_open_finding_says_what_holds_with_its_value_since_when_and_who_was_told() -> None:
    said = str(why(WhyView(make_card(), (make_why(),)), catalogue("ja")).blocks)
    assert "*L1 商談後の結果が未入力*（`#17`、11/20 9:00 から）" in said
    assert "• リードステータスがオープン取引：オープン取引" in said
    assert "取引がある" not in said, "what does not hold is not why"
    assert "お知らせ先：髙橋 健一" in said
    assert "11/1 9:30 に &lt;!channel&gt; さんへお知らせしました" in said


def test_an_open_finding_says_who_is_told_next() -> None:
    line = dataclasses.replace(make_why(), finding=make_line(next_level=3, next_day=date(2026, 12, 2)))
    said = str(why(WhyView(make_card(), (line,)), catalogue("en")).blocks)
    assert ":hourglass: Next: if nothing happens, a manager is told on Wed, Dec 2." in said


def test_what_is_settled_is_one_line_and_nothing_open_is_said() -> None:
    message = why(WhyView(make_card(), (make_why(closed="closed.fixed"),)), catalogue("en"))
    assert message.text.endswith("nothing is open.")
    assert "→ fixed" in str(message.blocks)
    assert "•" not in str(message.blocks)


def test_the_longest_answer_fits() -> None:
    lines = tuple(make_why(number, conditions=30, told=30) for number in range(20))
    _, problems = fitted_message(why(WhyView(make_card(), lines), catalogue("ja")))
    assert problems == []
