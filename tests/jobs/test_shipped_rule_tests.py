"""The tests that come with the shipped rules: they pass, and they notice when a rule changes."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

import pytest

from jobs.rule_coverage import gaps
from jobs.rule_tests import Ran, run_tests
from rules.fields import FieldMap
from rules.load import LIBRARY, load, load_files
from rules.model import Loaded
from tests.rules.portal import make_catalogue

_LIMIT = re.compile(r"(\d+)( business days?)")


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    return load(LIBRARY, None, FieldMap.of())


@pytest.fixture(scope="module")
def ran(shipped: Loaded) -> list[Ran]:
    return run_tests(shipped, None, explain_all=True)


def failed(ran: list[Ran]) -> list[str]:
    return [f"{one.file}:{one.line} expected {one.expected}, got {one.got}" for one in ran if not one.passed]


def test_they_pass_without_a_portal(ran: list[Ran]) -> None:
    assert failed(ran) == []


@pytest.mark.soak  # as `rules check` does with the stand-in's, in every check
def test_they_pass_with_the_names_of_a_portal() -> None:
    catalogue = make_catalogue()
    assert failed(run_tests(load(LIBRARY, catalogue, FieldMap.of()), catalogue)) == []


def test_every_condition_of_a_tested_rule_is_seen_true_and_false(shipped: Loaded, ran: list[Ran]) -> None:
    assert shipped.rule_set is not None
    assert [gap for gap in gaps(shipped.rule_set, ran) if gap["never"] != "tested"] == []


def limits(shipped: Loaded) -> Iterator[tuple[str, str, int]]:
    """File, rule and where in the file each limit of a tested rule's condition stands."""
    tested = {test.rule for test in shipped.tests.tests}
    for file, content in shipped.files.items():
        for rule in re.finditer(r"(?m)^  ([a-z0-9-]+):\n(?:(?:    .*)?\n)*", content.decode()):
            when = rule[0].partition("\n    then:")[0]
            if "for_each" in when and rule[1] in tested:
                yield from ((file, rule[1], rule.start() + found.start()) for found in _LIMIT.finditer(when))


def moved(shipped: Loaded, file: str, rule: str, position: int, by: int) -> Loaded:
    """The shipped files with one limit changed, and the tests of its rule alone."""
    text = shipped.files[file].decode()
    rest = _LIMIT.sub(lambda found: f"{int(found[1]) + by}{found[2]}", text[position:], count=1)
    changed = load_files({**shipped.files, file: (text[:position] + rest).encode()}, None, FieldMap.of())
    own = [test for test in changed.tests.tests if test.rule == rule]
    return dataclasses.replace(changed, tests=dataclasses.replace(changed.tests, tests=own, timelines=()))


@pytest.mark.soak
@pytest.mark.parametrize("by", [-1, 1])
def test_no_limit_can_move_by_a_day_unnoticed(shipped: Loaded, by: int) -> None:
    places = list(limits(shipped))
    unnoticed = [one for one in places if not failed(run_tests(moved(shipped, *one, by), None))]
    assert len(places) > 12
    assert unnoticed == []
