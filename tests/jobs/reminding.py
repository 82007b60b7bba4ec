"""A ledger whose reminders are decided day by day, with everything that was decided arriving in Slack."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import time
from typing import Any

from sqlalchemy import Engine, Row, select, update

from jobs.database import writing
from jobs.deliver import LEVELS
from jobs.escalate import KINDS
from jobs.ledger import decisions, deliveries, findings, rests
from jobs.ledger.decisions import Reason
from jobs.ledger.tables import deliveries as table
from jobs.readers import Readers
from jobs.remind import Decided, remind
from jobs.reminder_policy import Hours, Moment, Policy, Steps, Urgency
from rules.business_calendar import Calendar, Closure
from rules.model import People, Person
from slack_app.texts.catalogue import catalogue
from tests.jobs.ledger_builders import TOKYO, at

HOURS = Hours(time(9, 0), time(9, 30), time(9, 0), time(18, 0))
CALENDAR = Calendar(TOKYO, closures=(Closure((12, 29), (1, 3)),))
RULES = {"l1": Urgency(0, leak=True, silent=False), "h1": Urgency(10, leak=False, silent=False)}


def make_person(owner_id: str, *roles: str, live: bool = True) -> Person:
    return Person(owner_id, f"name {owner_id}", f"p{owner_id}@firm.example", None, live, frozenset(roles))


PEOPLE = People(
    (make_person("41", "FS"), make_person("42", "IS"), make_person("90", "Manager"), make_person("91", "Manager", "IS"))
)


@dataclasses.dataclass
class Days:
    """`arrives` False: Slack is away, and what is decided stays pending."""

    engine: Engine
    rules: Mapping[str, Urgency] = dataclasses.field(default_factory=lambda: RULES)
    steps: Steps = dataclasses.field(default_factory=Steps)
    messages_per_day: int = 6
    people: People = PEOPLE
    arrives: bool = True

    @property
    def policy(self) -> Policy:
        return Policy(HOURS, CALENDAR, self.steps, self.messages_per_day)

    def decide(self, moment: str) -> Decided:
        now = at(moment)
        with writing(self.engine) as connection:
            rests.wake(connection, now)
        decided = remind(self.engine, self.rules, Readers(Moment(now, self.policy)), self.people)
        with writing(self.engine) as connection:
            for row in deliveries.to_send(connection) if self.arrives else ():
                deliveries.mark(connection, row.id, state="sent", ts="1.0", channel="D1")
                told = [one.id for one in deliveries.findings_of(connection, row.id)]
                findings.mark_reminded(connection, told)
                if row.kind in LEVELS:
                    rests.mark_told(connection, told, level=LEVELS[row.kind], at=now)
        return decided

    def each_morning(self, *days: str) -> None:
        for day in days:
            self.decide(f"{day} 09:30")

    def sent(self, *kinds: str) -> list[tuple[Any, ...]]:
        """(day, conversation, kind, number of findings) of every message so far, or those of some kinds."""
        with writing(self.engine) as connection:
            rows = connection.execute(select(table).order_by(table.c.created_at, table.c.conversation)).all()
            return [
                (row.day[5:], row.conversation, row.kind, len(deliveries.findings_of(connection, row.id)))
                for row in rows
                if row.kind in (kinds or (*KINDS.values(), "digest", "later", "nudge"))
            ]

    def refuse_everything(self) -> None:
        with writing(self.engine) as connection:
            connection.execute(update(table).values(state="failed", settled=True))

    def finding(self, finding_id: int = 1) -> Row[Any]:
        with writing(self.engine) as connection:
            return rests.read(connection, [finding_id])[0]

    def reasons(self, object_id: str = "501") -> list[Reason]:
        with writing(self.engine) as connection:
            found = decisions.reasons_for(connection, "contacts", object_id)
        assert {f"reason.{one.reason}" for one in found} <= catalogue("ja").sentences.keys()
        return found

    def whys(self, object_id: str = "501") -> list[tuple[str, str, str]]:
        return [(one.conversation, one.decision, one.reason) for one in self.reasons(object_id)]

    def acknowledge(self, moment: str, until: str, finding_id: int = 1) -> None:
        row = self.finding(finding_id)
        with writing(self.engine) as connection:
            assert rests.acknowledge(connection, [row], by="佐藤", at=at(moment), until=at(until))

    def snooze(self, moment: str, until: str, finding_id: int = 1) -> None:
        row = self.finding(finding_id)
        with writing(self.engine) as connection:
            assert rests.snooze(connection, [row], by="佐藤", at=at(moment), until=at(until))
