"""Who else is told when an owner does nothing: the owner once more, the team's channel, the manager. One step at a time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from jobs.ledger import deliveries, rests, told
from jobs.ledger.decisions import HOLD, Decision
from jobs.ledger.rests import DUE_STATES
from jobs.reminder_policy import Moment, Policy, Urgency
from rules.model import ROLES, People

TEAM, MANAGER = 2, 3
# Why a step was taken although nobody can be blamed for it.
UNREACHED = ("not_delivered", "no_account")
KINDS: Mapping[int, str] = {TEAM: "team", MANAGER: "manager"}
# What stays open for so long after the last of its findings was settled may open again and must then be seen there.
_SETTLED_AFTER_DAYS = 3


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """A level of escalation, and the first day on which it may be reached."""

    level: int
    day: date


def advance(
    connection: Connection, rows: Sequence[Row[Any]], rules: Mapping[str, Urgency], moment: Moment, people: People
) -> tuple[int, list[Decision]]:
    """Move up what has waited long enough since its last step was told. Returns how many moved, and what cannot, and why.

    What has not reached its owner waits: an outage of ours is nobody's neglect. What Slack refused for good goes to the
    manager at once, who is told so.
    """
    if moment.before_digest is not None:
        return 0, []
    moved, stuck = 0, list[Decision]()
    undelivered = told.refused(connection, [row.id for row in rows if row.waits_since is None and not row.level])
    for row in rows:
        if row.owner_id is None or not rules[row.rule].escalates:
            continue
        level = _next_level(row, moment, refused=row.id in undelivered)
        if level is None:
            continue
        if level == MANAGER and manager_of(people, row.owner_id) is None:
            stuck.append(Decision(row.id, f"manager:{row.owner_id}", HOLD, "nobody_above"))
            continue
        reason = "not_delivered" if row.id in undelivered else "no_act"
        if reason == "no_act" and told.last_fell_back(connection, row.id):
            reason = "no_account"
        rests.step(connection, row.id, level=level, at=moment.now, reason=reason)
        moved += 1
    return moved, stuck


def _next_level(row: Row[Any], moment: Moment, *, refused: bool) -> int | None:
    steps = moment.policy.steps
    if refused:
        days = steps.again_after
        return MANAGER if steps.manager_after and moment.is_after(row.opened_at, days) else None
    step = _next_step(row, moment.policy)
    return step.level if step is not None and moment.local.date() >= step.day else None


def _next_step(row: Row[Any], policy: Policy) -> Step | None:
    following = policy.steps.after(row.level)
    if following is None or row.waits_since is None:
        return None
    level, days = following
    return Step(level, policy.day_after(row.waits_since, days))


def announced(row: Row[Any], rules: Mapping[str, Urgency], moment: Moment, people: People) -> Step | None:
    """Who else is told next if nobody acts, and when. None where that is not certain: at rest, of weekly findings, which
    go on when the week begins, and where the day has passed.
    """
    urgency = rules.get(row.rule)
    if urgency is None or urgency.silent or urgency.weekly or not urgency.escalates:
        return None
    if row.owner_id is None or row.state not in DUE_STATES:
        return None
    step = _next_step(row, moment.policy)
    if step is None or step.level < TEAM or step.day < moment.local.date():
        return None
    return None if step.level == MANAGER and manager_of(people, row.owner_id) is None else step


def conversation_above(row: Row[Any], people: People) -> str | None:
    """Where a finding of this level is told besides its owner's own messages."""
    if row.level < TEAM or row.owner_id is None:
        return None
    if row.level == TEAM:
        return f"team:{team_of(people, row.owner_id)}"
    manager = manager_of(people, row.owner_id)
    return f"manager:{manager}" if manager else None


def team_of(people: People, owner_id: str) -> str:
    """The role that names the owner's team; empty where there is none."""
    person = people.person(owner_id)
    return next((role for role in ROLES if person and role in person.roles), "")


def manager_of(people: People, owner_id: str) -> str | None:
    """A live manager of the owner's own team if there is one, else of any; of several the smallest id. Nobody is the
    own manager.
    """
    owner = people.person(owner_id)
    managers = [i for i in people.with_role("Manager", live_only=True) if i != owner_id]
    if owner is None or "Manager" in owner.roles:
        return managers[0] if managers and owner is None else None
    near = [i for i in managers if (one := people.person(i)) and owner.roles & (one.roles - {"Manager"})]
    return next(iter((*near, *managers)), None)


def retire(connection: Connection, moment: Moment) -> None:
    """Messages to teams and managers whose findings were all settled some days ago change no more."""
    cutoff = moment.policy.calendar.cutoff(moment.now, _SETTLED_AFTER_DAYS)
    deliveries.retire(connection, KINDS.values(), cutoff)
