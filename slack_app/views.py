"""What messages, modals and answers show: plain data, already in the reader's language where it is prose of a rule."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from datetime import date, datetime

from slack_app.texts.said import Said


@dataclasses.dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding as a person sees it.

    `title` and `reason` are in the reader's language; names and values come from the CRM as they are and are
    escaped by the blocks. `closed_reason` is the key of a text; None while the finding is open.
    `suggested` are status values that one click would set. `revision` counts the changes of the finding.
    `ping` is why its owner is called again (`still_on_it`, `snooze_over`, `again`, `nudged`), `told` how many messages have
    told the owner, `level` who else knows (2: the team, 3: the manager), `unreached` that Slack could not tell the owner.
    `next_level` is who is told next if nobody acts, on `next_day`; None where nobody is, or it is not to be said.
    `reassigns`: the reader may give the contact to another owner, which is what the finding is about.
    """

    finding_id: int
    rule: str
    code: str | None
    title: str
    reason: str
    contact_id: str
    contact_name: str
    company: str | None
    status: str | None
    status_label: str
    owner_name: str | None
    since: date
    url: str
    state: str
    acknowledged_by: str | None = None
    acknowledged_until: datetime | None = None
    closed_reason: str | None = None
    suggested: tuple[str, ...] = ()
    revision: int = 0
    snoozed_by: str | None = None
    snoozed_until: datetime | None = None
    ping: str | None = None
    told: int = 0
    level: int = 0
    unreached: bool = False
    next_level: int | None = None
    next_day: date | None = None
    reassigns: bool = False

    @property
    def rests(self) -> bool:
        """Somebody has put it to rest for a while."""
        return self.acknowledged_by is not None or self.snoozed_by is not None


class MessageKind(enum.Enum):
    """DIGEST: the morning's list for one person. LATER: what opened since, for one person.
    LEAK_CHECK: everybody's FS leaks in their channel. LEAK_FREE: said once when they are back at zero.
    FALLBACK: a digest in a channel, for somebody whom Slack does not know. NUDGE: an answer to one of these messages that
    calls its owner. TEAM: what members of a team have let lie, for their channel. MANAGER: what a manager has to see to.
    """

    DIGEST = "digest"
    LATER = "later"
    LEAK_CHECK = "leak_check"
    LEAK_FREE = "leak_free"
    FALLBACK = "fallback"
    NUDGE = "nudge"
    TEAM = "team"
    MANAGER = "manager"


@dataclasses.dataclass(frozen=True, slots=True)
class Approvals:
    """How much waits for one person's approval: the changes of a plan, by so many rules, and what rules propose for the
    contacts that are theirs.
    """

    changes: int = 0
    rules: int = 0
    proposals: int = 0

    def __bool__(self) -> bool:
        return bool(self.changes or self.proposals)


@dataclasses.dataclass(frozen=True, slots=True)
class ApprovalsView:
    """The message about them, where no list says so. `superseded` is set when a later one does."""

    language: str
    day: date
    approvals: Approvals
    superseded: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class MessageView:
    """One living message. `lines` holds open findings first, most urgent first, then those closed since it was sent.

    `superseded` is set when a later digest has taken over what is still open. `approvals` wait for the addressee.
    """

    kind: MessageKind
    language: str
    day: date
    addressee: str
    lines: tuple[FindingLine, ...]
    superseded: bool = False
    addressee_slack_id: str | None = None
    approvals: Approvals = Approvals()


@dataclasses.dataclass(frozen=True, slots=True)
class ContactCard:
    """What an answer about one contact shows."""

    contact_id: str
    name: str
    company: str | None
    email: str | None
    status: str | None
    status_label: str
    owner_name: str | None
    url: str


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclasses.dataclass(frozen=True, slots=True)
class ReasonQuestion:
    """A property that must be answered together with a status, and its options."""

    property: str
    label: str
    options: tuple[Choice, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class StatusChoice:
    """A status that this person may set now, and what must be said with it.

    `note` is why they must also say something in words: `unmet` (the contact lacks what the step asks for, and `needs` says
    what in the reader's language) or `override` (the step is none of those that are foreseen). Empty: nothing more is asked.
    """

    value: str
    label: str
    reasons: tuple[ReasonQuestion, ...] = ()
    note: str = ""
    needs: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        return bool(self.note) or any(question.options for question in self.reasons)


@dataclasses.dataclass(frozen=True, slots=True)
class CompanyView:
    """For whom else the change of `card`'s status, made by the plan, can be made.

    `reasons` are what was answered with it. `others` are as many as a form shows, `count` all.
    """

    plan_id: int
    card: ContactCard
    status_label: str
    reasons: tuple[str, ...]
    others: tuple[ContactCard, ...]
    count: int


@dataclasses.dataclass(frozen=True, slots=True)
class ConditionLine:
    """One part of a rule's condition, with the value seen. `held` None: there was nothing to ask it of."""

    text: str
    value: str | None
    held: bool | None
    depth: int


@dataclasses.dataclass(frozen=True, slots=True)
class ToldLine:
    """One message about a finding, or why there is none: `key` is a text, `values` fill its gaps."""

    key: str
    values: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class WhyLine:
    """One finding with what makes it hold and what was said about it. Without `conditions` once it is settled."""

    finding: FindingLine
    opened: datetime
    conditions: tuple[ConditionLine, ...]
    told: tuple[ToldLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class WhyView:
    """`lines`: what is open about a contact, then what was settled last. `decided`: who gave it its status with others of
    its company.
    """

    card: ContactCard
    lines: tuple[WhyLine, ...]
    decided: ToldLine | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeLine:
    """One write that waits for somebody's decision; `what` is plain text in the reader's language."""

    line_id: int
    contact_id: str
    contact_name: str
    company: str | None
    url: str
    what: str


@dataclasses.dataclass(frozen=True, slots=True)
class ChangeGroup:
    """What one rule wants, beside how much it may write in one go and how often people have said no to it.

    Over its limit nothing of it can be written, and `lines` is empty.
    """

    rule: str
    title: str
    count: int
    limit: int
    rejected: int
    lines: tuple[ChangeLine, ...]

    @property
    def over_limit(self) -> bool:
        return self.count > self.limit


@dataclasses.dataclass(frozen=True, slots=True)
class PlanView:
    """The writes that wait for the ops admin, as they were when the review was begun: those up to the line `newest`."""

    newest: int
    read_at: datetime | None
    groups: tuple[ChangeGroup, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class MistakeLine:
    """One mistake in a rule file: where it stands, what is wrong, what to do."""

    place: str
    message: str
    hint: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class DifferenceLine:
    """What another rule set changes about one rule. `kind` is `finding`, `list`, `set` or `renamed`, `subject` the
    list, the value, or the name before.
    """

    title: str
    kind: str
    subject: str
    appears: int
    disappears: int


@dataclasses.dataclass(frozen=True, slots=True)
class CapLine:
    """A rule that wanted to write more than its cap: nothing of it was written."""

    rule: str
    title: str
    limit: int
    wanted: int


@dataclasses.dataclass(frozen=True, slots=True)
class RuleNewsView:
    """For admins: the rule files are broken, another set is in use, or a rule wants to write more than it may (`cap`).
    `count` is of all, also of what is not listed.

    `compared` is False where the earlier set could not be read any more.
    """

    language: str
    broken: bool
    count: int
    mistakes: tuple[MistakeLine, ...] = ()
    differences: tuple[DifferenceLine, ...] = ()
    compared: bool = True
    mended_at: datetime | None = None
    superseded: bool = False
    cap: CapLine | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class PropertyNewsView:
    """For admins: what no longer fits about a property of the CRM, in sentences, and options that came to it.

    `stops`: nothing is written to it until it fits; else rules only read it.
    """

    language: str
    name: str
    label: str
    misfits: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    stops: bool = True
    mended_at: datetime | None = None
    superseded: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class EmptyQueueLine:
    """A queue that is empty again, after so many days in which somebody waited."""

    title: str
    filled_since: date
    days: int


@dataclasses.dataclass(frozen=True, slots=True)
class EmptyQueuesView:
    """Told once to whoever is responsible for the queues."""

    language: str
    day: date
    queues: tuple[EmptyQueueLine, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class CheckLine:
    """One look at the set-up. With `ok` a remedy is advice: it works, and could do better.

    `name` is the same in every language, as programs know it.
    """

    name: str
    ok: bool
    message: Said
    remedy: Said | None = None

    @property
    def fine(self) -> bool:
        return self.ok and self.remedy is None
