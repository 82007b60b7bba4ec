"""What admins are told about the rule files."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from slack_app.blocks.rule_news import rule_news
from slack_app.limits import MESSAGE_BLOCKS, problems
from slack_app.texts.catalogue import LANGUAGES
from slack_app.views import CapLine, DifferenceLine, MistakeLine, RuleNewsView

MISTAKE = MistakeLine("fs-leak.yaml:22", "「severty」という項目はここでは使えません", "もしかして「severity」?")
MENDED_AT = datetime(2026, 11, 24, 9, 35, tzinfo=UTC)


def text_of(view: RuleNewsView) -> str:
    sent = rule_news(view)
    assert problems(sent.blocks, MESSAGE_BLOCKS) == []
    return str(sent.blocks)


def test_a_mistake_is_shown_with_its_place_and_remedy() -> None:
    told = text_of(RuleNewsView("ja", broken=True, count=1, mistakes=(MISTAKE,)))
    assert "fs-leak.yaml:22" in told
    assert "もしかして「severity」" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_mistakes_that_do_not_fit_are_counted(language: str) -> None:
    told = text_of(RuleNewsView(language, broken=True, count=37, mistakes=(MISTAKE,) * 20))
    assert told.count("fs-leak.yaml") == 10
    assert "27" in told


def test_what_was_mended_takes_one_line() -> None:
    sent = rule_news(RuleNewsView("en", broken=True, count=2, mistakes=(MISTAKE,) * 2, mended_at=MENDED_AT))
    assert len(sent.blocks) == 1
    assert sent.text == "✓ Rule files: all 2 mistakes were mended, Nov 24, 09:35."


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (DifferenceLine("Stalled", "finding", "", 3, 1), "Stalled: 3 opened, 1 closed"),
        (DifferenceLine("Recycle", "list", "リサイクル: CRM導入", 0, 2), "リサイクル: CRM導入: 0 join, 2 leave"),
        (DifferenceLine("Rank", "set", "lead_rank = HOT", 5, 0), "Rank (lead_rank = HOT): 5 more, 0 fewer"),
    ],
)
def test_a_difference_says_how_much_of_what(difference: DifferenceLine, words: str) -> None:
    assert words in text_of(RuleNewsView("en", broken=False, count=1, differences=(difference,)))


def test_a_name_from_a_rule_file_pings_and_formats_nobody() -> None:
    told = text_of(
        RuleNewsView("en", broken=False, count=1, differences=(DifferenceLine("<!channel>", "finding", "", 1, 0),))
    )
    assert "<!channel>" not in told


def test_a_set_that_changes_nothing_says_so() -> None:
    assert "No finding, list or proposed value differs" in text_of(RuleNewsView("en", broken=False, count=0))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rule_over_its_cap_is_told_with_both_numbers(language: str) -> None:
    told = text_of(RuleNewsView(language, broken=False, count=250, cap=CapLine("tidy-up", "Tidy <up>", 200, 250)))
    assert all(said in told for said in ("250", "200", "tidy-up", "Tidy &lt;up&gt;"))


def test_a_rule_within_its_cap_again_takes_one_line() -> None:
    cap = CapLine("tidy-up", "Tidy up", 200, 250)
    sent = rule_news(RuleNewsView("en", broken=False, count=250, cap=cap, mended_at=MENDED_AT))
    assert (sent.text, len(sent.blocks)) == ("✓ Tidy up: within its limit again, Nov 24, 09:35.", 1)
