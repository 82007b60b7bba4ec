"""The Slack app's backend: each thing people may ask stands in a module of its own under `acts/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from jobs.acts import company_wide, find, review, why
from jobs.acts import home as home_tab
from jobs.acts.acknowledge import acknowledge
from jobs.acts.change_status import change_status, repeat_change
from jobs.acts.dismiss import dismiss, undismiss
from jobs.acts.link import ADMINS, confirm, link_user
from jobs.acts.nudge import nudge
from jobs.acts.once import actor_of, is_new_event, once
from jobs.acts.prefer import prefer
from jobs.acts.proposals import decide, proposals
from jobs.acts.reassign import owner_choices, reassign
from jobs.acts.rest import Press
from jobs.acts.snooze import snooze, unsnooze
from jobs.acts.stand_in import standing_in
from jobs.acts.status_choices import status_choices
from jobs.acts.undo import undo
from jobs.checks.series import every_check
from jobs.database import writing
from jobs.ledger import arrivals
from jobs.wiring import Parts
from rules.transitions import read_status
from slack_app.backend import Answer, Decision, StatusChange, Visitor
from slack_app.errors import SlackError
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

log = structlog.get_logger()

_GROUPS_KEEP = timedelta(minutes=1)
_NOTED_EVERY = timedelta(seconds=5)


class Service:
    """Safe to call from many threads: state is in the database only."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def visitor(self, slack_user_id: str) -> Visitor:
        directory = self._parts.directory()
        default = self._parts.settings.file.service.language
        if directory is None:
            return Visitor(slack_user_id, default, None, "")
        try:
            # Whoever left a user group must not act on the role that it gave.
            self._parts.read_groups(self._parts.clock(), _GROUPS_KEEP)
        except SlackError as error:
            log.warning("user groups not read", error=type(error).__name__)
        person, user = directory.person_of(slack_user_id)
        language = user.language if user else default
        name = person.name if person else (user.name if user else "")
        roles = tuple(sorted(person.roles)) if person else ()
        return Visitor(slack_user_id, language, person.owner_id if person else None, name, roles)

    def is_new_event(self, event_id: str) -> bool:
        return is_new_event(self._parts, event_id)

    def acknowledge(self, visitor: Visitor, finding_ids: Sequence[int], act_id: str) -> Answer:
        return self._press(acknowledge, visitor, finding_ids, act_id)

    def snooze(
        self,
        visitor: Visitor,
        finding_ids: Sequence[int],
        until_words: str,
        act_id: str,
        seen: Mapping[int, int] | None = None,
    ) -> Answer:
        return self._press(lambda press: snooze(press, until_words), visitor, finding_ids, act_id, seen)

    def unsnooze(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer:
        return self._press(unsnooze, visitor, finding_ids, act_id, seen)

    def dismiss(
        self,
        visitor: Visitor,
        finding_ids: Sequence[int],
        reason: str,
        act_id: str,
        seen: Mapping[int, int] | None = None,
    ) -> Answer:
        return self._press(lambda press: dismiss(press, reason), visitor, finding_ids, act_id, seen)

    def undismiss(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer:
        return self._press(undismiss, visitor, finding_ids, act_id, seen)

    def nudge(
        self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int] | None = None
    ) -> Answer:
        return self._press(nudge, visitor, finding_ids, act_id, seen)

    def owner_choices(self, visitor: Visitor, contact_id: str) -> Sequence[Choice]:
        return owner_choices(self._parts, visitor, contact_id)

    def reassign(self, visitor: Visitor, contact_id: str, owner_id: str, act_id: str) -> Answer:
        return once(self._parts, visitor, act_id, lambda now: reassign(self._parts, visitor, contact_id, owner_id, now))

    def find_contacts(self, visitor: Visitor, words: str) -> Sequence[ContactCard]:
        return find.find_contacts(self._parts, visitor, words)

    def contact(self, visitor: Visitor, contact_id: str) -> ContactCard | None:
        return find.contact_card(self._parts, visitor, contact_id)

    def status_choices(self, visitor: Visitor, contact_id: str) -> Sequence[StatusChoice]:
        return status_choices(self._parts, visitor, contact_id)

    def read_status(self, words: str) -> str | None:
        return read_status(self._parts.rules().vocabulary, words)

    def change_status(self, visitor: Visitor, contact_id: str, change: StatusChange, act_id: str) -> Answer:
        return self._once(
            visitor, act_id, lambda now: change_status(self._parts, visitor, contact_id, change, act_id, now)
        )

    def repeat_change(self, visitor: Visitor, plan_id: int, act_id: str) -> Answer:
        return self._once(visitor, act_id, lambda now: repeat_change(self._parts, visitor, plan_id, act_id, now))

    def company_others(self, visitor: Visitor, plan_id: int) -> CompanyView | Answer:
        return company_wide.company_others(self._parts, visitor, plan_id)

    def change_company(self, visitor: Visitor, plan_id: int, seen: Mapping[str, str], act_id: str) -> Answer:
        return self._once(
            visitor, act_id, lambda now: company_wide.change_company(self._parts, visitor, plan_id, seen, act_id, now)
        )

    def undo(self, visitor: Visitor, what: str, act_id: str) -> Answer:
        return self._once(visitor, act_id, lambda now: undo(self._parts, visitor, what, now))

    def why(self, visitor: Visitor, contact_id: str) -> WhyView | None:
        return why.why(self._parts, visitor, contact_id)

    def contact_of_finding(self, visitor: Visitor, finding_id: int) -> str | None:
        return why.contact_of_finding(self._parts, visitor, finding_id)

    def proposals(self, visitor: Visitor) -> Sequence[ChangeGroup]:
        return proposals(self._parts, visitor)

    def decide(
        self, visitor: Visitor, decision: Decision, line_ids: Sequence[int], act_id: str, reason: str = ""
    ) -> Answer:
        return self._once(visitor, act_id, lambda now: decide(self._parts, visitor, decision, line_ids, reason, now))

    def plan(self, visitor: Visitor, newest: int | None = None) -> PlanView | None:
        return review.plan(self._parts, visitor, newest)

    def apply_plan(self, visitor: Visitor, newest: int, rejected: Sequence[int], act_id: str) -> Answer:
        return self._once(visitor, act_id, lambda now: review.apply_plan(self._parts, visitor, newest, rejected, now))

    def my_findings(self, visitor: Visitor, scope: str, contact_id: str | None = None) -> Sequence[FindingLine]:
        return find.my_findings(self._parts, visitor, scope, *find.about(contact_id))

    def home(self, visitor: Visitor) -> HomeView:
        return home_tab.home(self._parts, visitor, self._parts.clock())

    def prefer(self, visitor: Visitor, chosen: Preferences, act_id: str) -> Answer:
        return once(self._parts, visitor, act_id, lambda now: prefer(self._parts, visitor, chosen, act_id, now))

    def confirm(self, visitor: Visitor, is_me: bool, act_id: str) -> Answer:
        return once(
            self._parts,
            visitor,
            act_id,
            lambda now: confirm(self._parts, visitor, is_me=is_me, act_id=act_id, now=now),
        )

    def link_user(self, visitor: Visitor, owner_id: str, slack_user_id: str, act_id: str) -> Answer:
        return once(
            self._parts,
            visitor,
            act_id,
            lambda now: link_user(self._parts, visitor, owner_id, slack_user_id, act_id, now),
        )

    def doctor(self, visitor: Visitor) -> Callable[[], Sequence[CheckLine]] | None:
        return partial(every_check, self._parts) if ADMINS in visitor.roles else None

    def button_pressed(self, visitor: Visitor, test: str) -> None:
        with writing(self._parts.engine) as connection:
            arrivals.press(connection, test, actor_of(visitor), self._parts.clock())

    def person_changed(self, slack_user_id: str) -> None:
        directory = self._parts.directory()
        if directory is not None:
            directory.forget(slack_user_id)
        if self._parts.forget_elsewhere is not None:
            self._parts.forget_elsewhere(slack_user_id)

    def _press(
        self,
        act: Callable[[Press], Answer],
        visitor: Visitor,
        finding_ids: Sequence[int],
        act_id: str,
        seen: Mapping[int, int] | None = None,
    ) -> Answer:
        if visitor.owner_id is None:
            return Answer(False, "answer.visitor_unknown")
        now = self._parts.clock()
        person = standing_in(self._parts, visitor, finding_ids, now)
        return act(Press(self._parts, person, finding_ids, act_id, seen or {}, now))

    def _once(self, visitor: Visitor, act_id: str, act: Callable[[datetime], Answer]) -> Answer:
        return once(self._parts, visitor, act_id, act)


class Refusals:
    """Keeps why requests were not let in, for `doctor`. Anybody may knock: one note for each reason every few seconds."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._noted: dict[str, datetime] = {}

    def __call__(self, reason: str) -> None:
        now = self._parts.clock()
        if now - self._noted.get(reason, now - _NOTED_EVERY) < _NOTED_EVERY:
            return
        self._noted[reason] = now
        with writing(self._parts.engine) as connection:
            arrivals.refuse(connection, reason, now)
