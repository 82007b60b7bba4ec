"""The commands that work: sync, cycle, apply, undo."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from connector.lanes import Lane
from jobs.admit import admit
from jobs.apply import Applied, Author, apply
from jobs.cycle import LEASE, PATIENCE_SECONDS, run_cycle
from jobs.database import writing
from jobs.drift import keep_up
from jobs.errors import SettingsWrong
from jobs.ledger import plan_lines, runs
from jobs.ledger.undone import Target
from jobs.output import DONE, IN_PART, Answer
from jobs.undo import undo
from jobs.wiring import Parts

Progress = Callable[[str, int, int | None], None]

TERMINAL = Author("command line", "cli")


def sync(parts: Parts, *, full: bool, progress: Progress) -> Answer:
    with runs.lease(parts.engine, LEASE, patience_seconds=PATIENCE_SECONDS):
        now = parts.clock()
        report = parts.sync(now, full=full, progress=progress)
        keep_up(parts, parts.rules(), now)
        with writing(parts.engine) as connection:
            run_id = runs.start(connection, "sync", now, None)
            runs.finish(connection, run_id, "done", now, {})
        return Answer(report)


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
    gateway = parts.gateway().in_lane(Lane.CYCLE)
    with runs.lease(parts.engine, LEASE, patience_seconds=PATIENCE_SECONDS):
        now = parts.clock()
        rows = lines_to_apply(parts, plan_id)
        admitted = admit(parts.engine, parts.rules(), rows, by=TERMINAL.name, now=now)
        applied = apply(
            parts.engine,
            gateway,
            author=TERMINAL,
            now=now,
            schema=parts.schema(),
            progress=lambda done: progress("write", done, len(rows)),
        )
    document = {
        **_document(applied),
        "lines": [*applied.lines, *admitted.turned_away],
        "withdrawn": sum(line["state"] == "withdrawn" for line in admitted.turned_away),
        "held_back": sum(line["state"] == "held_back" for line in admitted.turned_away),
        "capped": [dataclasses.asdict(cap) for cap in admitted.capped],
    }
    return Answer(document, DONE if applied.complete and admitted.everything else IN_PART)


def undo_target(parts: Parts, target: Target, progress: Progress) -> Answer:
    """Take back what a cycle, a plan or a line has written."""
    with runs.lease(parts.engine, LEASE, patience_seconds=PATIENCE_SECONDS):
        undoing = undo(parts, target, TERMINAL, lambda done: progress("write", done, None))
    document = {"undo": f"{target.kind} {target.number}", "plan": undoing.plan, **_document(undoing.applied)}
    return Answer(document, DONE if undoing.applied.complete else IN_PART)


def _document(applied: Applied) -> dict[str, Any]:
    return {
        "applied": applied.applied,
        "conflict": applied.conflict,
        "failed": applied.failed,
        "lines": applied.lines,
        "capped": [],
        "problem": applied.trouble,
    }
