"""Counts who waits in each queue, and names them. Writes nothing."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from connector.mirror.tables import MirrorSchema
from jobs.database import snapshot
from jobs.ledger.queue_counts import Count, count_of_findings, with_findings
from jobs.standing import unread
from rules.asks import rest_of
from rules.derive import derive_for_queues
from rules.model import Queue, RuleSet
from rules.queue_hits import queue_count, queue_hits
from rules.world import World


@dataclasses.dataclass(frozen=True, slots=True)
class Member:
    contact_id: str
    since: datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class Queues:
    """The queues of one rule set over one mirror at one moment."""

    rule_set: RuleSet
    schema: MirrorSchema
    world: World

    def count(self, engine: Engine) -> list[Count]:
        """In the order of the rule files; without those that ask for what cannot be read."""
        with snapshot(engine) as connection:
            resting = rest_of(self.rule_set.queues, unread(connection, self.world.now))
            asked = [queue for queue in self.rule_set.queues if not queue.findings and queue.id not in resting]
            counts = {
                queue.id: self._of_findings(connection, queue) for queue in self.rule_set.queues if queue.findings
            }
            self._derive(connection, asked)
            for queue in asked:
                row = connection.execute(queue_count(self.rule_set, queue, self.schema, self.world)).one()
                counts[queue.id] = Count(queue.id, row.number, row.oldest_since, row.over_limit)
        return [counts[queue.id] for queue in self.rule_set.queues if queue.id in counts]

    def members(self, engine: Engine, queue: Queue) -> list[Member]:
        """Whoever has waited longest first."""
        with snapshot(engine) as connection:
            if queue.findings:
                found = [Member(*row) for row in connection.execute(with_findings(queue.findings))]
            else:
                self._derive(connection, [queue])
                hits = queue_hits(self.rule_set, queue, self.schema, self.world)
                found = [Member(*row) for row in connection.execute(hits)]
        return sorted(found, key=lambda one: (one.since is None, one.since, int(one.contact_id)))

    def _derive(self, connection: Connection, queues: Sequence[Queue]) -> None:
        for statement in derive_for_queues(self.rule_set, queues, self.schema, self.world):
            connection.execute(statement)

    def _of_findings(self, connection: Connection, queue: Queue) -> Count:
        """What the rules found is in the ledger: looking again would cost as much as the examination."""
        calendar, now = self.world.calendar, self.world.now
        late_before = None if queue.limit is None else calendar.span_cutoff(now, queue.limit)
        return count_of_findings(connection, queue.id, queue.findings, late_before)
