"""What reading changes costs, beside the least number of calls in which HubSpot's interface can tell them."""

from __future__ import annotations

import math
import tempfile
import time
from datetime import timedelta
from typing import Any

from connector.pull import SyncReport
from jobs.database import open_database
from tests.connector.crm import Crm, make_portal, running_crm
from tests.connector.pulling import NEEDS, pull

CONTACTS, OTHERS = 20_000, 900
CHANGES = (0, 1_000, 20_000)
TYPES, LINKS = len(NEEDS), len(NEEDS) - 1
# HubSpot's pages: 200 found, 50 read with history, 1,000 ids for associations (hubspot-api.md, §3 to §5).
SEARCH_PAGE, HISTORY_PAGE, LINK_PAGE = 200, 50, 1000
# Live and deactivated owners, deal stages, static lists: nothing tells whether they changed.
SHARED = 4


def measured() -> list[dict[str, Any]]:
    """Each amount in a round of its own; the last row is how long the largest took for each record."""
    rows: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        running_crm(
            lambda: make_portal(contacts=CONTACTS, companies=OTHERS, deals=OTHERS, meetings=OTHERS), limits="off"
        ) as crm,
    ):
        engine = open_database(f"sqlite:///{folder}/bench.db")
        first = pull(engine, crm.gateway())
        rows.append(_row(f"first reading of {CONTACTS:,} contacts", first, _floor_of_first()))
        for number, changes in enumerate(CHANGES, 1):
            begun = time.process_time()
            report = _after(crm, engine, changes, timedelta(minutes=number))
            rows.append(_row(f"reading {changes:,} changes", report, floor(changes)))
            rows[-1]["cpu_ms_per_record"] = round((time.process_time() - begun) * 1000 / max(changes, 1), 2)
        engine.dispose()
    return rows


def _after(crm: Crm, engine: Any, changes: int, after: timedelta) -> SyncReport:
    crm.control("clock", advance_s=60)
    if changes:
        crm.control("bulk", count=changes, property="lead_score", value=str(changes))
    return pull(engine, crm.gateway(), after)


def floor(changes: int) -> int:
    """One search per type tells whether anything changed; with it come the first 200. No search tells of a link alone."""
    pages = math.ceil(changes / SEARCH_PAGE) if changes > SEARCH_PAGE else 0
    values = math.ceil(changes / HISTORY_PAGE)
    links = LINKS * (math.ceil(changes / LINK_PAGE) + 1)
    return TYPES + pages + values + links + SHARED


def _floor_of_first() -> int:
    """The pages of each type, the links of contacts, and per type one count, its definitions and its archived records."""
    pages = math.ceil(CONTACTS / HISTORY_PAGE) + (TYPES - 1) * math.ceil(OTHERS / 100)
    return pages + LINKS * math.ceil(CONTACTS / LINK_PAGE) + 3 * TYPES + SHARED + 1


def _row(name: str, report: SyncReport, least: int) -> dict[str, Any]:
    calls = sum(report.crm_calls.values())
    return {
        "name": f"{name}: CRM calls",
        "figure": calls,
        "floor": least,
        "ratio": round(calls / least, 3),
        "unit": "calls",
        "by_kind": dict(report.crm_calls),
    }
