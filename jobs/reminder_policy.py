"""What reminding goes by: the hours, how each rule's findings are told, the steps upwards, how much one person hears."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rules.business_calendar import Calendar


@dataclasses.dataclass(frozen=True, slots=True)
class Hours:
    """When people may be reminded, by their own clocks."""

    digest_at: time
    leak_check_at: time
    opens_at: time
    closes_at: time


@dataclasses.dataclass(frozen=True, slots=True)
class Urgency:
    """How a rule's findings are shown: smaller rank first; `leak` ones also stand in the leak check's channel.

    People hear of `weekly` ones on the first open day of the week only. While one of `quiet_if` has an open finding about
    the same record, nobody is reminded of this one. Only what `escalates` is ever told to others than its owner.
    """

    rank: int
    leak: bool
    silent: bool
    weekly: bool = False
    quiet_if: frozenset[str] = frozenset()
    escalates: bool = True


@dataclasses.dataclass(frozen=True, slots=True)
class Steps:
    """After how many business days without an act the owner is called again, then the team, then the manager is told.

    0 leaves a step out.
    """

    again_after: int = 2
    team_after: int = 4
    manager_after: int = 6

    def after(self, level: int) -> tuple[int, int] | None:
        """The next level, and how many business days after the present one it comes."""
        days = {1: self.again_after, 2: self.team_after, 3: self.manager_after}
        following = [one for one in days if one > level and days[one]]
        passed = max((days[one] for one in days if one <= level), default=0)
        return (following[0], days[following[0]] - passed) if following else None


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    hours: Hours
    calendar: Calendar
    steps: Steps = Steps()
    messages_per_day: int = 6

    def day_after(self, since: datetime, business_days: int) -> date:
        """The day with which so many business days have begun since that moment's day."""
        day = self.calendar.local_date(since)
        for _ in range(business_days):
            day = self.calendar.next_open_day(day + timedelta(days=1))
        return day


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """A moment as people live it: in the calendar's zone, or in one of their own."""

    now: datetime
    policy: Policy
    zone: ZoneInfo | None = None

    @property
    def local(self) -> datetime:
        return self.now.astimezone(self.zone or self.policy.calendar.zone)

    @property
    def day(self) -> str:
        return self.local.date().isoformat()

    @property
    def begins(self) -> datetime:
        """The beginning of the day."""
        return datetime.combine(self.local.date(), time(), self.local.tzinfo)

    @property
    def closed(self) -> str | None:
        """The reason nobody may be reminded now, or None."""
        if not self.policy.calendar.is_open(self.local.date()):
            return "holiday"
        if not self.policy.hours.opens_at <= self.local.time() < self.policy.hours.closes_at:
            return "outside_hours"
        return None

    @property
    def before_digest(self) -> str | None:
        """As `closed`, for what comes with the morning's list."""
        early = self.local.time() < self.policy.hours.digest_at
        return self.closed or ("before_digest" if early else None)

    @property
    def before_leak_check(self) -> str | None:
        early = self.local.time() < self.policy.hours.leak_check_at
        return self.closed or ("before_leak_check" if early else None)

    @property
    def opens_the_week(self) -> bool:
        calendar, day = self.policy.calendar, self.local.date()
        before = (day - timedelta(days=n) for n in range(1, day.weekday() + 1))
        return calendar.is_open(day) and not any(calendar.is_open(one) for one in before)

    def is_after(self, since: datetime, business_days: int) -> bool:
        """Whether so many business days have begun since that day."""
        return self.local.date() >= self.policy.day_after(since, business_days)
