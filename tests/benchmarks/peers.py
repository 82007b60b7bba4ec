"""Forty rules on many contacts: ours, the same written by hand in SQL, and in Polars. All three must find the same.

`python -m tests.benchmarks.peers [contacts]`, a million if not said. Polars is no dependency of this project: install it
to see its column. Each peer runs in a process of its own, so that peak memory is its own, too.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, func, select

from jobs.database import open_database, snapshot
from rules.compile import finding_hits
from rules.derive import derive
from rules.fields import FieldMap
from rules.load import load
from rules.model import RuleSet
from rules.world import World
from tests.benchmarks.made_mirror import MadeMirror
from tests.rules.portal import PEOPLE, TUESDAY, make_catalogue

LIMITS = (1, 2, 3, 5, 10)

# Conditions in our language and in SQL; {n} is a number of business days, :cut_n the moment before which it is older.
RULES: Mapping[str, tuple[str, str]] = {
    "untouched": (
        """[{lead_status: NEW}, {lead_status: {unchanged_for: {n} business days}}, {deals: {none: {state: open}}},
        {last_activity_at: {earlier_than: status_since, or_missing: true}}]""",
        """c.p_hs_lead_status = 'NEW' AND f.since < :cut_{n} AND NOT EXISTS ({open_deals})
        AND (c.p_notes_last_contacted IS NULL OR c.p_notes_last_contacted > :now OR c.p_notes_last_contacted < f.since)""",
    ),
    "stalled": (
        """[{lead_status: IN_PROGRESS}, {lead_status: {unchanged_for: {n} business days}},
        {last_activity_at: {older_than: {n} business days, or_missing: true}}]""",
        """c.p_hs_lead_status = 'IN_PROGRESS' AND f.since < :cut_{n} AND (c.p_notes_last_contacted IS NULL
        OR c.p_notes_last_contacted > :now OR c.p_notes_last_contacted < :cut_{n})""",
    ),
    "nothing-behind": (
        """[{lead_status: OPEN_DEAL}, {lead_status: {unchanged_for: {n} business days}}, {deals: {exists: false}},
        {meetings: {exists: false}}]""",
        """c.p_hs_lead_status = 'OPEN_DEAL' AND f.since < :cut_{n} AND NOT EXISTS ({deals})
        AND NOT EXISTS ({meetings})""",
    ),
    "without-status": (
        """[{lead_status: {is_not: OPEN_DEAL, or_missing: true}}, {lead_status: {unchanged_for: {n} business days}},
        {deals: {any: {state: open, created_at: {older_than: {n} business days}}}}]""",
        """(c.p_hs_lead_status IS NULL OR c.p_hs_lead_status <> 'OPEN_DEAL') AND f.since < :cut_{n}
        AND EXISTS ({open_deals} AND d.p_createdate < :cut_{n})""",
    ),
    "lost": (
        """[{lead_status: OPEN_DEAL}, {lead_status: {unchanged_for: {n} business days}},
        {deals: {all: {state: lost}, latest: {by: closed_at, closed_at: {older_than: {n} business days}}}}]""",
        """c.p_hs_lead_status = 'OPEN_DEAL' AND f.since < :cut_{n} AND EXISTS ({deals})
        AND NOT EXISTS ({deals} AND NOT (coalesce(d.p_hs_is_closed, '') = 'true' AND coalesce(d.p_hs_is_closed_won, '') <> 'true'))
        AND (SELECT max(coalesce(d.p_closedate, d.p_createdate)) FROM associations a JOIN deals d ON d.id = a.to_id
             WHERE a.from_type = 'contacts' AND a.from_id = c.id AND a.to_type = 'deals') < :cut_{n}""",
    ),
    "parked": (
        """[{lead_status: [BAD_TIMING, UNQUALIFIED]}, {lead_status: {unchanged_for: {n} business days}},
        {deals: {any: {state: open}}}]""",
        """c.p_hs_lead_status IN ('BAD_TIMING', 'UNQUALIFIED') AND f.since < :cut_{n} AND EXISTS ({open_deals})""",
    ),
    "serviceless": (
        """[{lead_status: [ATTEMPTED_TO_CONTACT, BAD_TIMING]}, {services: {known: false}},
        {created_at: {older_than: {n} business days}}]""",
        """c.p_hs_lead_status IN ('ATTEMPTED_TO_CONTACT', 'BAD_TIMING') AND NOT ({some_service})
        AND c.p_createdate < :cut_{n}""",
    ),
    "nobody": (
        """[{lead_status: [NEW, IN_PROGRESS]}, {lead_status: {unchanged_for: {n} business days}},
        {any: [{owner: {known: false}}, {owner: {live: false}}, {owner: {role: {is_not: IS}}}]}]""",
        """c.p_hs_lead_status IN ('NEW', 'IN_PROGRESS') AND f.since < :cut_{n}
        AND (c.p_hubspot_owner_id IS NULL OR c.p_hubspot_owner_id NOT IN ({live_is}))""",
    ),
}
_LINKED = (
    "SELECT 1 FROM associations a JOIN {kind} d ON d.id = a.to_id AND d.archived_at IS NULL AND d.merged_into IS NULL "
    "WHERE a.from_type = 'contacts' AND a.from_id = c.id AND a.to_type = '{kind}'"
)
_FACTS = """CREATE TEMP TABLE facts_by_hand AS SELECT c.id, coalesce(max(v.at), c.p_createdate, c.created_at) AS since
FROM contacts c LEFT JOIN property_versions v ON v.object_type = 'contacts' AND v.object_id = c.id
    AND v.property = 'hs_lead_status' AND (v.position = 0 OR v.value IS NOT (SELECT b.value FROM property_versions b
    WHERE b.object_type = 'contacts' AND b.object_id = c.id AND b.property = 'hs_lead_status'
    AND b.position = v.position - 1))
WHERE c.archived_at IS NULL AND c.merged_into IS NULL GROUP BY c.id"""


def forty_rules(folder: Path, limits: Sequence[int] = LIMITS, edit: int = 0) -> RuleSet:
    """Eight conditions with each limit: forty rules with the usual ones. Each `edit` makes other files of the same rules."""
    lines = [f"# Edit {edit}", "format: 1", "rules:"]
    for name, (condition, _) in RULES.items():
        for n in limits:
            when = condition.replace("{n}", str(n))
            lines += [f"  {name}-{n}:", f"    title: {name}", "    for_each: contact", f"    when: {when}"]
            lines.append("    then: [{finding: {severity: info}}]")
    (folder / "forty.yaml").write_text("\n".join(lines), encoding="utf-8")
    loaded = load(folder, make_catalogue(), FieldMap.of())
    assert loaded.rule_set is not None, loaded.errors
    return loaded.rule_set


def ours(url: str, rule_set: RuleSet) -> dict[str, int]:
    engine = open_database(url)
    schema = MadeMirror(engine, rule_set, 0, TUESDAY).schema
    world = World(TUESDAY, PEOPLE, rule_set.calendar)
    with snapshot(engine) as connection:
        for statement in derive(rule_set, schema, world):
            connection.execute(statement)
        return {rule.id: _count(connection, rule_set, rule, schema, world) for rule in rule_set.rules}


def _count(connection: Connection, rule_set: RuleSet, rule: Any, schema: Any, world: World) -> int:
    hits = finding_hits(rule_set, rule, schema, world).subquery()
    return connection.execute(select(func.count()).select_from(hits)).scalar_one()


def by_hand(url: str, rule_set: RuleSet) -> dict[str, int]:
    calendar = rule_set.calendar
    values = {f"cut_{n}": int(calendar.cutoff(TUESDAY, n).timestamp() * 1000) for n in LIMITS}
    values["now"] = int(TUESDAY.timestamp() * 1000)
    services = rule_set.words["contacts"]["services"].options
    parts = {
        "{deals}": _LINKED.format(kind="deals"),
        "{meetings}": _LINKED.format(kind="meetings"),
        "{open_deals}": _LINKED.format(kind="deals") + " AND coalesce(d.p_hs_is_closed, '') <> 'true'",
        "{some_service}": " OR ".join(
            f"instr(coalesce(c.p_inquiry_service, ''), ';{one.value};') > 0" for one in services
        ),
        "{live_is}": ", ".join(PEOPLE.with_role("IS", live_only=True)),
    }
    engine = open_database(url)
    with snapshot(engine) as connection:
        connection.exec_driver_sql(_FACTS)
        found: dict[str, int] = {}
        for name, (_, condition) in RULES.items():
            where = condition
            for part, text in parts.items():
                where = where.replace(part, text)
            for n in LIMITS:
                query = f"SELECT count(*) FROM facts_by_hand f JOIN contacts c ON c.id = f.id WHERE {where}"
                row = connection.exec_driver_sql(query.replace("{n}", str(n)), values)
                found[f"{name}-{n}"] = row.scalar_one()
        return found


def in_polars(url: str, rule_set: RuleSet) -> dict[str, int]:
    from tests.benchmarks import polars_rules

    return polars_rules.counts(url.removeprefix("sqlite:///"), rule_set, LIMITS, PEOPLE, TUESDAY)


PEERS: Mapping[str, Callable[[str, RuleSet], dict[str, int]]] = {"ours": ours, "by hand": by_hand, "polars": in_polars}


def run_one(name: str, url: str, folder: str) -> None:
    rule_set = forty_rules(Path(folder))
    idle = _peak_megabytes()
    begun = time.perf_counter()
    counts = PEERS[name](url, rule_set)
    seconds = time.perf_counter() - begun
    print(json.dumps({"seconds": round(seconds, 3), "megabytes": round(_peak_megabytes() - idle), "counts": counts}))


def _peak_megabytes() -> float:
    """Of this process alone: what `getrusage` says begins with the memory of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def compared(contacts: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/large.db"
        engine = open_database(url)
        MadeMirror(engine, forty_rules(Path(folder)), contacts, TUESDAY).fill()
        engine.dispose()
        names = [name for name in PEERS if name != "polars" or importlib.util.find_spec("polars")]
        results = {name: _in_a_process(name, url, folder) for name in names}
    wanted = results["by hand"]["counts"]
    for name, result in results.items():
        assert result["counts"] == wanted, f"{name} finds something else"
    return [
        {
            "name": f"40 rules on {contacts:,} contacts, {name}",
            "figure": round(result["seconds"], 1),
            "floor": round(results["by hand"]["seconds"], 1),
            "ratio": round(result["seconds"] / results["by hand"]["seconds"], 2),
            "unit": "s",
            "megabytes": result["megabytes"],
            "found": sum(result["counts"].values()),
        }
        for name, result in results.items()
    ]


def reloaded() -> dict[str, Any]:
    """Reading, checking and linting 200 rules, as after an admin's edit. The best of five."""
    taken: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        for edit in range(5):
            begun = time.perf_counter()
            assert len(forty_rules(Path(folder), range(1, 26), edit).rules) == 200
            taken.append(time.perf_counter() - begun)
    return {"name": "reload of 200 rules", "figure": round(min(taken), 2), "floor": None, "ratio": None, "unit": "s"}


def _in_a_process(name: str, url: str, folder: str) -> Any:
    command = [sys.executable, "-m", "tests.benchmarks.peers", "--one", name, "--url", url, "--folder", folder]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("contacts", type=int, nargs="?", default=1_000_000)
    for option in ("--one", "--url", "--folder"):
        arguments.add_argument(option)
    asked = arguments.parse_args()
    if asked.one:
        run_one(asked.one, asked.url, asked.folder)
        return
    table = Table(
        "", "seconds", "beside SQL by hand", "MB above idle", "found", title="Forty rules", title_justify="left"
    )
    for row in compared(asked.contacts):
        table.add_row(row["name"], *(str(row[key]) for key in ("figure", "ratio", "megabytes", "found")))
    Console().print(table)


if __name__ == "__main__":
    main()
