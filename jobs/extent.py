"""Which contacts the next examination looks at: those that changed and those that time has reached, or all, and why."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
from collections.abc import Collection
from datetime import datetime, time, timedelta
from importlib import metadata
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from connector.mirror.tables import MirrorSchema
from jobs.ledger import pending, plan_lines
from jobs.ledger.examinations import Examined
from rules.model import RuleSet
from rules.reach import reached, widened
from rules.world import World

# Above so many, looking at all contacts is faster: their ids are written into every statement.
MANY = 50_000

# Packages whose release may change an answer: our own, and the one that knows the public holidays.
_DECIDING = ("mimawari", "holidays")


class Why(enum.Enum):
    """Why everything is looked at."""

    FIRST = "first"
    GROUND = "rules or people changed"
    CLOCK = "clock went back"
    MARKED = "everything may have changed"
    MANY = "too many changed"
    NIGHTLY = "nightly"


@dataclasses.dataclass(frozen=True, slots=True)
class Extent:
    """`suspects` are the contacts whose answers may differ from the ledger's; None: anybody's may.

    `why` everything is looked at; None: only the suspects are.
    """

    suspects: frozenset[str] | None
    why: Why | None

    @property
    def only(self) -> frozenset[str] | None:
        return self.suspects if self.why is None else None


def ground_of(rule_set: RuleSet, schema: MirrorSchema, world: World, resting: Collection[str] = ()) -> str:
    """The rules as they were read, with the portal's options in them, which of them rest, who has which role, how values
    are typed.
    """
    people = sorted((one.owner_id, one.live, sorted(one.roles)) for one in world.people.persons)
    kinds = sorted(
        (of, sorted((name, kind.value) for name, kind in found.items())) for of, found in schema.kinds.items()
    )
    releases = [metadata.version(name) for name in _DECIDING]
    said = (
        rule_set.version,
        rule_set.rules,
        rule_set.relations,
        rule_set.words,
        people,
        kinds,
        releases,
        sorted(resting),
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()


def extent(
    connection: Connection,
    rule_set: RuleSet,
    schema: MirrorSchema,
    world: World,
    *,
    last: Examined | None,
    ground: str,
    changed: Collection[str] | None,
    full_at: time,
) -> Extent:
    """`changed` are the contacts that the mirror names, None for all. Reads mirror and ledger, writes nothing."""
    if last is None:
        return Extent(None, Why.FIRST)
    if last.ground != ground:
        return Extent(None, Why.GROUND)
    if world.now < last.moment:
        return Extent(None, Why.CLOCK)
    if changed is None:
        return Extent(None, Why.MARKED)
    suspects = _suspects(connection, rule_set, schema, world, last.moment, changed)
    if last.full_moment < last_nightly(world.now, full_at, rule_set.calendar.zone):
        return Extent(suspects, Why.NIGHTLY)
    return Extent(suspects, Why.MANY if len(suspects) > MANY else None)


def _suspects(
    connection: Connection,
    rule_set: RuleSet,
    schema: MirrorSchema,
    world: World,
    then: datetime,
    changed: Collection[str],
) -> frozenset[str]:
    # What a write waits for (a person's edit, a day with too many) may be over: time alone tells.
    found = set(changed) | plan_lines.held_back_records(connection)
    for rule in rule_set.rules:
        if rule.wait is not None:
            then_due, now_due = (rule_set.calendar.span_cutoff(moment, rule.wait) for moment in (then, world.now))
            found |= pending.due(connection, rule.id, after=then_due, until=now_due)
    for statement in reached(rule_set, schema, dataclasses.replace(world, now=then), world):
        found.update(connection.execute(statement).scalars())
    for statement in widened(rule_set, found):
        found.update(connection.execute(statement).scalars())
    return frozenset(found)


def last_nightly(now: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The latest moment up to `now` at which a full examination was due."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, zone)
    return today if today <= now else datetime.combine(local.date() - timedelta(days=1), at, zone)
