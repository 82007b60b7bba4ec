"""A `Backend` for tests: answers from plain lists and remembers what it was asked to do."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slack_app.backend import Answer, Decision, StatusChange, Visitor
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
    WhyLine,
    WhyView,
)
from tests.slack_app.builders import CHOICES, make_home

_STATUSES = {"進行中": "IN_PROGRESS", "in progress": "IN_PROGRESS", "タイミング悪し": "BAD_TIMING"}


@dataclasses.dataclass
class Service:
    """Set the lists, the next answer, a failure or a wait, then look at `acts`. People in `strangers` have no owner."""

    findings: list[FindingLine] = dataclasses.field(default_factory=list[FindingLine])
    cards: list[ContactCard] = dataclasses.field(default_factory=list[ContactCard])
    choices: Sequence[StatusChoice] = CHOICES
    groups: Sequence[ChangeGroup] = ()
    planned: PlanView | None = None
    company: CompanyView | None = None
    checks: Sequence[CheckLine] | None = None
    whys: tuple[WhyLine, ...] = ()
    owners: Sequence[Choice] = (Choice("9002", "佐藤 美咲"), Choice("9003", "鈴木 一郎"))
    next_answer: Answer = dataclasses.field(
        default_factory=lambda: Answer(True, "answer.acknowledged", {"count": "1", "until": "11/25 9:30"})
    )
    failure: Exception | None = None
    preferences: Preferences = dataclasses.field(default_factory=Preferences)
    on_home: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    language: str = "ja"
    strangers: set[str] = dataclasses.field(default_factory=set[str])
    wait: Callable[[], object] = dataclasses.field(default=lambda: None)
    events: set[str] = dataclasses.field(default_factory=set[str])
    acts: list[tuple[object, ...]] = dataclasses.field(default_factory=list[tuple[object, ...]])

    def start_over(self, findings: list[FindingLine], cards: list[ContactCard]) -> None:
        """Forget everything but these."""
        for field in dataclasses.fields(self):
            setattr(self, field.name, getattr(Service(findings, cards), field.name))

    def visitor(self, slack_user_id: str) -> Visitor:
        owner_id = None if slack_user_id in self.strangers else "9001"
        return Visitor(slack_user_id, self.language, owner_id, "髙橋 健一", ("FS",))

    def is_new_event(self, event_id: str) -> bool:
        new = event_id not in self.events
        self.events.add(event_id)
        return new

    def acknowledge(self, visitor: Visitor, finding_ids: Sequence[int], act_id: str) -> Answer:
        return self._act("acknowledge", visitor.slack_user_id, tuple(finding_ids), act_id)

    def snooze(
        self,
        visitor: Visitor,
        finding_ids: Sequence[int],
        until_words: str,
        act_id: str,
        seen: Mapping[int, int] | None = None,
    ) -> Answer:
        return self._act("snooze", visitor.slack_user_id, tuple(finding_ids), until_words, dict(seen or {}))

    def unsnooze(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer:
        return self._act("unsnooze", visitor.slack_user_id, tuple(finding_ids), dict(seen or {}))

    def dismiss(
        self,
        visitor: Visitor,
        finding_ids: Sequence[int],
        reason: str,
        act_id: str,
        seen: Mapping[int, int] | None = None,
    ) -> Answer:
        return self._act("dismiss", visitor.slack_user_id, tuple(finding_ids), reason, dict(seen or {}))

    def undismiss(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer:
        return self._act("undismiss", visitor.slack_user_id, tuple(finding_ids), dict(seen or {}))

    def nudge(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer:
        return self._act("nudge", visitor.slack_user_id, tuple(finding_ids), dict(seen or {}))

    def owner_choices(self, visitor: Visitor, contact_id: str) -> Sequence[Choice]:
        return self.owners

    def reassign(self, visitor: Visitor, contact_id: str, owner_id: str, act_id: str) -> Answer:
        return self._act("reassign", visitor.slack_user_id, contact_id, owner_id)

    def find_contacts(self, visitor: Visitor, words: str) -> Sequence[ContactCard]:
        plain = words.replace(" ", "").casefold()
        return [card for card in self.cards if plain in f"{card.contact_id} {card.name} {card.email}".replace(" ", "")]

    def contact(self, visitor: Visitor, contact_id: str) -> ContactCard | None:
        return next((card for card in self.cards if card.contact_id == contact_id), None)

    def status_choices(self, visitor: Visitor, contact_id: str) -> Sequence[StatusChoice]:
        return self.choices

    def read_status(self, words: str) -> str | None:
        return _STATUSES.get(words.casefold(), words if words in _STATUSES.values() else None)

    def change_status(self, visitor: Visitor, contact_id: str, change: StatusChange, act_id: str) -> Answer:
        _write()
        return self._act("change_status", visitor.slack_user_id, contact_id, change, act_id)

    def repeat_change(self, visitor: Visitor, plan_id: int, act_id: str) -> Answer:
        return self._act("repeat_change", visitor.slack_user_id, plan_id, act_id)

    def company_others(self, visitor: Visitor, plan_id: int) -> CompanyView | Answer:
        return self.company or self.next_answer

    def change_company(self, visitor: Visitor, plan_id: int, seen: Mapping[str, str], act_id: str) -> Answer:
        _write()
        return self._act("change_company", visitor.slack_user_id, plan_id, dict(seen))

    def undo(self, visitor: Visitor, what: str, act_id: str) -> Answer:
        return self._act("undo", visitor.slack_user_id, what, act_id)

    def why(self, visitor: Visitor, contact_id: str) -> WhyView | None:
        card = self.contact(visitor, contact_id)
        return WhyView(card, self.whys) if card else None

    def contact_of_finding(self, visitor: Visitor, finding_id: int) -> str | None:
        return next((line.contact_id for line in self.findings if line.finding_id == finding_id), None)

    def proposals(self, visitor: Visitor) -> Sequence[ChangeGroup]:
        return self.groups

    def decide(
        self, visitor: Visitor, decision: Decision, line_ids: Sequence[int], act_id: str, reason: str = ""
    ) -> Answer:
        return self._act("decide", visitor.slack_user_id, decision, tuple(line_ids), reason)

    def doctor(self, visitor: Visitor) -> Callable[[], Sequence[CheckLine]] | None:
        checks = self.checks
        return None if checks is None else lambda: checks

    def button_pressed(self, visitor: Visitor, test: str) -> None:
        self.acts.append(("button_pressed", visitor.slack_user_id, test))

    def plan(self, visitor: Visitor, newest: int | None = None) -> PlanView | None:
        return self.planned

    def apply_plan(self, visitor: Visitor, newest: int, rejected: Sequence[int], act_id: str) -> Answer:
        _write()
        return self._act("apply_plan", visitor.slack_user_id, newest, tuple(rejected))

    def my_findings(self, visitor: Visitor, scope: str, contact_id: str | None = None) -> Sequence[FindingLine]:
        if self.failure:
            raise self.failure
        self.wait()
        return [line for line in self.findings if contact_id in {None, line.contact_id}]

    def home(self, visitor: Visitor) -> HomeView:
        return make_home(*self.my_findings(visitor, "mine"), preferences=self.preferences, **self.on_home)

    def prefer(self, visitor: Visitor, chosen: Preferences, act_id: str) -> Answer:
        answer = self._act("prefer", visitor.slack_user_id, chosen)
        if answer.ok:
            self.preferences = chosen
        return answer

    def confirm(self, visitor: Visitor, is_me: bool, act_id: str) -> Answer:
        if not is_me:
            self.strangers.add(visitor.slack_user_id)
        return self._act("confirm", visitor.slack_user_id, is_me)

    def link_user(self, visitor: Visitor, owner_id: str, slack_user_id: str, act_id: str) -> Answer:
        return self._act("link_user", visitor.slack_user_id, owner_id, slack_user_id)

    def person_changed(self, slack_user_id: str) -> None:
        self.acts.append(("person_changed", slack_user_id))

    def _act(self, *act: object) -> Answer:
        if self.failure:
            raise self.failure
        self.acts.append(act)
        return self.next_answer


def _write() -> None:
    """A CRM takes longer; an answer at once could overtake the form's "writing…"."""
    time.sleep(0.05)
