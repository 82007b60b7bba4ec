"""One look at the mirror from end to end: what to examine, examine it, make the ledger agree, remember that it was done.

It can be cut off anywhere: what was taken to be examined stays taken until the last finding is stored.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import time
from typing import Any

import structlog
from sqlalchemy import Engine

from connector.mirror import marks
from connector.mirror.tables import MirrorSchema
from jobs.database import snapshot, writing
from jobs.examine import examine
from jobs.extent import MANY, Extent, Why, extent, ground_of
from jobs.ledger import examinations
from jobs.ledger.examinations import Examined
from jobs.ledger.findings import Change
from jobs.match_keys import refresh_match_keys
from jobs.reconcile import Reconciled, reconcile
from jobs.standing import resting_rules
from rules.model import RuleSet
from rules.world import World

log = structlog.get_logger()

_NAMED = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Looked:
    """`disagreements` of a full examination: how often a rule found the ledger wrong about a contact that nothing had
    called changed. None: nothing was compared, since anybody may have changed.
    """

    change: Change
    contacts: int
    why: Why | None
    disagreements: int | None

    def as_json(self) -> dict[str, Any]:
        """The part of a cycle's document that tells about the examination."""
        return {
            "kind": "changed" if self.why is None else "full",
            "contacts": self.contacts,
            "disagreements": self.disagreements or 0,
            "why": None if self.why is None else self.why.value,
        }


def look(
    engine: Engine, rule_set: RuleSet, schema: MirrorSchema, world: World, *, run_id: int, full_at: time
) -> Looked:
    """Examine what changed and what time has reached; everything where that is not known, and once a night."""
    with snapshot(engine) as connection:
        ground = ground_of(rule_set, schema, world, resting_rules(connection, rule_set, world.now))
    _refresh_keys(engine, rule_set, schema, ground)
    # Taken in a transaction that ends before the snapshot begins: what is marked later stays for the next time.
    with writing(engine) as connection:
        changed = marks.take_to_examine(connection)
        last = examinations.last(connection)
    with snapshot(engine) as connection:
        found = extent(connection, rule_set, schema, world, last=last, ground=ground, changed=changed, full_at=full_at)
    return _look(engine, rule_set, schema, world, found, run_id, ground, last)


def _refresh_keys(engine: Engine, rule_set: RuleSet, schema: MirrorSchema, ground: str) -> None:
    """Before anything is taken: it marks those who resembled a changed contact."""
    with snapshot(engine) as connection:
        changed, last = marks.contacts_to_examine(connection), examinations.last(connection)
    only = changed if last is not None and last.ground == ground and len(changed or ()) <= MANY else None
    refresh_match_keys(engine, rule_set, schema, only)


def _look(
    engine: Engine,
    rule_set: RuleSet,
    schema: MirrorSchema,
    world: World,
    found: Extent,
    run_id: int,
    ground: str,
    last: Examined | None,
) -> Looked:
    done = Reconciled(Change(), {})
    contacts = 0
    if found.only is None or found.only:
        examination = examine(engine, rule_set, schema, world, found.only)
        done = reconcile(engine, rule_set, examination, now=world.now, run_id=run_id)
        contacts = examination.contacts
    full_moment = world.now if found.only is None or last is None else last.full_moment
    with writing(engine) as connection:
        meanwhile = marks.contacts_to_examine(connection)
        marks.examined(connection)
        examinations.store(connection, Examined(world.now, ground, full_moment))
    disagreements = None
    if found.why is not None and found.suspects is not None and meanwhile is not None:
        disagreements = _count(done.records, found.suspects | meanwhile)
    return Looked(done.change, contacts, found.why, disagreements)


def _count(changed: Mapping[str, Sequence[str]], suspects: Collection[str]) -> int:
    """What was put right without having been suspected, rule by rule."""
    total = 0
    for rule, records in changed.items():
        unexpected = sorted({one for one in records if one not in suspects}, key=int)
        if unexpected:
            log.error("full examination disagrees", rule=rule, contacts=len(unexpected), some=unexpected[:_NAMED])
        total += len(unexpected)
    return total
