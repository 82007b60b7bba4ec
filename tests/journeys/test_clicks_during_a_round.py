"""Many people click at once while the service makes the round of a night in which much has changed."""

from __future__ import annotations

import pytest

from tests.benchmarks.clicking import measured


@pytest.mark.soak
def test_every_click_is_answered_in_time_and_acts_once(database_url: str) -> None:
    figures = measured(database_url, contacts=600, seconds=3)
    assert figures.refused == {}
    assert (figures.lost, figures.doubled) == (0, 0)
    assert figures.acknowledged > 0
    assert figures.seconds[-1] < 3  # Slack's patience
