"""The catalogues: complete in both languages, used, and short enough for where they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import slack_app
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import LANGUAGES, catalogue, placeholders

PACKAGE = Path(slack_app.__file__).parent
JA, EN = catalogue("ja").sentences, catalogue("en").sentences
# The service and closed findings name these by value.
NAMED_ELSEWHERE = (
    "alarm.",
    "answer.",
    "closed.",
    "doctor.",
    "list.header_",
    "list.empty_",
    "rules.difference_",
    "settings.language_",
    "people.",
    "why.",
    "reason.",
    "change.",
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_stands_twice(language: str) -> None:
    """YAML would silently take the last."""
    lines = (PACKAGE / "texts" / f"{language}.yaml").read_text(encoding="utf-8").splitlines()
    keys = [line.partition(":")[0] for line in lines if re.match(r"[a-z]", line)]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def forms(sentence: str | Mapping[str, str]) -> Iterator[str]:
    yield from [sentence] if isinstance(sentence, str) else sentence.values()


def gaps(sentence: str | Mapping[str, str]) -> frozenset[str]:
    return frozenset[str]().union(*(placeholders(form) for form in forms(sentence)))


def test_both_languages_have_the_same_sentences() -> None:
    assert set(JA) == set(EN)


@pytest.mark.parametrize("key", JA)
def test_a_sentence_has_the_same_gaps_in_both_languages(key: str) -> None:
    assert gaps(JA[key]) == gaps(EN[key])


@pytest.mark.parametrize("key", [key for key in JA if key.startswith("button.")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_button_fits_on_a_button(key: str, language: str) -> None:
    assert all(len(form) <= 40 for form in forms(catalogue(language).sentences[key]))


@pytest.mark.parametrize("key", ["modal.title", "modal.submit", "modal.close"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_frame_of_a_form_fits(key: str, language: str) -> None:
    assert len(catalogue(language).plain(key)) <= 24


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_over_the_limit_of_a_section(language: str) -> None:
    for key, sentence in catalogue(language).sentences.items():
        assert all(0 < len(form) <= 1_000 for form in forms(sentence)), key


def test_every_sentence_is_said_somewhere_and_everything_said_exists() -> None:
    source = "".join(path.read_text() for path in PACKAGE.rglob("*.py") if "sandbox" not in path.parts)
    groups = "|".join({key.split(".")[0] for key in JA})
    said = {"superseded", *re.findall(rf"""["']((?:{groups})\.[a-z_]+)["']""", source)}
    assert said - set(JA) == set()
    assert {key for key in JA if key not in said and not key.startswith(NAMED_ELSEWHERE)} == set()


def test_one_is_not_counted_as_many() -> None:
    assert catalogue("en").plain("later.header", count=1) == "1 new item needs you"
    assert catalogue("en").plain("later.header", count=2) == "2 new items need you"


def test_a_value_is_escaped_and_markup_is_not() -> None:
    said = catalogue("en").mrkdwn("leak.owner", owner="<!channel>", count=Mrkdwn("*2*"))
    assert said == "*&lt;!channel&gt;* (*2*)"


def test_an_answer_of_the_service_is_a_sentence_whatever_it_lacks() -> None:
    assert "–" in catalogue("ja").answer("answer.status_written", {"contact": "山田"})
    assert catalogue("ja").answer("answer.invented", {}) == JA["answer.done_without_words"]


def test_an_unknown_language_is_spoken_to_in_english() -> None:
    assert catalogue("fr").language == "en"
