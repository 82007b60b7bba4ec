"""Choosing one's language and quiet hours, within what still lets a reminder through."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

from jobs.acts.once import actor_of
from jobs.database import writing
from jobs.ledger import audit, preferences
from jobs.reminder_policy import Hours
from jobs.wiring import Parts
from slack_app.backend import Answer, Visitor
from slack_app.home_view import Preferences

_STEP = timedelta(minutes=5)
_DAYS = 7


def prefer(parts: Parts, visitor: Visitor, chosen: Preferences, act_id: str, now: datetime) -> Answer:
    assert visitor.owner_id is not None, "acts of people without an owner are refused before"
    if (chosen.quiet_from is None) != (chosen.quiet_to is None) or chosen.quiet_from == chosen.quiet_to is not None:
        return Answer(False, "answer.quiet_incomplete")
    if chosen.quiet_from is None:
        chosen = dataclasses.replace(chosen, quiet_days=frozenset())
    elif not chosen.quiet_days:
        return Answer(False, "answer.quiet_without_days")
    calendar = parts.rules().calendar
    if chosen.away_until is not None and chosen.away_until < calendar.local_date(now):
        return Answer(False, "answer.away_past")
    monday = calendar.local_date(now) - timedelta(days=calendar.local_date(now).weekday())
    week = [calendar.start_of(monday + timedelta(days=n)) for n in range(_DAYS)]
    if _always_quiet(
        chosen, [day for day in week if day.weekday() not in calendar.weekend], parts.policy(parts.rules()).hours
    ):
        return Answer(False, "answer.quiet_always")
    entry = audit.Entry(now, actor_of(visitor), "slack", "preferences.chosen", correlation=act_id)
    with writing(parts.engine) as connection:
        preferences.store(connection, visitor.slack_user_id, visitor.owner_id, chosen)
        audit.record(connection, [entry])
    return Answer(True, "answer.preferences_kept")


def _always_quiet(chosen: Preferences, days: list[datetime], hours: Hours) -> bool:
    """Whether nothing is left of a whole week's working hours: whoever chose that would never hear of anything."""
    for day in days:
        clock = datetime.combine(day.date(), hours.opens_at, day.tzinfo)
        while clock.time() < hours.closes_at and clock.date() == day.date():
            if not preferences.is_quiet(chosen, clock):
                return False
            clock += _STEP
    return True
