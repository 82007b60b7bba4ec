"""What a set of rule files says once it is loaded: rules and their actions, the vocabulary, people, and mistakes."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping

from rules.business_calendar import Calendar
from rules.conditions import Condition, Points, Relation, Span, Via, Word
from rules.creation_kind import CreationKind
from rules.reason_words import ReasonWords
from rules.rule_tests import RuleTests
from rules.step_guard import Guard, Step
from rules.text import Text

ROLES = ("IS", "FS", "Marketing", "Telemarketing", "Manager", "Ops")


class Mode(enum.Enum):
    """How far a rule may go by itself. Findings and reminders act in every mode.

    OBSERVE: nothing more. SUGGEST: offer one-click proposals. PLAN: propose writes that a person applies. AUTO: write.
    """

    OBSERVE = "observe"
    SUGGEST = "suggest"
    PLAN = "plan"
    AUTO = "auto"


@dataclasses.dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake (or warning) in a rule file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int
    message: Text
    hint: Text | None = None


class ReceiverKind(enum.Enum):
    OWNER = "owner"
    RELATED_OWNER = "related_owner"
    ROLE = "role"


@dataclasses.dataclass(frozen=True, slots=True)
class Receiver:
    """One who may get a reminder, if live: the contact's owner or who set its status, the owner of a picked related
    record, or a role.

    `must_have_role` passes over an owner without that role. `word` is the owner word of the contact or related record.
    """

    kind: ReceiverKind
    relation: str | None = None
    role: str | None = None
    must_have_role: str | None = None
    word: Word | None = None


class Cadence(enum.Enum):
    """How often people hear of what is open. WEEKLY: on the first open day of the week only."""

    DAILY = "daily"
    WEEKLY = "weekly"


@dataclasses.dataclass(frozen=True, slots=True)
class Remind:
    """Receivers are tried in order; the first that there is gets the reminder. `escalates`: if nobody acts, others are told."""

    to: tuple[Receiver, ...]
    cadence: Cadence = Cadence.DAILY
    escalates: bool = True


class Severity(enum.Enum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    severity: Severity
    message: Text


class ListKind(enum.Enum):
    RECYCLE = "recycle"
    LOST = "lost"
    WON = "won"


class Leave(enum.Enum):
    WHEN_NO_LONGER_TRUE = "when_no_longer_true"
    NEVER = "never"


@dataclasses.dataclass(frozen=True, slots=True)
class ListAction:
    """Membership of one list per value of `one_per`. `hold` names rules that keep a contact out while they hold.

    `touches` are days after the deal's closing at which a member is to be contacted again, smallest first. `statuses`
    are the lead statuses that make a member, where the rule asks for any; a member that leaves for one of `revived_by`
    has come back to life.
    """

    name_pattern: str
    kind: ListKind
    one_per: Word
    leave: Leave
    hold: tuple[str, ...] = ()
    touches: tuple[int, ...] = ()
    statuses: tuple[str, ...] = ()
    revived_by: tuple[str, ...] = ()

    def name(self, item: str) -> str:
        """The list's name for one value, with the option's label; a value that is no option stands as it is."""
        return self.name_pattern.replace("{" + self.one_per.name + "}", self.one_per.option_label(item))


@dataclasses.dataclass(frozen=True, slots=True)
class NamedOwner:
    """A CRM user as a rule names one, by mail address or by id; looked up when the rule is run."""

    said: str


@dataclasses.dataclass(frozen=True, slots=True)
class SetAction:
    """`property` is the CRM's name; `value` None clears it. Nothing is written for an owner who is not live."""

    property: str
    value: str | NamedOwner | None


@dataclasses.dataclass(frozen=True, slots=True)
class Rank:
    """`bands` are option and smallest number, the highest band first; a number below all of them has no rank."""

    property: str
    bands: tuple[tuple[str, int], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class ScoreAction:
    """Writes what the points come to; both properties are the CRM's names."""

    property: str
    points: Points
    rank: Rank | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Suggest:
    """`property` is the CRM's name. Whether a person may click it is judged when the button is drawn.

    `ask` are CRM properties that must be answered with it.
    """

    property: str
    value: str
    ask: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class CreateAction:
    """Makes a task or note, linked with the contact, once while the rule goes on holding.

    A task goes `to` the first receiver that there is, and is to be done by `due`, which the named calendar counts; a
    note has neither. `relies_on` are the contact's CRM properties that decide whether it is wanted, and for whom.
    """

    kind: CreationKind
    text: Text
    relies_on: tuple[str, ...]
    to: tuple[Receiver, ...] = ()
    due: Span | None = None
    calendar: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """`version` is a hash of all that decides what the rule means and says. `channel` "leak": shown in the FS leak check.

    `limit` caps the writes of one run; findings are never capped. `respect_edits`: for how long the rule leaves a value
    alone that a person has set. `wait`: how long it must hold before a finding opens. `quiet_if` are rules whose open
    finding holds back the reminder. `was` are ids it had before. `owner` answers for it.
    """

    id: str
    code: str | None
    title: Text
    object_type: str
    when: Condition
    mode: Mode
    limit: int
    finding: Finding | None
    remind: Remind | None
    lists: tuple[ListAction, ...]
    sets: tuple[SetAction, ...]
    suggests: tuple[Suggest, ...]
    creations: tuple[CreateAction, ...]
    version: str
    file: str
    line: int
    respect_edits: Span
    channel: str | None = None
    score: ScoreAction | None = None
    wait: Span | None = None
    quiet_if: tuple[str, ...] = ()
    was: tuple[str, ...] = ()
    owner: NamedOwner | None = None

    @property
    def scored(self) -> tuple[str, ...]:
        """The CRM properties that its score goes into: the number first, then the rank."""
        if self.score is None:
            return ()
        return (self.score.property, *([self.score.rank.property] if self.score.rank else ()))

    @property
    def writes(self) -> tuple[str, ...]:
        """The CRM properties of the record that it would change."""
        return (*(action.property for action in self.sets), *self.scored)

    def suggested(self, property_name: str) -> tuple[str, ...]:
        return tuple(one.value for one in self.suggests if one.property == property_name)

    @property
    def asked(self) -> tuple[Condition, ...]:
        """Everything that decides what it does: when it holds, and what its points are given for."""
        return (self.when, *(point.when for point in (self.score.points.items if self.score else ())))


@dataclasses.dataclass(frozen=True, slots=True)
class Queue:
    """Contacts that wait for somebody; there should be none.

    `findings` are the rules whose open findings make a member: `when` then says that one of their conditions holds.
    `since` tells how long a member has been waiting, `limit` how long it may.
    """

    id: str
    title: Text
    when: Condition
    findings: tuple[str, ...]
    since: Word
    responsible: str
    limit: Span | None
    target: int
    version: str


def family_of(rule_id: str) -> str:
    """The rule as it stands in its file: the table's id for one of its rows, `assignment` for `assignment/row-1`."""
    return rule_id.partition("/")[0]


class StatusGroup(enum.Enum):
    """PARKED ends a cycle, WORK is under way, OTHER has no meaning in this operation."""

    WORK = "work"
    PARKED = "parked"
    OTHER = "other"


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """One lead status. `reasons` are CRM properties that must be answered when a person sets it."""

    value: str
    label: Text
    group: StatusGroup
    aliases: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Vocabulary:
    """The lead statuses in the order they are shown, and who may take which step.

    `steps[(from, to)]` are roles; `from` None stands for blank, unknown and OTHER values. `company_wide` are the statuses
    of other contacts at the company that such a step may be taken for, too. `reasons` are by CRM property.
    """

    property: str
    statuses: tuple[Status, ...]
    steps: Mapping[Step, frozenset[str]]
    version: str
    reasons: Mapping[str, ReasonWords] = dataclasses.field(default_factory=dict[str, ReasonWords])
    company_wide: Mapping[Step, tuple[str, ...]] = dataclasses.field(default_factory=dict[Step, tuple[str, ...]])

    def status(self, value: str | None) -> Status | None:
        return next((status for status in self.statuses if status.value == value), None)

    def values(self, *groups: StatusGroup) -> tuple[str, ...]:
        return tuple(status.value for status in self.statuses if status.group in groups)


@dataclasses.dataclass(frozen=True, slots=True)
class Person:
    """A CRM owner, live or archived, with the roles that the settings give to the teams or the mail address."""

    owner_id: str
    name: str
    email: str | None
    user_id: int | None
    live: bool
    roles: frozenset[str]


@dataclasses.dataclass(frozen=True, slots=True)
class People:
    persons: tuple[Person, ...]

    def person(self, owner_id: str | None) -> Person | None:
        return next((person for person in self.persons if person.owner_id == owner_id), None)

    def with_role(self, role: str, *, live_only: bool = False) -> tuple[str, ...]:
        """Owner ids with that role, smallest first."""
        found = (p.owner_id for p in self.persons if role in p.roles and (p.live or not live_only))
        return tuple(sorted(found, key=int))

    def by_user(self) -> dict[int, Person]:
        """Who acts as each user of the CRM: of two owners with one user the live one, then the smaller id."""
        ordered = sorted(self.persons, key=lambda person: (person.live, -int(person.owner_id)))
        return {person.user_id: person for person in ordered if person.user_id is not None}

    def named(self, owner: NamedOwner) -> Person | None:
        said = owner.said.casefold()
        return next((p for p in self.persons if said in {p.owner_id, (p.email or "").casefold()}), None)

    @property
    def live_ids(self) -> tuple[str, ...]:
        return tuple(sorted((p.owner_id for p in self.persons if p.live), key=int))


@dataclasses.dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything the files of one folder say, for one portal.

    `calendars` are all by name, `calendar` is the first of them: what a rule counts by that names none.
    `needs` are the CRM properties, per object type, that must be mirrored: those of `searched` as folded texts too,
    those of `histories` with their earlier values. `relations` are those that are named; `ways` how the related records
    are found that some rule asks about. `order`: which rules write a contact's property, the first that holds before
    the others.
    """

    rules: tuple[Rule, ...]
    vocabulary: Vocabulary
    calendar: Calendar
    calendars: Mapping[str, Calendar]
    relations: Mapping[str, Relation]
    words: Mapping[str, Mapping[str, Word]]
    needs: Mapping[str, frozenset[str]]
    version: str
    searched: Mapping[str, frozenset[str]]
    histories: Mapping[str, frozenset[str]]
    ways: frozenset[Via]
    queues: tuple[Queue, ...] = ()
    order: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict[str, tuple[str, ...]])
    guards: tuple[Guard, ...] = ()

    def ahead_of(self, rule: Rule, property_name: str) -> tuple[Rule, ...]:
        """The rules that write a property rather than this one, where they hold."""
        order = self.order.get(property_name, ())
        before = order[: order.index(family_of(rule.id))] if family_of(rule.id) in order else ()
        writers = [one for one in self.rules if one.mode is not Mode.OBSERVE and property_name in one.writes]
        return tuple(one for name in before for one in writers if family_of(one.id) == name)

    def rule(self, rule_id: str) -> Rule:
        """KeyError where there is no such rule."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def queue(self, queue_id: str) -> Queue:
        """KeyError where there is no such queue."""
        for queue in self.queues:
            if queue.id == queue_id:
                return queue
        raise KeyError(queue_id)


@dataclasses.dataclass(frozen=True, slots=True)
class Loaded:
    """`rule_set` is None where the files have mistakes; warnings never stand in the way. `files` is what was read."""

    rule_set: RuleSet | None
    errors: tuple[RuleError, ...]
    warnings: tuple[RuleError, ...]
    files: Mapping[str, bytes] = dataclasses.field(default_factory=dict[str, bytes])
    tests: RuleTests = dataclasses.field(default_factory=RuleTests)
