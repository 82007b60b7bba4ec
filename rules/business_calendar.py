"""Which days are open, and from when on a moment counts as older than N days: always by local dates, never by hours."""

from __future__ import annotations

import dataclasses
import functools
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays

from rules.conditions import Moment, Span, SpanUnit

SATURDAY, SUNDAY = 5, 6
_LONGEST_CLOSURE = timedelta(days=400)
_SHORTEST = timedelta(milliseconds=1)  # the CRM keeps no finer time


@dataclasses.dataclass(frozen=True, slots=True)
class Closure:
    """Days closed every year, both ends included, as (month, day); `first` after `last` runs over New Year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def covers(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


class NoOpenDayError(ValueError):
    """The calendar has no open day for more than a year: check its weekend and closures."""


@dataclasses.dataclass(frozen=True, slots=True)
class Calendar:
    """`closed` and `open` are single days and win over everything else, `open` over `closed`. Business hours are those
    from `opens` to `closes` on open days.
    """

    zone: ZoneInfo
    weekend: frozenset[int] = frozenset((SATURDAY, SUNDAY))
    country: str | None = "JP"
    closures: tuple[Closure, ...] = ()
    closed: frozenset[date] = frozenset()
    open: frozenset[date] = frozenset()
    opens: time = time(9)
    closes: time = time(18)

    def is_open(self, day: date) -> bool:
        if day in self.open:
            return True
        if day in self.closed or day.weekday() in self.weekend:
            return False
        if any(closure.covers(day) for closure in self.closures):
            return False
        return self.country is None or day not in _public_holidays(self.country, day.year)

    def local_date(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """Built from the local date: a day is not always 24 hours."""
        return datetime.combine(day, time(), self.zone)

    def next_open_day(self, day: date) -> date:
        """The first open day from `day` on, that day included."""
        return self._seek(day, timedelta(days=1))

    def previous_open_day(self, day: date) -> date:
        """The last open day up to `day`, that day included."""
        return self._seek(day, timedelta(days=-1))

    def cutoff_date(self, now: datetime, business_days: int) -> date:
        """A date is older than N business days if it is before this: the (N+1)-th open day counted back from today."""
        day = self.previous_open_day(self.local_date(now))
        for _ in range(business_days):
            day = self.previous_open_day(day - timedelta(days=1))
        return day

    def cutoff(self, now: datetime, business_days: int) -> datetime:
        """A moment is older than N business days if it is before this."""
        return self.start_of(self.cutoff_date(now, business_days))

    def span_cutoff(self, now: datetime, span: Span) -> datetime:
        """A moment is older than the span if it is before this; hours are exact, days go by local dates."""
        if span.unit is SpanUnit.HOURS:
            return now - timedelta(hours=span.count)
        if span.unit is SpanUnit.BUSINESS_HOURS:
            return self._hours_back(now, timedelta(hours=span.count))
        return self.start_of(self.span_cutoff_date(now, span))

    def span_cutoff_date(self, now: datetime, span: Span) -> date:
        """The same for a bare date; hours have no meaning there and the loader refuses them."""
        if span.unit is SpanUnit.BUSINESS_DAYS:
            return self.cutoff_date(now, span.count)
        return self.local_date(now) - timedelta(days=span.count)

    def span_end(self, now: datetime, span: Span) -> datetime:
        """A moment from `now` on lies within the span ahead if it is before this; what `span_cutoff` is, looking ahead."""
        if span.unit is SpanUnit.HOURS:
            return now + timedelta(hours=span.count) + _SHORTEST
        if span.unit is SpanUnit.BUSINESS_HOURS:
            return self._hours_ahead(now, timedelta(hours=span.count))
        return self.start_of(self.span_end_date(now, span))

    def span_end_date(self, now: datetime, span: Span) -> date:
        """The same for a bare date: at most N days, or N open days, lie in (today, a date before this]."""
        day = self.local_date(now)
        if span.unit is not SpanUnit.BUSINESS_DAYS:
            return day + timedelta(days=span.count + 1)
        for _ in range(span.count + 1):
            day = self.next_open_day(day + timedelta(days=1))
        return day

    def due(self, now: datetime, span: Span) -> datetime:
        """When something is due that is to be done within the span: at closing time of its last day, or after so many
        hours. Of no days at all it is today's.
        """
        if span.unit in (SpanUnit.HOURS, SpanUnit.BUSINESS_HOURS):
            return self.span_end(now, span) - _SHORTEST
        day = self.local_date(now)
        if span.unit is SpanUnit.DAYS:
            day += timedelta(days=span.count)
        else:
            for _ in range(span.count):
                day = self.next_open_day(day + timedelta(days=1))
        return datetime.combine(day, self.closes, self.zone)

    def _hours_back(self, now: datetime, left: timedelta) -> datetime:
        """From here on, no more than that many hours in which the firm was open lie between a moment and now.

        A night counts for nothing, so where the hours are used up at an opening, the evening before is no older.
        """
        end = now.astimezone(self.zone)
        day = end.date()
        while True:
            day = self.previous_open_day(day)
            opening, closing = self._open_hours(day)
            end = min(end, closing)
            if end - opening > left:
                return end - left
            left -= max(end - opening, timedelta())
            day -= timedelta(days=1)

    def _hours_ahead(self, now: datetime, left: timedelta) -> datetime:
        start = now.astimezone(self.zone)
        day = start.date()
        while True:
            day = self.next_open_day(day)
            opening, closing = self._open_hours(day)
            start = max(start, opening)
            if closing - start > left:
                return start + left + _SHORTEST
            left -= max(closing - start, timedelta())
            day += timedelta(days=1)

    def _open_hours(self, day: date) -> tuple[datetime, datetime]:
        """By the clock on the wall."""
        return datetime.combine(day, self.opens, self.zone), datetime.combine(day, self.closes, self.zone)

    def begins(self, now: datetime, moment: Moment) -> datetime:
        """The moment itself, or the start of the day that it is."""
        at = moment.at
        if at is None:
            return now
        if isinstance(at, datetime):
            return at if at.tzinfo is not None else at.replace(tzinfo=self.zone)
        return self.start_of(at)

    def ends(self, now: datetime, moment: Moment) -> datetime:
        """The first moment after it: the start of the next day, or the next millisecond."""
        at = moment.at
        if at is None or isinstance(at, datetime):
            return self.begins(now, moment) + _SHORTEST
        return self.start_of(at + timedelta(days=1))

    def day_of(self, now: datetime, moment: Moment) -> date:
        """For comparing with a bare date; hours have no meaning there and the loader refuses them."""
        return moment.at if moment.at is not None else self.local_date(now)

    def _seek(self, day: date, step: timedelta) -> date:
        sought = day
        while not self.is_open(sought):
            sought += step
            if abs(sought - day) > _LONGEST_CLOSURE:
                raise NoOpenDayError(f"No open day within a year of {day}: check the calendar's weekend and closures.")
        return sought


@functools.lru_cache(maxsize=64)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=year))
