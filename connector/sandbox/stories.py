"""Turns one contact's story into what the CRM shows of it: the activities and the evidence behind each step."""

from __future__ import annotations

import dataclasses
import random
from datetime import date, datetime, timedelta

from connector.sandbox.diary import Diary
from connector.sandbox.leads import Lead, Staff, status_steps
from connector.sandbox.people import Person
from connector.sandbox.story_meetings import MeetingWriter
from connector.sandbox.story_times import Event
from connector.sandbox.work_times import at_work, local, next_work, working_day_between
from connector.sandbox.working_days import local_date

# The last five business days before the start clock begin on 11-13.
_AWAKE_FROM = date(2026, 11, 13)
_ASLEEP_UNTIL = date(2026, 11, 12)
_LAST_DAY = date(2026, 11, 20)
_AWAKE_BORDERS = ("2026-11-13T09:10", "2026-11-16T17:50", "2026-11-17T09:05")
_ASLEEP_BORDER = "2026-11-12T18:30"
_HOSTED_INSIDE = 0.05
_ATTEMPTED_KINDS = ("answered",) * 31 + ("solved",) * 14 + ("no_reaction",) * 20 + ("unreachable",) * 7


def attempted_kind(rank: int) -> str:
    """Of the rank-th contact that is ATTEMPTED_TO_CONTACT: 310 answered, 140 solved, … of 720."""
    return _ATTEMPTED_KINDS[rank * 29 % len(_ATTEMPTED_KINDS)]


@dataclasses.dataclass(slots=True)
class StoryWriter:
    rng: random.Random
    staff: Staff
    meetings: MeetingWriter

    def write(self, lead: Lead, diary: Diary, kind: str) -> None:
        """`kind` is how an attempt ended, where the story has one."""
        previous: Event | None = None
        people = {id(event): person for event, person in status_steps(lead, self.staff)}
        for event in lead.events:
            if event.kind in ("meeting", "ahead", "cancelled"):
                assert previous is not None
                self.meetings.write(lead, diary, event, set_at=previous.at + timedelta(minutes=7))
            elif event.kind.isupper() and previous is not None:
                self._step(lead, diary, event, previous, people[id(event)] or lead.inside, kind)
            previous = event
        self._afterwards(lead, diary)

    def _step(self, lead: Lead, diary: Diary, event: Event, previous: Event, person: Person, kind: str) -> None:
        at = event.at - min(timedelta(minutes=self.rng.randrange(3, 16)), (event.at - previous.at) / 3)
        match event.kind:
            case "IN_PROGRESS":
                self._approach(diary, at, person)
            case "ATTEMPTED_TO_CONTACT":
                _attempt(lead, diary, previous.at, at, person, kind)
            case "BAD_TIMING":
                self._decline(lead, diary, at, previous, person)
            case "OPEN_DEAL" | "CONNECTED":
                if self.rng.random() < 0.6:
                    diary.call(at, person, talked=True)
            case "UNQUALIFIED":
                self._reject(lead, diary, at, previous, person)
            case _:
                pass

    def _approach(self, diary: Diary, at: datetime, person: Person) -> None:
        choice = self.rng.random()
        if choice < 0.55:
            diary.mail(at, person)
        elif choice < 0.85:
            diary.call(at, person, talked=False)

    def _reject(self, lead: Lead, diary: Diary, at: datetime, previous: Event, person: Person) -> None:
        if lead.name == "unq_pitch_answered":
            if lead.index % 3 == 0:
                diary.call(at, person, talked=False)
            else:
                diary.mail(at, person)
        elif previous.kind == "IN_PROGRESS" and self.rng.random() < 0.5:
            diary.mail(at, person)

    def _decline(self, lead: Lead, diary: Diary, at: datetime, previous: Event, person: Person) -> None:
        choice = self.rng.random()
        if lead.name.startswith("bt_unproven"):
            if lead.index % 3 == 0:
                diary.note(at, person, talked=False)
            elif lead.index % 3 == 1:
                diary.mail(at, person)
            else:
                diary.call(at, person, talked=False)
        elif previous.kind != "IN_PROGRESS":
            # A meeting has been held: that is evidence enough.
            if choice < 0.3:
                diary.call(at, person, talked=True)
        elif choice < _HOSTED_INSIDE:
            diary.meeting(at - timedelta(hours=1), lead.inside, "COMPLETED", "ヒアリング", set_at=previous.at)
        elif choice < 0.5:
            diary.call(at, person, talked=True)
        elif choice < 0.75:
            diary.mail(at, person, incoming=True)
        else:
            diary.note(at, person, talked=True)

    def _afterwards(self, lead: Lead, diary: Diary) -> None:
        """What happened since the last step, where the cohort says so."""
        activity, since = lead.cohort.activity, lead.since
        if activity == "touched":
            self._contact(diary, next_work(self.rng, since, (0, 1)), lead.inside)
        elif activity == "asleep" and lead.index == 1:
            self._contact(diary, local(_ASLEEP_BORDER), lead.inside)
        elif activity == "asleep" and local_date(since) < date(2026, 11, 9) and self.rng.random() < 0.5:
            day = working_day_between(self.rng, local_date(since) + timedelta(days=2), _ASLEEP_UNTIL)
            self._contact(diary, at_work(self.rng, day), lead.inside)
        elif activity == "awake" and local_date(since) < _AWAKE_FROM:
            if lead.index < len(_AWAKE_BORDERS):
                self._contact(diary, local(_AWAKE_BORDERS[lead.index]), lead.inside)
            else:
                day = working_day_between(self.rng, _AWAKE_FROM, _LAST_DAY)
                self._contact(diary, at_work(self.rng, day), lead.inside)

    def _contact(self, diary: Diary, at: datetime, person: Person) -> None:
        if self.rng.random() < 0.5:
            diary.mail(at, person)
        else:
            diary.call(at, person, talked=self.rng.random() < 0.4)


def _attempt(lead: Lead, diary: Diary, after: datetime, at: datetime, person: Person, kind: str) -> None:
    if kind == "unreachable":
        diary.call(after + (at - after) / 2, person, talked=False)
        diary.call(at, person, talked=False)
    else:
        diary.mail(at, person)
    if kind == "solved":
        diary.mail(at + timedelta(seconds=40), person, incoming=True)
    if lead.name == "bt_unproven":
        # The talk of an earlier cycle proves nothing in this one.
        diary.call(at, person, talked=True)
