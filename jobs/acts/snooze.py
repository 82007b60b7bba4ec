"""Snoozing: whoever names a time is left alone until then, for some business days at most; and ending it early."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from jobs.acts.rest import Press, Rows, settle
from jobs.ledger import rests
from rules.business_calendar import Calendar
from slack_app.backend import Answer
from slack_app.texts.dates import day_words, moment_words
from slack_app.until_words import Until, read_until


def snooze(press: Press, until_words: str) -> Answer:
    calendar, limits = press.parts.rules().calendar, press.parts.settings.file.reminders
    meant = read_until(until_words)
    if meant is None:
        return Answer(False, "answer.snooze_unknown", {"words": until_words})
    until = snoozed_until(meant, press.now, calendar, limits.working_hours[0])
    last = _last_day(press.now, calendar, limits.snooze_days_at_most)
    if until is None or until <= press.now:
        return Answer(False, "answer.snooze_past", {"words": until_words})
    if until.date() > last:
        values = {"days": str(limits.snooze_days_at_most), "last": day_words(last, press.language)}
        return Answer(False, "answer.snooze_too_long", values)

    def change(connection: Connection, rows: Rows) -> Rows:
        return rests.snooze(connection, rows, by=press.visitor.name, at=press.now, until=until)

    def said(done: Rows) -> Answer:
        values = {"count": str(len(done)), "until": moment_words(until, press.language)}
        return Answer(True, "answer.snoozed", values)

    return settle(press, "finding.snoozed", change, said)


def unsnooze(press: Press) -> Answer:
    def change(connection: Connection, rows: Rows) -> Rows:
        return rests.unsnooze(connection, rows, at=press.now)

    def said(done: Rows) -> Answer:
        return Answer(True, "answer.unsnoozed", {"count": str(len(done))})

    return settle(press, "finding.unsnoozed", change, said)


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
