from __future__ import annotations

import pytest

from connector.day_use import DAY_SECONDS, DayUse, Strain
from connector.lanes import Lane

NOON = DAY_SECONDS / 2


def use(spent: int, *, granted: int | None = 1000, seconds: float = DAY_SECONDS - 60) -> DayUse:
    return DayUse("2026-11-22", {Lane.PERSON: 1, Lane.CYCLE: 2, Lane.SWEEP: 3}, granted, spent, seconds)


@pytest.mark.parametrize(
    ("spent", "seconds", "strain"),
    [
        (400, NOON, Strain.EASY),  # 800 at midnight
        (480, NOON, Strain.TIGHT),  # 960 at midnight are more than 950
        (799, DAY_SECONDS - 60, Strain.EASY),  # hardly anything will follow
        (800, DAY_SECONDS - 60, Strain.TIGHT),
        (900, DAY_SECONDS - 60, Strain.SHORT),
        (980, DAY_SECONDS - 60, Strain.OUT),
        (150, 1800, Strain.EASY),  # a first sync at half past midnight: 150 + 150/21,600 × 84,600 = 738
    ],
)
def test_how_short_the_day_is(spent: int, seconds: float, strain: Strain) -> None:
    assert use(spent, seconds=seconds).strain is strain


@pytest.mark.parametrize(
    ("strain", "spent", "allowed"),
    [
        (Strain.EASY, 10, {Lane.PERSON, Lane.CYCLE, Lane.SWEEP}),
        (Strain.TIGHT, 850, {Lane.PERSON, Lane.CYCLE}),
        (Strain.SHORT, 950, {Lane.PERSON, Lane.CYCLE}),
        (Strain.OUT, 990, {Lane.PERSON}),
    ],
)
def test_sweeps_stop_first_and_people_never(strain: Strain, spent: int, allowed: set[Lane]) -> None:
    found = use(spent)
    assert found.strain is strain
    assert {lane for lane in Lane if found.allows(lane)} == allowed


def test_the_crms_count_knows_other_apps_and_ours_stands_in_for_it() -> None:
    assert use(700).spent == 700
    assert DayUse("2026-11-22", {Lane.CYCLE: 30}, 1000, None, NOON).spent == 30


def test_a_crm_that_has_not_told_its_limit_holds_nobody_back() -> None:
    assert use(10_000, granted=None).strain is Strain.EASY


def test_the_forecast_goes_on_as_the_day_began() -> None:
    assert use(300, seconds=NOON).forecast == 600
