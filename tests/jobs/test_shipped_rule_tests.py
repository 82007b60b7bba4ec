"""The tests that come with the shipped rules."""

from __future__ import annotations

import pytest

from jobs.rule_tests import Ran, run_tests
from rules.fields import FieldMap
from rules.load import LIBRARY, load
from rules.model import Loaded
from tests.rules.portal import make_catalogue


@pytest.fixture(scope="module")
def shipped() -> Loaded:
    return load(LIBRARY, None, FieldMap.of())


@pytest.fixture(scope="module")
def ran(shipped: Loaded) -> list[Ran]:
    return run_tests(shipped, None)


def test_they_pass_without_a_portal(ran: list[Ran]) -> None:
    assert [f"{one.file}:{one.line} expected {one.expected}, got {one.got}" for one in ran if not one.passed] == []


def test_they_pass_with_the_names_of_a_portal() -> None:
    catalogue = make_catalogue()
    failed = [one for one in run_tests(load(LIBRARY, catalogue, FieldMap.of()), catalogue) if not one.passed]
    assert [f"{one.file}:{one.line}" for one in failed] == []
