"""One cycle: poll, examine, write back, remind. Each step can be cut off anywhere and run again without harm."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog

from connector.errors import AccessRefused, CrmError
from connector.lanes import Lane
from jobs.admit import admit
from jobs.adopt import adopt, tell_broken
from jobs.apply import Applied, Author, apply
from jobs.approvals import tell_of_approvals
from jobs.busy import find_busy
from jobs.database import snapshot, writing
from jobs.deliver import Sent, deliver
from jobs.drift import keep_up
from jobs.examine import examine
from jobs.extent import Why
from jobs.ledger import plan_lines, queue_counts, runs
from jobs.ledger.findings import Change, count_open
from jobs.ledger.forget import forget
from jobs.ledger.rests import expire, wake
from jobs.look import Looked, look
from jobs.over_cap import tell_over_cap
from jobs.pace import why_not_read
from jobs.permissions import tell_changed
from jobs.queue_zero import tell_of_empty_queues
from jobs.queues import Queues
from jobs.readers import readers_of
from jobs.reconcile import reconcile
from jobs.remind import Decided, remind
from jobs.reminder_policy import Moment
from jobs.standing import resting_rules
from jobs.wiring import Parts
from rules.model import Mode, RuleError, RuleSet, family_of
from slack_app.errors import SlackError, SlackRefused

log = structlog.get_logger()

LEASE = "cycle"
# How long a person at the terminal waits for another process to finish its round.
PATIENCE_SECONDS = 60


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """Something that kept a step from being done; the rest of the cycle went on without it. `rule` is set where it is
    over its cap.
    """

    step: str
    message: str
    rule: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Report:
    """What one cycle did, in the shape that `mimawari cycle` prints."""

    document: dict[str, Any]
    problems: tuple[Problem, ...]

    @property
    def complete(self) -> bool:
        return not self.problems


Progress = Callable[[str, int, int | None], None]


def quiet(step: str, done: int, total: int | None) -> None:
    """Progress for those who do not watch."""


def run_cycle(parts: Parts, progress: Progress = quiet, *, patience_seconds: float = 0) -> Report:
    """Make the round once. Busy when another process is still making it after so many seconds. Raises only what stops
    the whole cycle.
    """
    with runs.lease(parts.engine, LEASE, patience_seconds=patience_seconds):
        now = parts.clock()
        problems: list[Problem] = []
        # Before the first sync, rules can only be read once the portal's properties are: the sync sees to that.
        if parts.catalogue() is not None and (mistakes := parts.look_at_rules()):
            problems.append(_broken_rules(mistakes))
            tell_broken(parts, mistakes, now)
        sync_report = _poll(parts, now, problems, progress)
        if sync_report is not None and not any(problem.step == "rules" for problem in problems):
            parts.swap_rules()
            adopt(parts, now)
        _know_people(parts, now, problems)
        rule_set = parts.rules()
        if sync_report is not None:
            tell_changed(parts)
            keep_up(parts, rule_set, now)
        with writing(parts.engine) as connection:
            run_id = runs.start(connection, "cycle", now, rule_set.version)
            woken = wake(connection, now)
            if oldest := parts.oldest_reminded(rule_set, now):
                expire(connection, oldest)
        looked = None
        if sync_report is not None:
            progress("examine", 0, None)
            full_at = parts.settings.file.service.full_examination_at
            looked = look(parts.engine, rule_set, parts.schema(), parts.world(now), run_id=run_id, full_at=full_at)
            if looked.why is Why.NIGHTLY:
                forget(parts.engine, now)
        queues = {} if sync_report is None else _count_queues(parts, rule_set, now)
        applied = _write_back(parts, rule_set, now, run_id, problems, progress)
        busy = find_busy(parts.engine, rule_set.calendar, parts.people(), now=now, run_id=run_id)
        decided, sent = _tell(parts, rule_set, now, problems, progress)
        document = _document(parts, run_id, sync_report, looked, queues, applied, decided, sent, problems, busy)
        with writing(parts.engine) as connection:
            state = "partial" if problems else "done"
            runs.finish(connection, run_id, state, now, document)
        log.info("cycle finished", run=run_id, problems=len(problems), woken=woken)
        return Report(document, tuple(problems))


def _broken_rules(mistakes: Sequence[RuleError]) -> Problem:
    first = mistakes[0]
    where = f"{first.file} line {first.line}: {first.message.en}"
    return Problem(
        "rules", f"{len(mistakes)} mistake(s) in the rule files, the first in {where}. The last good set stays in use."
    )


def _poll(parts: Parts, now: datetime, problems: list[Problem], progress: Progress) -> dict[str, Any] | None:
    resting = why_not_read(parts, now) if parts.catalogue() is not None else None
    if resting is not None:
        problems.append(Problem("sync", resting))
        return None
    try:
        return parts.sync(now, full=False, progress=progress)
    except AccessRefused:
        raise
    except CrmError as error:
        if parts.catalogue() is None:
            raise  # nothing was ever read: there is nothing to go on with
        # What is already mirrored is older than the rules need: findings neither open nor close on it.
        log.debug("crm away", error=type(error).__name__)
        problems.append(Problem("sync", str(error)))
        return None


def _know_people(parts: Parts, now: datetime, problems: list[Problem]) -> None:
    """Who is in the groups that give roles, and who is not reached; from before where Slack cannot be asked."""
    try:
        directory = parts.directory()
        if directory is not None:
            directory.look_around(now)
        parts.read_groups(now, timedelta(0))
    except SlackRefused as error:
        problems.append(Problem("people", str(error)))
    except SlackError as error:
        # The messages of this round meet the same trouble and report it.
        log.debug("slack away", error=type(error).__name__)


def reexamine(parts: Parts, contact_ids: Collection[str]) -> Change:
    """Examine these contacts only, after a person's act; their findings open and close at once.

    They stay marked for the next cycle: one that is under way may still store what it saw before the act.
    """
    now, rule_set = parts.clock(), parts.rules()
    with writing(parts.engine) as connection:
        run_id = runs.start(connection, "act", now, rule_set.version)
    examination = examine(parts.engine, rule_set, parts.schema(), parts.world(now), contact_ids)
    change = reconcile(parts.engine, rule_set, examination, now=now, run_id=run_id).change
    with writing(parts.engine) as connection:
        runs.finish(connection, run_id, "done", now, _counts(change))
    return change


def _counts(change: Change) -> dict[str, int]:
    return {"opened": change.opened, "closed": change.closed, "moved": change.moved}


def _count_queues(parts: Parts, rule_set: RuleSet, now: datetime) -> dict[str, int]:
    """After the examination, which knows what the queues of findings hold."""
    counts = Queues(rule_set, parts.schema(), parts.world(now)).count(parts.engine)
    calendar = rule_set.calendar
    with writing(parts.engine) as connection:
        queue_counts.record(connection, counts, now, calendar.start_of(calendar.local_date(now)))
    return {one.queue: one.number for one in counts}


def _write_back(
    parts: Parts, rule_set: RuleSet, now: datetime, run_id: int, problems: list[Problem], progress: Progress
) -> Applied:
    """Approve what `auto` rules want, then write everything approved, leftovers of a crash included."""
    automatic = {family_of(rule.id) for rule in rule_set.rules if rule.mode is Mode.AUTO}
    with snapshot(parts.engine) as connection:
        proposed = plan_lines.in_states(connection, ("proposed",)) if automatic else ()
        lines = [row for row in proposed if family_of(row.rule) in automatic]
        waiting = bool(plan_lines.in_states(connection, ("approved", "writing")))
    admitted = admit(parts.engine, rule_set, lines, by=f"run {run_id}", now=now)
    problems += [
        Problem(
            "write",
            f"Rule {cap.rule} wants {cap.wanted} writes, its limit is {cap.limit}: nothing of it was written.",
            cap.rule,
        )
        for cap in admitted.capped
    ]
    tell_over_cap(parts, rule_set, admitted.capped, now)
    if not lines and not waiting:
        return Applied()
    author = Author("mimawari", "cycle")
    applied = apply(
        parts.engine,
        parts.gateway().in_lane(Lane.CYCLE),
        author=author,
        now=now,
        schema=parts.schema(),
        progress=lambda n: progress("write", n, None),
    )
    if applied.trouble:
        problems.append(Problem("write", applied.trouble))
    return applied


def _tell(
    parts: Parts, rule_set: RuleSet, now: datetime, problems: list[Problem], progress: Progress
) -> tuple[Decided, Sent]:
    desk = parts.desk(rule_set, now)
    if desk is None:
        return Decided(0, {}), Sent()
    moment, people = Moment(now, parts.policy(rule_set)), parts.people()
    with snapshot(parts.engine) as connection:
        readers = readers_of(connection, moment)
    decided = remind(parts.engine, parts.urgencies(rule_set), readers, people)
    if moment.closed is None:
        with writing(parts.engine) as connection:
            tell_of_empty_queues(connection, rule_set, people, now)
    tell_of_approvals(parts.engine, rule_set, people, parts.schema(), readers)
    progress("remind", 0, decided.created)
    sent = deliver(parts.engine, desk, now, readers)
    if sent.trouble:
        problems.append(Problem("messages", sent.trouble))
    elif sent.failed:
        problems.append(Problem("messages", f"{sent.failed} message(s) could not be delivered; they are tried again."))
    return decided, sent


def _document(
    parts: Parts,
    run_id: int,
    sync_report: dict[str, Any] | None,
    looked: Looked | None,
    queues: dict[str, int],
    applied: Applied,
    decided: Decided,
    sent: Sent,
    problems: list[Problem],
    busy: Change,
) -> dict[str, Any]:
    change = busy if looked is None else looked.change + busy
    held = {**decided.held, **{row.conversation: reason for row, reason in sent.held}}
    with snapshot(parts.engine) as connection:
        by_rule = count_open(connection)
        by_state = plan_lines.count_by_state(connection)
        resting = resting_rules(connection, parts.rules(), parts.clock())
    return {
        "cycle": run_id,
        "sync": sync_report or {"objects": {}, "crm_calls": {"total": 0}, "seconds": 0.0},
        "examination": None if looked is None else looked.as_json(),
        "findings": {
            "opened": change.opened,
            "closed": change.closed,
            "open": sum(by_rule.values()),
            "by_rule": by_rule,
        },
        "queues": queues,
        "plan": {"lines": sum(by_state.values()) - by_state.get("held_back", 0), "by_state": by_state},
        "writes": {"applied": applied.applied, "conflict": applied.conflict, "failed": applied.failed},
        "messages": {
            "posted": sent.posted,
            "updated": sent.updated,
            "held": len(held),
            "failed": sent.failed,
        },
        "held": held,
        "resting": {rule: dataclasses.asdict(why) for rule, why in resting.items()},
        "problems": [dataclasses.asdict(problem) for problem in problems],
    }
