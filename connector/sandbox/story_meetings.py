"""Writes the meetings of the stories: the first FS meeting of a contact, moved and cancelled ones, those of IS."""

from __future__ import annotations

import dataclasses
import random
from datetime import datetime, timedelta

from connector.sandbox.cohort_sizes import scale
from connector.sandbox.diary import Diary
from connector.sandbox.leads import Lead
from connector.sandbox.story_times import Event
from connector.sandbox.working_days import TOKYO

# Members of a cohort, from the first on: (number without outcome, number still SCHEDULED).
_OUTCOMES = {"od_late": (4, 6), "od_grace": (2, 3), "od_grace_due_next": (0, 1)}
_MOVED = {"od_ahead": 3, "od_late": 2, "bt_met": 4}
# In UTC these begin on one day and end on the next.
_EARLY = {"bt_met": 2}


@dataclasses.dataclass(slots=True)
class MeetingWriter:
    """`first` gives the first FS meeting by contact; `planted` collects ids for the labels."""

    rng: random.Random
    contacts: int
    planted: dict[str, list[object]]
    first: dict[str, str] = dataclasses.field(default_factory=dict[str, str])

    def write(self, lead: Lead, diary: Diary, event: Event, *, set_at: datetime) -> None:
        if event.kind == "cancelled":
            outcome = "NO_SHOW" if lead.index % 2 else "CANCELED"
            meeting_id = diary.meeting(event.at, lead.field, outcome, "初回商談", set_at=set_at)
            self.planted["meetings_cancelled"].append(meeting_id)
            return
        start = event.at
        if lead.index < self._number(_EARLY, lead):
            start = start.astimezone(TOKYO).replace(hour=8, minute=30)
        if lead.index >= lead.cohort.count - self._number(_MOVED, lead):
            self._moved(lead, diary, start, set_at)
        outcome = self._outcome(lead) if event.kind == "meeting" else "SCHEDULED"
        meeting_id = diary.meeting(start, lead.field, outcome, "初回商談", set_at=set_at)
        self.first[lead.id] = meeting_id
        if outcome == "":
            self.planted["meetings_without_outcome"].append(meeting_id)
        if start.astimezone(TOKYO).hour == 8:
            self.planted["meetings_across_midnight_utc"].append(meeting_id)

    def hosted_inside(self, lead: Lead, diary: Diary) -> None:
        """IS alone met some of those who wait for an FS meeting."""
        if lead.name == "od_nothing" and lead.index < scale(3, self.contacts):
            start = (
                (lead.since + timedelta(days=2)).astimezone(TOKYO).replace(hour=15, minute=0, second=0, microsecond=0)
            )
            diary.meeting(start, lead.inside, "COMPLETED", "事前ヒアリング", set_at=lead.since)

    def _moved(self, lead: Lead, diary: Diary, start: datetime, set_at: datetime) -> None:
        earlier = max(start - timedelta(days=self.rng.randrange(1, 4)), set_at + timedelta(hours=3))
        meeting_id = diary.meeting(earlier, lead.field, "RESCHEDULED", "初回商談（日程変更）", set_at=set_at)
        self.planted["meetings_moved"].append(meeting_id)

    def _outcome(self, lead: Lead) -> str:
        without, scheduled = (scale(number, self.contacts) for number in _OUTCOMES.get(lead.name, (0, 0)))
        if lead.index < without:
            return ""
        return "SCHEDULED" if lead.index < without + scheduled else "COMPLETED"

    def _number(self, table: dict[str, int], lead: Lead) -> int:
        return scale(table.get(lead.name, 0), self.contacts)
