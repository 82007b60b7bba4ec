"""What the tests of a rule say: what is given of one contact at one moment, and what the rule should make of it."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping, Sequence
from datetime import datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Who:
    """Somebody who exists for the tests alone: equal descriptions are the same person."""

    roles: tuple[str, ...]
    live: bool = True
    name: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class GivenRecord:
    """Values by CRM property, as the CRM writes them; `Who` stands for that person's id, None is missing."""

    object_type: str
    properties: Mapping[str, str | Who | None]
    recorded_at: datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One change of the lead status."""

    status: str | None
    at: datetime
    by: Who | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Given:
    """A contact, the changes of its lead status (oldest first), and the records linked to it; other contacts, those that
    are linked with its company under `siblings`.
    """

    contact: GivenRecord
    history: tuple[Step, ...] = ()
    related: tuple[GivenRecord, ...] = ()
    others: tuple[GivenRecord, ...] = ()
    siblings: tuple[GivenRecord, ...] = ()

    @property
    def records(self) -> tuple[GivenRecord, ...]:
        return (self.contact, *self.related, *self.others, *self.siblings)


class Outcome(enum.Enum):
    MATCH = "match"
    NOTHING = "nothing"
    ROW = "row"
    MEMBER_OF = "member of"
    HELD_BY = "held by"
    VALUE = "value"
    TASK = "task"
    NOTE = "note"
    FINDING_OPEN = "finding open"
    FINDING_CLOSED = "finding closed"


@dataclasses.dataclass(frozen=True, slots=True)
class Expected:
    """`names`: the rows, the lists' values or labels, the rule that holds, the value; none for the other outcomes."""

    outcome: Outcome
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.outcome.value} {', '.join(self.names)}".strip()


@dataclasses.dataclass(frozen=True, slots=True)
class RuleTest:
    """`rule` is the id in the file; a table of rows is tested under the table's id. `told`: who is reminded."""

    rule: str
    name: str
    now: datetime
    given: Given
    expected: Expected
    told: Who | None
    file: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """What is given from `at` on, and what has become of the finding then."""

    at: datetime
    given: Given
    expected: Expected
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class Timeline:
    """One contact's life, in order of time, with an examination at each moment."""

    rule: str
    moments: tuple[Moment, ...]
    file: str
    line: int


@dataclasses.dataclass(frozen=True, slots=True)
class RuleTests:
    """All tests of a rule set. `options`: what counts, beside the portal's own, as a choice of a CRM property."""

    tests: Sequence[RuleTest] = ()
    timelines: Sequence[Timeline] = ()
    options: Mapping[tuple[str, str], Sequence[str]] = dataclasses.field(
        default_factory=dict[tuple[str, str], Sequence[str]]
    )

    @property
    def number(self) -> int:
        return len(self.tests) + len(self.timelines)
