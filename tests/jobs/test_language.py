"""The reference of the rule language: complete, true in every example, and the page in the documentation is the present one."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.rule_tests import run_tests
from rules.drafts import KEYS as RULE_KEYS_READ
from rules.fields import FieldMap
from rules.language.conditions import CONNECTIVES, RELATED
from rules.language.operators import NOW, OPERATORS
from rules.language.rule_keys import ACTIONS, RULE_KEYS
from rules.language.sections import SECTIONS
from rules.language.word import Documented
from rules.load import SECTIONS as SECTIONS_READ
from rules.load import load
from rules.model import Loaded
from rules.read_actions import ACTIONS as ACTIONS_READ
from rules.read_comparisons import OPERATORS as OPERATORS_READ
from rules.read_conditions import ASKED_OF_MANY
from rules.reference import reference
from tests.architecture.source import ROOT
from tests.rules.portal import make_catalogue

HEAD = "    title: example\n    for_each: contact\n"
# Rules that some examples name.
OTHERS = "  {id}:\n    title: other\n    for_each: contact\n    when: {lead_status: NEW}\n    then: [{finding: {severity: info}}]\n"


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


def loaded(folder: Path, text: str) -> Loaded:
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return load(folder, make_catalogue(), FieldMap.of())


def of_condition(word: Documented) -> str:
    tests = "".join(
        f"      - {{now: {NOW}, given: {{{given}}}, expect: {'match' if held else 'nothing'}}}\n"
        for given, held in word.cases
    )
    return (
        f"format: 1\nrules:\n  example:\n{HEAD}    when:\n{indented(word.example, 6)}"
        f"    then: [{{finding: {{severity: info}}}}]\n    tests:\n{tests}"
    )


def named(words: tuple[Documented, ...]) -> list[object]:
    return [pytest.param(word, id=word.key.strip()) for word in words]


@pytest.mark.parametrize("word", named((*CONNECTIVES, *RELATED, *OPERATORS)))
def test_an_example_of_a_condition_holds_as_it_says(tmp_path: Path, word: Documented) -> None:
    found = loaded(tmp_path, of_condition(word))
    assert found.errors == ()
    ran = run_tests(found, make_catalogue())
    assert len(ran) == len(word.cases) >= 2
    assert [(one.name, one.got) for one in ran if not one.passed] == []
    assert {held for _, held in word.cases} == {True, False}


@pytest.mark.parametrize("word", named(RULE_KEYS))
def test_an_example_of_a_rule_can_be_read(tmp_path: Path, word: Documented) -> None:
    rest = {"title": "    title: example\n", "for_each": "    for_each: contact\n"}
    table = word.key in {"first_match", "every_match", "score"}
    asked = "" if word.key == "allowed" else "    when: {lead_status: BAD_TIMING, services: {known: true}}\n"
    rest |= {} if table else {"when": asked}
    rest |= {} if table else {"then": f"    then: [{THENS.get(word.key, '{finding: {severity: info}}')}]\n"}
    rest |= {"then": "    then: [{finding: {severity: info}}]\n"} if word.key == "allowed" else {}
    body = "".join(text for key, text in rest.items() if key != word.key) + indented(word.example, 4)
    others = "".join(OTHERS.replace("{id}", one) for one in ("l5-conflicting-parking", "h10-owner-missing-or-gone"))
    found = loaded(tmp_path, f"format: 1\nrules:\n  example:\n{body}{others}")
    assert found.errors == ()


THENS = {"hold": "{list: {name: 'x {services}', kind: recycle, one_per: services}}"}


@pytest.mark.parametrize("word", named(ACTIONS))
def test_an_example_of_an_action_can_be_read(tmp_path: Path, word: Documented) -> None:
    actions = "".join(f"      - {line}\n" for line in word.example.splitlines())
    when = "    when: {lead_status: NEW, services: {known: true}}\n"
    found = loaded(tmp_path, f"format: 1\nrules:\n  example:\n{HEAD}{when}    then:\n{actions}")
    assert found.errors == ()


@pytest.mark.parametrize("word", named(SECTIONS))
def test_an_example_of_a_section_can_be_read(tmp_path: Path, word: Documented) -> None:
    found = loaded(tmp_path, f"{word.example}\n{REST.get(word.key, '')}")
    assert found.errors == ()


_RULE = (
    f"rules:\n  no-owner:\n{HEAD}    when: {{owner: {{known: false}}}}\n    then: [{{finding: {{severity: info}}}}]\n"
)
REST = dict.fromkeys(("format", "relations", "scores", "queues", "vocabulary", "calendars", "rule_tests"), _RULE)


def test_every_word_that_can_be_written_is_in_the_reference() -> None:
    assert {word.key for word in RULE_KEYS} == set(RULE_KEYS_READ)
    assert {word.key for word in ACTIONS} == set(ACTIONS_READ)
    assert {word.key for word in OPERATORS} == {*OPERATORS_READ, "or_missing"}
    assert {word.key.strip() for word in RELATED} | {"per"} == set(ASKED_OF_MANY)
    assert {word.key for word in SECTIONS} | {"calendar"} == {"format", *SECTIONS_READ}


@pytest.mark.parametrize(("language", "name"), [("en", "rule-reference.md"), ("ja", "rule-reference.ja.md")])
def test_the_page_is_what_the_program_prints(language: str, name: str) -> None:
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert page == reference(language, FieldMap.of()), f"`mimawari rules reference --language {language}` makes it anew"
