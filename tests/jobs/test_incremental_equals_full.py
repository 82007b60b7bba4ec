"""Looking only at what changed and at what time has reached leaves the ledger as looking at everything would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from jobs.database import open_database
from rules.fields import FieldMap
from rules.load import load
from tests.jobs.changing_portal import ChangingPortal, more_rules
from tests.rules.portal import make_catalogue

LENGTHS = [timedelta(minutes=n) for n in (1, 5, 59, 60, 240)] + [timedelta(days=n) for n in (1, 2, 3, 7, 34)]
OFFSETS = [timedelta(milliseconds=n) for n in (-1, 0, 1)]

Step = tuple[str, Any]
SEEDS = st.integers(0, 10**6)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.sampled_from(["contacts", "deals", "meetings", "links"]), SEEDS),
    st.tuples(st.just("people"), SEEDS),
    st.tuples(st.just("wait"), st.sampled_from(LENGTHS)),
    st.tuples(st.just("midnight"), st.sampled_from(OFFSETS)),
)
# Each is followed by a look.
ROUNDS = st.lists(st.lists(STEPS, min_size=1, max_size=4), min_size=1, max_size=4)

# One database serves all examples; each begins by emptying it.
ONE_DATABASE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def changing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ChangingPortal]:
    loaded = load(more_rules(tmp_path), make_catalogue(), FieldMap.of())
    assert loaded.rule_set is not None, loaded.errors
    engine = open_database(request.getfixturevalue(getattr(request, "param", "sqlite_url")))
    yield ChangingPortal.on(engine, loaded.rule_set)
    engine.dispose()


def do(changing: ChangingPortal, step: Step) -> None:
    kind, value = step
    match kind:
        case "wait":
            changing.wait(value)
        case "midnight":
            changing.wait_until_midnight(value)
        case "links":
            changing.relink(value)
        case "people":
            changing.someone_leaves_or_returns(value)
        case _:
            changing.edit(kind, value)


def live_through(changing: ChangingPortal, seed: int, contacts: int, rounds: Sequence[Sequence[Step]]) -> None:
    changing.begin(seed, contacts)
    changing.look()
    for number, steps in enumerate(rounds):
        for step in steps:
            do(changing, step)
        looked = changing.look()
        assert changing.ledger() == changing.full(), f"round {number}: {steps}"
        assert not looked.disagreements, f"round {number}: {steps}"


@settings(max_examples=1, deadline=None, suppress_health_check=ONE_DATABASE)
@given(st.integers(1, 50), ROUNDS)
@example(3, [[("wait", one)] for one in LENGTHS[:5]])
@example(4, [[("midnight", one)] for one in OFFSETS])
def test_after_any_edits_and_any_time(changing: ChangingPortal, seed: int, rounds: list[list[Step]]) -> None:
    live_through(changing, seed, 40, rounds)


@pytest.mark.soak
@pytest.mark.parametrize("changing", ["sqlite_url", "postgresql_url"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=ONE_DATABASE)
@given(st.integers(1, 10**6), ROUNDS)
@example(5, [[("wait", timedelta(hours=5))]] * 6)
def test_after_any_edits_and_any_time_on_both_databases(
    changing: ChangingPortal, seed: int, rounds: list[list[Step]]
) -> None:
    live_through(changing, seed, 120, rounds)


def test_the_comparison_has_something_to_compare(changing: ChangingPortal) -> None:
    changing.begin(3, 120)
    changing.look()
    found = changing.full()
    rules = {one[0] for said in found.values() for one in said}
    assert {"made-hours-ago", "meeting-over", "date-passed", "slept", "touched"} <= rules
    assert all(found.values())
