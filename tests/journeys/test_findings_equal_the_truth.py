"""What the program finds in whole portals, against the stand-in's own reading of the same conditions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.journeys.stage import MORNING, Stage

BUILT = frozenset({*(f"L{n}" for n in range(1, 8)), *(f"H{n}" for n in range(1, 14))})
DAYS_LATER = (0, 1, 3, 30)

SLICE = [(600, 1)]
REST = [
    pytest.param(*case, marks=pytest.mark.soak)
    for case in (*((600, seed) for seed in range(2, 6)), *((2400, seed) for seed in range(1, 6)))
]


@pytest.mark.parametrize(("contacts", "seed"), [*SLICE, *REST])
def test_what_is_open_and_who_is_listed_equal_the_truth_as_days_go_by(stage: Stage, contacts: int, seed: int) -> None:
    stage.set(contacts, seed)
    stage.without_slack()
    for days in DAYS_LATER:
        stage.it_is(MORNING + timedelta(days=days))
        stage.make_round()
        truth = stage.truth()
        assert stage.found() == stage.true_findings(BUILT), f"{days} days later"
        assert stage.members() == {name: set(ids) for name, ids in truth["lists"].items()}
        assert stage.held() == {name: set(ids) for name, ids in truth["held"].items()}


def test_every_built_rule_has_something_to_find(stage: Stage) -> None:
    """Else the comparison would compare nothing."""
    stage.set(600, 1)
    stage.make_first_round()
    assert {code for code, _ in stage.found()} == BUILT
