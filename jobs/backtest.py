"""What a rule set would have done: its findings, messages and writes per day of recorded history, and what people did then."""

from __future__ import annotations

import dataclasses
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select

from connector.mirror.tables import MirrorSchema, versions
from connector.records import CONTACTS
from jobs.compare import Outcome, Side, outcomes
from jobs.database import snapshot
from jobs.replay import ACTIVITY_GUESSED, NOT_RECORDED, Replay, replaying
from rules.model import Mode, People, Rule, RuleSet
from rules.world import World

LONGEST_DAYS = 400
_BY_PEOPLE = frozenset({"CRM_UI", "MOBILE_IOS", "MOBILE_ANDROID", "SALES"})

Progress = Callable[[str, int, int | None], None]


@dataclasses.dataclass(frozen=True, slots=True)
class Period:
    """Every day from `first` to `last`, looked at when the morning's messages go out."""

    first: date
    last: date
    at: time

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclasses.dataclass(slots=True)
class RuleTally:
    """What one rule did in the period. `opened` are (contact, day) of findings that were not there the day before."""

    rule: Rule
    open_at_start: int = 0
    open_at_end: int = 0
    closed: int = 0
    writes: int = 0
    opened: list[tuple[str, date]] = dataclasses.field(default_factory=list[tuple[str, date]])


@dataclasses.dataclass(frozen=True, slots=True)
class DayTally:
    day: date
    open: int
    opened: int
    closed: int
    messages: int
    writes: int

    def as_json(self) -> dict[str, Any]:
        return {**dataclasses.asdict(self), "day": self.day.isoformat()}


@dataclasses.dataclass(frozen=True, slots=True)
class Ground:
    """What is replayed, for whom."""

    engine: Engine
    schema: MirrorSchema
    people: People


def backtest(ground: Ground, rule_set: RuleSet, period: Period, progress: Progress) -> dict[str, Any]:
    """Nothing is written anywhere but into a temporary copy. The first day's findings were there at the start: no news."""
    with replaying(ground.engine, ground.schema, rule_set) as replay:
        days, tallies = _walk(ground, replay, rule_set, period, progress)
    with snapshot(ground.engine) as connection:
        rules = [_rule_json(connection, rule_set, tally, period) for tally in tallies.values()]
    return {
        "version": rule_set.version,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "days": [day.as_json() for day in days],
        "rules": rules,
        "notes": [dataclasses.asdict(note) for note in (NOT_RECORDED, ACTIVITY_GUESSED)],
    }


def _walk(
    ground: Ground, replay: Replay, rule_set: RuleSet, period: Period, progress: Progress
) -> tuple[list[DayTally], dict[str, RuleTally]]:
    tallies = {rule.id: RuleTally(rule) for rule in rule_set.rules}
    days: list[DayTally] = []
    before: Mapping[str, Outcome] | None = None
    every = period.days()
    for number, day in enumerate(every, 1):
        now = datetime.combine(day, period.at, rule_set.calendar.zone)
        replay.move_to(now)
        side = Side(rule_set, ground.schema, World(now, ground.people, rule_set.calendar))
        with snapshot(replay.engine) as connection:
            found = outcomes(connection, side)
        days.append(_day(day, tallies, before, found, is_open=rule_set.calendar.is_open(day)))
        before = found
        progress("replay", number, len(every))
    return days, tallies


def _day(
    day: date,
    tallies: Mapping[str, RuleTally],
    before: Mapping[str, Outcome] | None,
    found: Mapping[str, Outcome],
    *,
    is_open: bool,
) -> DayTally:
    opened = closed = writes = 0
    for rule_id, outcome in found.items():
        tally, now_open = tallies[rule_id], set(outcome.receivers)
        tally.open_at_end = len(now_open)
        if before is None:
            tally.open_at_start = len(now_open)
            continue
        was = before[rule_id]
        fresh, gone = now_open - set(was.receivers), set(was.receivers) - now_open
        tally.opened += [(contact, day) for contact in sorted(fresh, key=int)]
        tally.closed += len(gone)
        written = len(outcome.places ^ was.places) + len(outcome.values - was.values)
        tally.writes += written
        opened, closed, writes = opened + len(fresh), closed + len(gone), writes + written
    still = sum(len(outcome.receivers) for outcome in found.values())
    return DayTally(day, still, opened, closed, _messages(tallies, found) if is_open else 0, writes)


def _messages(tallies: Mapping[str, RuleTally], found: Mapping[str, Outcome]) -> int:
    """One digest for each person with something open, and the leak check if there is a leak."""
    heard = [
        (tallies[rule_id].rule, outcome)
        for rule_id, outcome in found.items()
        if tallies[rule_id].rule.remind is not None and tallies[rule_id].rule.mode is not Mode.OBSERVE
    ]
    receivers = {owner for _, outcome in heard for owner in outcome.receivers.values()}
    return len(receivers) + any(rule.channel == "leak" and outcome.receivers for rule, outcome in heard)


def _rule_json(connection: Connection, rule_set: RuleSet, tally: RuleTally, period: Period) -> dict[str, Any]:
    return {
        "rule": tally.rule.id,
        "code": tally.rule.code,
        "title": dataclasses.asdict(tally.rule.title),
        "open_at_start": tally.open_at_start,
        "opened": len(tally.opened),
        "closed": tally.closed,
        "open_at_end": tally.open_at_end,
        "writes": tally.writes,
        "by_hand": _by_hand(connection, rule_set, tally, period),
    }


def _by_hand(connection: Connection, rule_set: RuleSet, tally: RuleTally, period: Period) -> dict[str, Any] | None:
    """How people settled what the rule found: by the status it suggests, by another one, or not yet.

    None where the rule suggests no status: nobody can have done the same.
    """
    status = rule_set.vocabulary.property
    suggested = {one.value for one in tally.rule.suggests if one.property == status}
    if not suggested or not tally.opened:
        return None
    counts: Counter[str] = Counter()
    waits: list[float] = []
    changes = _changes_by_people(connection, status, [contact for contact, _ in tally.opened])
    for contact, day in tally.opened:
        found_at = datetime.combine(day, period.at, rule_set.calendar.zone)
        after = next(((value, at) for value, at in changes.get(contact, ()) if at > found_at), None)
        if after is None:
            counts["not_yet"] += 1
            continue
        value, at = after
        counts["same" if value in suggested else "other"] += 1
        waits.append((at - found_at).total_seconds() / 86_400)
    return {
        **{name: counts[name] for name in ("same", "other", "not_yet")},
        "median_days": round(statistics.median(waits), 1) if waits else None,
    }


def _changes_by_people(
    connection: Connection, name: str, contacts: Sequence[str]
) -> dict[str, list[tuple[str | None, datetime]]]:
    found: dict[str, list[tuple[str | None, datetime]]] = {}
    for start in range(0, len(contacts), 500):
        query = (
            select(versions.c.object_id, versions.c.value, versions.c.at)
            .where(
                versions.c.object_type == CONTACTS,
                versions.c.property == name,
                versions.c.object_id.in_(list(contacts[start : start + 500])),
                versions.c.user_id.is_not(None) | versions.c.source_type.in_(sorted(_BY_PEOPLE)),
            )
            .order_by(versions.c.object_id, versions.c.position)
        )
        for contact, value, at in connection.execute(query):
            found.setdefault(contact, []).append((value, at))
    return found
