"""The port to the service: what the Slack app may ask of it. `jobs` implements it."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from slack_app.home_view import HomeView, Preferences
from slack_app.views import (
    ChangeGroup,
    CheckLine,
    Choice,
    CompanyView,
    ContactCard,
    FindingLine,
    PlanView,
    StatusChoice,
    WhyView,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Visitor:
    """Who acts: a Slack user, and what the service knows about that person.

    `owner_id` is None for somebody without a CRM user; such a person may look at help and nothing else.
    `stands_for` are owners whose messages go to this person while they are not reached themselves.
    """

    slack_user_id: str
    language: str
    owner_id: str | None
    name: str
    roles: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """A button beside an answer: which act it is, and about what. `blocks.answers` knows their labels; `count` is for
    one that says about how many.
    """

    act: str
    value: str
    count: int = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What to tell the person: the key of a text in the catalogue, what fills its gaps, and how they may go on.

    `ok` is False when nothing was done.
    """

    ok: bool
    text: str
    values: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    offers: tuple[Offer, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class StatusChange:
    """A status that a person wants. `seen` is the one that they were shown, `note` what they wrote where words are asked
    for; `reasons` are by property.
    """

    value: str
    seen: str | None
    reasons: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    note: str = ""


class Decision(enum.Enum):
    """What somebody says to a proposal. NOT_NOW: it comes again after some days."""

    APPROVE = "approve"
    REJECT = "reject"
    NOT_NOW = "not_now"


class Backend(Protocol):
    """Every act is checked here against the role table, written to the ledger and audited; listeners decide nothing.

    `act_id` names one click or command: the same id a second time does nothing and gives the first answer.
    """

    def visitor(self, slack_user_id: str) -> Visitor: ...

    def is_new_event(self, event_id: str) -> bool:
        """Whether Slack's event comes for the first time; from now on it does not."""
        ...

    def acknowledge(self, visitor: Visitor, finding_ids: Sequence[int], act_id: str) -> Answer: ...

    def snooze(
        self,
        visitor: Visitor,
        finding_ids: Sequence[int],
        until_words: str,
        act_id: str,
        seen: Mapping[int, int] | None = None,
    ) -> Answer:
        """Until a time as people type it (`until_words`). `seen`: the revisions shown by what was clicked on."""
        ...

    def unsnooze(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer: ...

    def dismiss(
        self,
        visitor: Visitor,
        finding_ids: Sequence[int],
        reason: str,
        act_id: str,
        seen: Mapping[int, int] | None = None,
    ) -> Answer:
        """A false alarm, with the person's reason: nobody is told again as long as the matter goes on."""
        ...

    def undismiss(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer:
        """It is no false alarm after all."""
        ...

    def nudge(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer:
        """Have the owners called once more, at a manager's wish."""
        ...

    def owner_choices(self, visitor: Visitor, contact_id: str) -> Sequence[Choice]:
        """Whom this person may give the contact to: owner ids and names."""
        ...

    def reassign(self, visitor: Visitor, contact_id: str, owner_id: str, act_id: str) -> Answer:
        """Write the new owner to the CRM in the person's name, or say why not. Takes as long as the CRM takes."""
        ...

    def find_contacts(self, visitor: Visitor, words: str) -> Sequence[ContactCard]:
        """Contacts by id, mail, name or company, best first, at most 50."""
        ...

    def contact(self, visitor: Visitor, contact_id: str) -> ContactCard | None: ...

    def status_choices(self, visitor: Visitor, contact_id: str) -> Sequence[StatusChoice]:
        """The values this person may set on this contact now."""
        ...

    def read_status(self, words: str) -> str | None:
        """The internal value for a value, label or alias as people type it; None when there is no such status."""
        ...

    def change_status(self, visitor: Visitor, contact_id: str, change: StatusChange, act_id: str) -> Answer:
        """Write the status to the CRM in the person's name, or say why not. Takes as long as the CRM takes."""
        ...

    def repeat_change(self, visitor: Visitor, plan_id: int, act_id: str) -> Answer:
        """Once more what could not be written, now over the value that the person was shown beside their own."""
        ...

    def company_others(self, visitor: Visitor, plan_id: int) -> CompanyView | Answer:
        """For whom else a change that this person made can be made, or why for nobody."""
        ...

    def change_company(self, visitor: Visitor, plan_id: int, seen: Mapping[str, str], act_id: str) -> Answer:
        """Make the same change for those, by contact with the status that the person was shown."""
        ...

    def undo(self, visitor: Visitor, what: str, act_id: str) -> Answer:
        """Take back what this person wrote: `last`, `plan 12` or `line 88`; or say why not."""
        ...

    def why(self, visitor: Visitor, contact_id: str) -> WhyView | None:
        """What is open about a contact, why, and who was told; None where there is no such contact."""
        ...

    def contact_of_finding(self, visitor: Visitor, finding_id: int) -> str | None:
        """The contact that a finding is about, also once it is settled."""
        ...

    def proposals(self, visitor: Visitor) -> Sequence[ChangeGroup]:
        """What rules suggest and this person may decide about now; the ops admin and managers see everybody's."""
        ...

    def decide(
        self, visitor: Visitor, decision: Decision, line_ids: Sequence[int], act_id: str, reason: str = ""
    ) -> Answer:
        """Approve, reject or put off what a rule suggests. What may no longer be decided is left out and counted."""
        ...

    def plan(self, visitor: Visitor, newest: int | None = None) -> PlanView | None:
        """What waits for the ops admin's review, of lines up to `newest`; None for everybody else."""
        ...

    def apply_plan(self, visitor: Visitor, newest: int, rejected: Sequence[int], act_id: str) -> Answer:
        """Write the lines up to `newest` within the rules' caps, and reject those of `rejected`."""
        ...

    def my_findings(self, visitor: Visitor, scope: str, contact_id: str | None = None) -> Sequence[FindingLine]:
        """Open findings, of all contacts or of one: `mine`, or `team` (everybody's) for a manager and the ops admin.

        There may be thousands, and only those that are looked at cost time: take the part that is shown.
        """
        ...

    def home(self, visitor: Visitor) -> HomeView: ...

    def prefer(self, visitor: Visitor, chosen: Preferences, act_id: str) -> Answer:
        """Keep what the person chose on the Home tab, or say why it cannot be kept."""
        ...

    def confirm(self, visitor: Visitor, is_me: bool, act_id: str) -> Answer:
        """The visitor is, or is not, the CRM user that the mail address says."""
        ...

    def link_user(self, visitor: Visitor, owner_id: str, slack_user_id: str, act_id: str) -> Answer:
        """An admin says which Slack user stands behind an owner."""
        ...

    def doctor(self, visitor: Visitor) -> Callable[[], Sequence[CheckLine]] | None:
        """Tells an admin how the program is set up; None for everybody else. To call it takes a while: it asks CRM and Slack."""
        ...

    def button_pressed(self, visitor: Visitor, test: str) -> None:
        """Somebody pressed the button of a test: it has arrived."""
        ...

    def person_changed(self, slack_user_id: str) -> None:
        """Slack says that this user's profile, status or account has changed."""
        ...
