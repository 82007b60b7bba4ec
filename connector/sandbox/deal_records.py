"""Writes the deals of the stories: stage, amount, history, links, later meetings and follow-up calls."""

from __future__ import annotations

import dataclasses
import random
from datetime import datetime, timedelta

from connector.sandbox.contact_properties import SERVICES
from connector.sandbox.diary import Diary
from connector.sandbox.leads import Lead
from connector.sandbox.moments import iso, to_millisecond
from connector.sandbox.record_book import RecordBook
from connector.sandbox.state import HistoryEntry
from connector.sandbox.work_times import START_CLOCK, local, next_work
from connector.sandbox.working_days import TOKYO

_OPEN_STAGES = (
    "appointmentscheduled",
    "qualifiedtobuy",
    "presentationscheduled",
    "decisionmakerboughtin",
    "contractsent",
)
_PROBABILITIES = ("0.2", "0.4", "0.6", "0.8", "0.9")
_LOST_REASONS = ("予算", "競合", "時期", "社内体制", "連絡途絶")
_WON_REASONS = ("実績", "価格", "対応の速さ", "紹介")
_LABELS = dict(SERVICES)
_MEDIAN, _SPREAD = 900_000, 1.153  # the 95th percentile of this log-normal is ¥6 million
_LOST_TOUCHES, _WON_TOUCHES = (30, 90, 180, 365), (90,)
_LAST_WORK = local("2026-11-20T18:30")


@dataclasses.dataclass(slots=True)
class DealWriter:
    """`deals` gives the deal by its main contact."""

    rng: random.Random
    book: RecordBook
    deals: dict[str, str] = dataclasses.field(default_factory=dict[str, str])

    def write(self, lead: Lead, diary: Diary, company: str, company_id: str | None, meeting_id: str | None) -> None:
        created_at = lead.time_of("deal")
        assert created_at is not None
        won_at, lost_at = lead.time_of("won"), lead.time_of("lost")
        closed_at = won_at or lost_at
        values = self._opening(lead, company) | self._outcome(created_at, won_at, lost_at)
        history = self._stages(lead, created_at, values["dealstage"], closed_at)
        deal_id = self.book.add("deals", values, created_at, history)
        self.deals[lead.id] = deal_id
        self.book.link("contacts", lead.id, "deals", deal_id)
        if company_id is not None:
            self.book.link("deals", deal_id, "companies", company_id)
        if meeting_id is not None:
            self.book.link("deals", deal_id, "meetings", meeting_id)
        self._later(lead, diary, created_at, closed_at)
        if closed_at is not None:
            self._touches(lead, diary, closed_at, _WON_TOUCHES if won_at else _LOST_TOUCHES)

    def _opening(self, lead: Lead, company: str) -> dict[str, str]:
        service = lead.service or ""
        amount = round(self.rng.lognormvariate(0, _SPREAD) * _MEDIAN, -4)
        return {
            "dealname": f"{company} {_LABELS[service]}",
            "pipeline": "default",
            "amount": str(int(max(amount, 50_000))),
            "service": service,
            "dealtype": "newbusiness",
            "hubspot_owner_id": lead.field.owner_id,
        }

    def _outcome(self, created_at: datetime, won_at: datetime | None, lost_at: datetime | None) -> dict[str, str]:
        if won_at is not None:
            stage, probability, closed_at = "closedwon", "1.0", won_at
            reasons = {"closed_won_reason": self.rng.choice(_WON_REASONS)}
        elif lost_at is not None:
            stage, probability, closed_at = "closedlost", "0.0", lost_at
            reasons = {"closed_lost_reason": self.rng.choice(_LOST_REASONS)}
        else:
            place = min(self.rng.randrange(5), (START_CLOCK - created_at).days // 10)
            stage, probability, reasons = _OPEN_STAGES[place], _PROBABILITIES[place], dict[str, str]()
            closed_at = max(created_at, START_CLOCK) + timedelta(days=self.rng.randrange(10, 90))
        return {
            "dealstage": stage,
            "hs_deal_stage_probability": probability,
            "closedate": iso(closed_at),
            "hs_is_closed": "true" if stage.startswith("closed") else "false",
            "hs_is_closed_won": "true" if won_at else "false",
            "hs_is_closed_lost": "true" if lost_at else "false",
            **reasons,
        }

    def _stages(
        self, lead: Lead, created_at: datetime, stage: str, closed_at: datetime | None
    ) -> dict[str, list[HistoryEntry]]:
        """From the first stage to the present one: evenly until the close, an open deal's last move lies anywhere."""
        reached = _OPEN_STAGES.index(stage) if closed_at is None else self.rng.randrange(1, 4)
        passed = [*_OPEN_STAGES[: reached + 1], *([stage] if closed_at else [])]
        end = closed_at or created_at + (max(created_at, _LAST_WORK) - created_at) * self.rng.uniform(0.3, 1)
        pace = (end - created_at) / max(1, len(passed) - 1)
        times = [created_at + pace * number for number in range(len(passed))]
        user = lead.field.user_id
        return {
            "dealstage": [
                HistoryEntry(value, to_millisecond(at), "CRM_UI", f"userId:{user}", user)
                for value, at in zip(passed, times, strict=True)
            ]
        }

    def _later(self, lead: Lead, diary: Diary, created_at: datetime, closed_at: datetime | None) -> None:
        """Half of the deals saw a second meeting; open ones have something left to do."""
        if self.rng.random() < 0.5:
            at = next_work(self.rng, created_at, (5, 12)).astimezone(TOKYO)
            start = at.replace(hour=14, minute=0, second=0, microsecond=0)
            if start > created_at and start < min(closed_at or _LAST_WORK, _LAST_WORK):
                diary.meeting(start, lead.field, "COMPLETED", "提案・お見積り", set_at=created_at)
        if closed_at is None and self.rng.random() < 0.5:
            diary.task(max(created_at, local("2026-11-10T10:00")), lead.field, "見積書の送付")

    def _touches(self, lead: Lead, diary: Diary, closed_at: datetime, days: tuple[int, ...]) -> None:
        """Somebody called soon after most of the touch dates."""
        for touch in days:
            at = next_work(self.rng, closed_at + timedelta(days=touch), (0, 4))
            if at < _LAST_WORK and self.rng.random() < 0.75:
                diary.call(at, lead.field, talked=self.rng.random() < 0.4)
