"""What reading costs under HubSpot's limits: a portal for the first time, then what changed.

Beside the calls stands the least number in which HubSpot's interface can tell all this; beside the time, how long its
limits make that number of calls take, of HubSpot's five searches a second with the four that mimawari takes; beside our
processor time, the tenth of a millisecond a record that it may be.
`python -m tests.benchmarks.reading` does this alone; BENCH_READ_CONTACTS makes it smaller.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import multiprocessing
import os
import tempfile
import time
from collections.abc import Generator
from datetime import timedelta
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, func, select

from connector.gateway import Gateway
from connector.lanes import Lane
from connector.mirror.tables import associations, versions
from connector.pull import SyncReport
from jobs.database import open_database
from jobs.round_process import collect_rarely
from tests.connector.crm import Crm, make_portal, running_crm
from tests.connector.pulling import NEEDS, pull

CONTACTS = int(os.environ.get("BENCH_READ_CONTACTS", "100000"))
DEALS, OTHERS = CONTACTS // 5, 900
CHANGES = (0, 1_000, 20_000)
TYPES, LINKS = len(NEEDS), len(NEEDS) - 1
# HubSpot's pages: 200 found, 50 read with history, 1,000 ids for associations (hubspot-api.md, §3 to §5).
SEARCH_PAGE, HISTORY_PAGE, LINK_PAGE = 200, 50, 1000
# Live and deactivated owners, deal stages, static lists: nothing tells whether they changed.
SHARED = 4
# Calls in ten seconds, and searches in one, which are counted apart.
CALLS_PER_10_S, SEARCHES_PER_S = 190, 4
WINDOW_S = 12
CPU_MS_PER_RECORD = 0.1


@dataclasses.dataclass(frozen=True, slots=True)
class Least:
    """The fewest calls for a piece of work, and how long the limits make them take when both lanes are full."""

    searches: int
    others: int

    @property
    def calls(self) -> int:
        return self.searches + self.others

    @property
    def seconds(self) -> int:
        """As many calls as a window holds go out at once, at its beginning."""
        return max((self.others - 1) // CALLS_PER_10_S * 10, (self.searches - 1) // SEARCHES_PER_S)


def least_of_first() -> Least:
    """The pages of each type, the links of contacts, and per type one count, its definitions and its archived records.
    What is read without history is found by searches, whose pages are larger, while contacts are listed.
    """
    found = math.ceil(DEALS / SEARCH_PAGE) + (TYPES - 2) * math.ceil(OTHERS / SEARCH_PAGE)
    listed = math.ceil(CONTACTS / HISTORY_PAGE)
    return Least(TYPES + found, listed + LINKS * math.ceil(CONTACTS / LINK_PAGE) + 2 * TYPES + SHARED + 1)


def least_of(changes: int) -> Least:
    """One search per type tells whether anything changed; with it come the first 200. No search tells of a link alone."""
    pages = math.ceil(changes / SEARCH_PAGE) if changes > SEARCH_PAGE else 0
    links = LINKS * (math.ceil(changes / LINK_PAGE) + 1)
    return Least(TYPES + pages, math.ceil(changes / HISTORY_PAGE) + links + SHARED)


def measured() -> list[dict[str, Any]]:
    """The stand-in is a process of its own, so that the processor time is ours alone. Calls are made as a round's are."""
    collect_rarely()
    with tempfile.TemporaryDirectory() as folder, _served() as crm:
        engine = open_database(f"sqlite:///{folder}/bench.db")
        gateway = crm.gateway(engine=engine, sleep=time.sleep).in_lane(Lane.CYCLE)
        name = f"first reading of {CONTACTS:,} contacts, {DEALS:,} deals and their links"
        rows = _measured(engine, gateway, name, least_of_first(), timedelta())
        for number, changes in enumerate((one for one in CHANGES if one <= CONTACTS), 1):
            crm.control("clock", advance_s=60)
            if changes:
                crm.control("bulk", count=changes, property="lead_score", value=str(changes))
            # Rounds are minutes apart: what the one before has used no longer counts.
            time.sleep(WINDOW_S)
            rows += _measured(
                engine, gateway, f"reading {changes:,} changes", least_of(changes), timedelta(minutes=number)
            )
        engine.dispose()
    return rows


def _measured(engine: Engine, gateway: Gateway, name: str, least: Least, after: timedelta) -> list[dict[str, Any]]:
    held = _stored_besides(engine)
    begun, cpu_begun = time.perf_counter(), time.process_time()
    report = pull(engine, gateway, after)
    seconds, cpu = time.perf_counter() - begun, time.process_time() - cpu_begun
    calls = sum(report.crm_calls.values())
    rows = [
        _row(f"{name}: CRM calls", calls, least.calls, "calls") | {"by_kind": dict(report.crm_calls)},
        _row(f"{name}: time", round(seconds, 1), least.seconds or None, "s"),
    ]
    records = _read(report)
    if records:
        stored = records + _stored_besides(engine) - held
        each, of_all = (round(cpu * 1000 / number, 3) for number in (records, stored))
        rows.append(_row(f"{name}: processor, each of {records:,} records", each, CPU_MS_PER_RECORD, "ms (limit)"))
        rows.append(
            _row(f"{name}: the same with versions and links: {stored:,}", of_all, CPU_MS_PER_RECORD, "ms (limit)")
        )
    if least.seconds:
        rows.append(_row(f"{name}: processor, of the time that the limits take", round(cpu, 1), least.seconds, "s"))
    return rows


def _read(report: SyncReport) -> int:
    return sum(tally.read for tally in report.objects.values())


def _stored_besides(engine: Engine) -> int:
    """Former values and links."""
    with engine.connect() as connection:
        counted = (select(func.count()).select_from(table) for table in (versions, associations))
        return sum(connection.execute(one).scalar_one() for one in counted)


def _row(name: str, figure: float, floor: float | None, unit: str) -> dict[str, Any]:
    return {
        "name": name,
        "figure": figure,
        "floor": floor,
        "ratio": round(figure / floor, 3) if floor else None,
        "unit": unit,
    }


@contextlib.contextmanager
def _served() -> Generator[Crm]:
    processes = multiprocessing.get_context("spawn")
    here, there = processes.Pipe()
    process = processes.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    url = here.recv()
    with httpx.Client(base_url=url, timeout=120) as client:
        yield Crm(url, client)
    here.send(None)
    process.join()


def _serve(told: Any) -> None:
    def portal() -> Any:
        return make_portal(contacts=CONTACTS, deals=DEALS, companies=OTHERS, meetings=OTHERS)

    with running_crm(portal, limits="real") as crm:
        told.send(crm.url)
        told.recv()


def main() -> None:
    table = Table("", "ours", "least", "ratio", "unit", title="Reading, real rate limits", title_justify="left")
    for row in measured():
        table.add_row(
            *("–" if row[key] is None else str(row[key]) for key in ("name", "figure", "floor", "ratio", "unit"))
        )
    Console().print(table)


if __name__ == "__main__":
    main()
