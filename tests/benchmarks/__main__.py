"""What a round costs, beside what HubSpot's interface makes it cost at least. Run by `make bench`; never a test."""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import orjson
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from jobs.cycle import run_cycle
from jobs.sandbox import started
from jobs.settings import Environment, load_settings
from jobs.wiring import Parts
from tests.benchmarks import clicking, examining, peers, reading

CONTACTS = int(os.environ.get("BENCH_CONTACTS", "2400"))
CLICKED_CONTACTS = int(os.environ.get("BENCH_CLICKED_CONTACTS", "60000"))
EXAMINED_BY_PEERS = int(os.environ.get("BENCH_RULES", "1000000"))
MORNING = "2026-11-24T09:30:00+09:00"
# HubSpot's pages: 100 records, 50 when history is asked for; 1,000 ids for associations (hubspot-api.md, §3 and §5).
PAGE, HISTORY_PAGE, LINK_PAGE = 100, 50, 1000
OWNERS, PIPELINES, LISTS, ACCOUNT = 2, 1, 1, 1


def main() -> None:
    rows: list[dict[str, Any]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        started(["crm", "--contacts", str(CONTACTS), "--now", MORNING]) as crm,
        started(["slack", "--crm-url", crm.url, "--now", MORNING]) as slack,
    ):
        parts = Parts(load_settings(_environment(crm, slack, folder)))
        first, seconds = timed(lambda: run_cycle(parts).document)
        rows.append(row("first round: CRM calls", calls_seen(crm), floor_of_first(first), "calls"))
        rows.append(row("first round: time", seconds, 60, "s (limit)"))
        before = calls_seen(crm)
        quiet, seconds = timed(lambda: run_cycle(parts).document)
        # Nothing changed: one search per object, the links that each has with contacts, and what no search shows.
        floor = 2 * len(quiet["sync"]["objects"]) - 1 + OWNERS + PIPELINES + LISTS
        rows.append(row("quiet round: CRM calls", calls_seen(crm) - before, floor, "calls"))
        rows.append(row("quiet round: time", seconds, None, "s"))
    rows += reading.measured()
    rows += examining.measured()
    rows += clicks()
    rows += [peers.reloaded(), *peers.compared(EXAMINED_BY_PEERS)]
    show(rows)
    Path("bench.json").write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2))


def clicks() -> list[dict[str, Any]]:
    """People click for a minute while the service makes the nightly round; on PostgreSQL with MIMAWARI_DATABASE_URL."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("MIMAWARI_DATABASE_URL", f"sqlite:///{folder}/clicks.db")
        figures = clicking.shown(clicking.measured(url, CLICKED_CONTACTS, 60))
    name = f"50 clicks a second for a minute, {CLICKED_CONTACTS} contacts"
    return [
        row(f"{name}: 99 % answered in", figures["p99_ms"], 500, "ms (limit)"),
        row(f"{name}: longest", figures["longest_ms"], 3000, "ms (limit)"),
        row(f"{name}: lost or done twice", figures["lost"] + figures["doubled"], None, "acts"),
    ]


def floor_of_first(document: dict[str, Any]) -> int:
    """The least number of calls that can bring everything: pages of each object, links of the contacts, and the rest."""
    objects = document["sync"]["objects"]
    others = objects.keys() - {"contacts"}
    pages = sum(math.ceil(objects[name]["read"] / PAGE) for name in others)
    pages += math.ceil(objects["contacts"]["read"] / HISTORY_PAGE)
    links = len(others) * math.ceil(objects["contacts"]["read"] / LINK_PAGE)
    archived = definitions = counts = len(objects)  # no list shows what was archived, nor how far it has been read
    return pages + archived + counts + links + OWNERS + PIPELINES + LISTS + definitions + ACCOUNT


def calls_seen(crm: Any) -> int:
    """Counted by the server, not by us."""
    return int(httpx.get(f"{crm.control_url}/requests", trust_env=False).json()["total"])


def timed(work: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], float]:
    begun = time.perf_counter()
    return work(), time.perf_counter() - begun


def row(name: str, figure: float, floor: float | None, unit: str) -> dict[str, Any]:
    ratio = round(figure / floor, 2) if floor else None
    return {"name": name, "figure": round(figure, 2), "floor": floor, "ratio": ratio, "unit": unit}


def show(rows: list[dict[str, Any]]) -> None:
    table = Table(title=f"{CONTACTS} contacts, real rate limits", title_justify="left")
    for column in ("", "ours", "floor", "ratio", "unit"):
        table.add_column(column, justify="left" if column in {"", "unit"} else "right")
    for entry in rows:
        table.add_row(
            *(
                str(entry[key]) if entry[key] is not None else "–"
                for key in ("name", "figure", "floor", "ratio", "unit")
            )
        )
    Console(file=sys.stdout).print(table)


def _environment(crm: Any, slack: Any, folder: str) -> Environment:
    return Environment(
        mimawari_database_url=os.environ.get("MIMAWARI_DATABASE_URL", f"sqlite:///{folder}/bench.db"),
        mimawari_now=f"{crm.control_url}/clock",
        hubspot_access_token=SecretStr(crm.token),
        hubspot_base_url=crm.url,
        slack_bot_token=SecretStr(slack.token),
        slack_signing_secret=SecretStr(slack.signing_secret),
        slack_base_url=slack.url,
    )


if __name__ == "__main__":
    main()
