"""Snoozing: whoever names a time is left alone until then, for some business days at most; and ending it early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from jobs.acts.rest import note, own, too_late, unchanged
from jobs.acts.shown import refresh_messages
from jobs.database import writing
from jobs.ledger import rests
from jobs.wiring import Parts
from rules.business_calendar import Calendar
from slack_app.backend import Answer, Visitor
from slack_app.texts.dates import day_words, moment_words
from slack_app.until_words import Until, read_until


def snooze(
    parts: Parts,
    visitor: Visitor,
    finding_ids: Sequence[int],
    until_words: str,
    act_id: str,
    seen: Mapping[int, int],
    now: datetime,
) -> Answer:
    calendar, limits = parts.rules().calendar, parts.settings.file.reminders
    meant = read_until(until_words)
    if meant is None:
        return Answer(False, "answer.snooze_unknown", {"words": until_words})
    until = snoozed_until(meant, now, calendar, limits.working_hours[0])
    last = _last_day(now, calendar, limits.snooze_days_at_most)
    if until is None or until <= now:
        return Answer(False, "answer.snooze_past", {"words": until_words})
    if until.date() > last:
        values = {"days": str(limits.snooze_days_at_most), "last": day_words(last, visitor.language)}
        return Answer(False, "answer.snooze_too_long", values)
    with writing(parts.engine) as connection:
        rows = rests.read(connection, finding_ids)
        mine = own(rows, visitor)
        done = rests.snooze(connection, unchanged(mine, seen), by=visitor.name, at=now, until=until)
        note(connection, done, visitor, "finding.snoozed", act_id, now)
    if rows and not mine:
        return Answer(False, "answer.not_yours")
    if not done:
        return too_late(parts, mine, visitor, now)
    refresh_messages(parts, [row.id for row in done], now)
    return Answer(True, "answer.snoozed", {"count": str(len(done)), "until": moment_words(until, visitor.language)})


def unsnooze(
    parts: Parts, visitor: Visitor, finding_ids: Sequence[int], act_id: str, seen: Mapping[int, int], now: datetime
) -> Answer:
    with writing(parts.engine) as connection:
        rows = rests.read(connection, finding_ids)
        mine = own(rows, visitor)
        done = rests.unsnooze(connection, unchanged(mine, seen), at=now)
        note(connection, done, visitor, "finding.unsnoozed", act_id, now)
    if rows and not mine:
        return Answer(False, "answer.not_yours")
    if not done:
        return too_late(parts, mine, visitor, now)
    refresh_messages(parts, [row.id for row in done], now)
    return Answer(True, "answer.unsnoozed", {"count": str(len(done))})


def snoozed_until(meant: Until, now: datetime, calendar: Calendar, opens_at: time) -> datetime | None:
    """Hours are exact; a day means its opening, and that of the next open day where it is closed.

    None for a day that there is not.
    """
    local = now.astimezone(calendar.zone)
    if meant.hours:
        return local + timedelta(hours=meant.hours)
    try:
        day = _day(meant, local.date(), calendar)
    except ValueError:  # 2/29
        return None
    return datetime.combine(calendar.next_open_day(day), opens_at, calendar.zone) if day >= local.date() else None


def _day(meant: Until, today: date, calendar: Calendar) -> date:
    if meant.day is not None:
        return meant.day
    if meant.month_and_day is not None:
        this_year = date(today.year, *meant.month_and_day)
        return this_year if this_year >= today else date(today.year + 1, *meant.month_and_day)
    if meant.weekday is not None:
        begins = today - timedelta(days=today.weekday()) + timedelta(days=7) if meant.next_week else today
        return begins + timedelta(days=(meant.weekday - begins.weekday()) % 7 or (0 if meant.next_week else 7))
    return _open_days_ahead(today, meant.days, calendar)


def _last_day(now: datetime, calendar: Calendar, days: int) -> date:
    return _open_days_ahead(calendar.local_date(now), days, calendar)


def _open_days_ahead(day: date, count: int, calendar: Calendar) -> date:
    for _ in range(count):
        day = calendar.next_open_day(day + timedelta(days=1))
    return day
