"""The benchmarks still run: what they measure is looked at by people, and only now and then."""

from __future__ import annotations

import pytest

from tests.benchmarks import examining, peers


@pytest.mark.soak
def test_all_and_what_changed_are_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "SIZES", [300, 400])
    monkeypatch.setattr(examining, "CHANGED", 20)
    monkeypatch.setattr(examining, "TRIES", 1)
    assert [row["name"].split()[1] for row in examining.measured()] == ["all", "20", "all", "20"]


def test_the_peers_find_the_same() -> None:
    assert all(row["found"] > 0 for row in peers.compared(400))
