"""The commands that work: sync, cycle, apply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobs.apply import Applied, Author, apply, approve
from jobs.cycle import LEASE, PATIENCE_SECONDS, run_cycle
from jobs.database import writing
from jobs.errors import SettingsWrong
from jobs.ledger import plan_lines, runs
from jobs.output import DONE, IN_PART, Answer
from jobs.wiring import Parts

Progress = Callable[[str, int, int | None], None]


def sync(parts: Parts, *, full: bool, progress: Progress) -> Answer:
    with runs.lease(parts.engine, LEASE, patience_seconds=PATIENCE_SECONDS):
        return Answer(parts.sync(parts.clock(), full=full, progress=progress))


def cycle(parts: Parts, progress: Progress) -> Answer:
    report = run_cycle(parts, progress, patience_seconds=PATIENCE_SECONDS)
    return Answer(report.document, DONE if report.complete else IN_PART)


def lines_to_apply(parts: Parts, plan_id: int | None) -> list[Any]:
    """The proposed lines of one plan, or of all; SettingsWrong for a plan that never was."""
    with writing(parts.engine) as connection:
        if plan_id is not None and not plan_lines.plan_exists(connection, plan_id):
            raise SettingsWrong(f"{plan_id}: there is no such plan. `mimawari plan` shows the current one.")
        return [row for row in plan_lines.undecided(connection, plan_id) if row.state == "proposed"]


def apply_plan(parts: Parts, plan_id: int | None, progress: Progress) -> Answer:
    """Write the proposed lines, rule by rule within their caps, and what an earlier apply left unfinished."""
    gateway = parts.gateway()
    with runs.lease(parts.engine, LEASE, patience_seconds=PATIENCE_SECONDS):
        now = parts.clock()
        limits = {rule.id: rule.limit for rule in parts.rules().rules}
        rows = lines_to_apply(parts, plan_id)
        _, capped = approve(parts.engine, rows, limits, "command line")
        applied = apply(
            parts.engine,
            gateway,
            author=Author("command line", "cli"),
            now=now,
            progress=lambda done: progress("write", done, len(rows)),
        )
    document: dict[str, Any] = {
        "applied": applied.applied,
        "conflict": applied.conflict,
        "failed": applied.failed,
        "lines": applied.lines,
        "capped": [{"rule": cap.rule, "limit": cap.limit, "wanted": cap.wanted} for cap in capped],
        "problem": applied.trouble,
    }
    return Answer(document, DONE if _complete(applied) and not capped else IN_PART)


def _complete(applied: Applied) -> bool:
    return not (applied.conflict or applied.failed or applied.trouble)
