"""What it costs to examine 1,000 changed contacts out of few and out of many: it should hardly depend on the many."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from datetime import time as clock
from datetime import timedelta
from typing import Any

from jobs.database import open_database
from jobs.look import Looked, look
from rules.world import World
from tests.benchmarks.made_mirror import MadeMirror
from tests.rules.portal import PEOPLE, TUESDAY, shipped_rules

SIZES = [int(size) for size in os.environ.get("BENCH_EXAMINED", "10000,1000000").split(",")]
CHANGED = 1000
# The best of so many: the machine has other things to do.
TRIES = 5


def measured() -> Iterator[dict[str, Any]]:
    """Rows of the table: the floor of the larger mirrors is what the smallest one took."""
    floor: float | None = None
    for size in SIZES:
        full, some = _seconds(size)
        yield _row(f"examine all of {size:,} contacts, first time", full, None)
        yield _row(f"examine {CHANGED:,} changed of {size:,} contacts", some, floor)
        floor = floor or some


def _seconds(size: int) -> tuple[float, float]:
    """For everything at first, with all findings to open, and for what changed later."""
    rule_set = shipped_rules()
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(f"sqlite:///{folder}/bench.db")
        mirror = MadeMirror(engine, rule_set, size, TUESDAY)
        mirror.fill()
        now, taken = TUESDAY, list[float]()
        for _ in range(1 + TRIES):
            begun = time.perf_counter()
            looked = look(
                engine,
                rule_set,
                mirror.schema,
                World(now, PEOPLE, rule_set.calendar),
                run_id=1,
                full_at=clock(3),
            )
            taken.append(time.perf_counter() - begun)
            assert _as_many_as_expected(looked, size), looked.as_json()
            now += timedelta(minutes=5)
            mirror.change(CHANGED, now)
        engine.dispose()
    return taken[0], min(taken[1:])


def _as_many_as_expected(looked: Looked, size: int) -> bool:
    """Beside those that changed, time reaches one or another."""
    return looked.contacts == size if looked.why else CHANGED <= looked.contacts < CHANGED + 500


def _row(name: str, figure: float, floor: float | None) -> dict[str, Any]:
    ratio = round(figure / floor, 2) if floor else None
    return {"name": name, "figure": round(figure, 2), "floor": floor and round(floor, 2), "ratio": ratio, "unit": "s"}
