"""Puts the events of one contact's story in time: one event is anchored, the others follow at usual distances."""

from __future__ import annotations

import dataclasses
import itertools
import random
from datetime import date, datetime, timedelta

from connector.sandbox.cohorts import Cohort
from connector.sandbox.work_times import (
    FIRST_DAY,
    at_any_hour,
    at_work,
    earlier_work,
    exhibition_time,
    inquiry_time,
    local,
    meeting_start,
    next_work,
    working_day_between,
)
from connector.sandbox.working_days import TOKYO, add_working_days, is_working_day

# Calendar days between two events, as (shortest, longest).
_GAPS: dict[tuple[str, str], tuple[int, int]] = {
    ("NEW", "IN_PROGRESS"): (0, 2),
    ("NEW", "UNQUALIFIED"): (0, 2),
    ("NEW", "BLANK"): (1, 20),
    ("IN_PROGRESS", "OPEN_DEAL"): (2, 10),
    ("IN_PROGRESS", "ATTEMPTED_TO_CONTACT"): (3, 15),
    ("IN_PROGRESS", "BAD_TIMING"): (3, 20),
    ("IN_PROGRESS", "UNQUALIFIED"): (1, 8),
    ("IN_PROGRESS", "CONNECTED"): (2, 10),
    ("IN_PROGRESS", "ahead"): (4, 15),
    ("OPEN_DEAL", "meeting"): (3, 14),
    ("OPEN_DEAL", "cancelled"): (3, 10),
    ("OPEN_DEAL", "ahead"): (4, 15),
    ("OPEN_DEAL", "UNQUALIFIED"): (4, 20),
    ("cancelled", "IN_PROGRESS"): (0, 2),
    ("cancelled", "ATTEMPTED_TO_CONTACT"): (1, 5),
    ("meeting", "deal"): (0, 4),
    ("meeting", "BAD_TIMING"): (1, 6),
    ("deal", "won"): (15, 70),
    ("deal", "lost"): (15, 80),
    ("deal", "BAD_TIMING"): (10, 40),
    ("deal", "IN_PROGRESS"): (8, 30),
    ("lost", "BAD_TIMING"): (0, 3),
    ("ATTEMPTED_TO_CONTACT", "NEW"): (30, 150),
    ("BAD_TIMING", "NEW"): (30, 90),
    ("BAD_TIMING", "UNQUALIFIED"): (10, 60),
    ("UNQUALIFIED", "IN_PROGRESS"): (20, 60),
}
_MEETINGS = ("meeting", "cancelled", "ahead")
_EARLIER_CYCLE = ("NEW", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT")
_MEETING_LENGTH = timedelta(hours=1)
_FIRST_AHEAD = date(2026, 11, 24)
_LAST_AHEAD = date(2026, 12, 11)


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """`kind` is a status, BLANK, or a word for a meeting or deal; `role` is set where the usual one did not act."""

    kind: str
    role: str
    at: datetime


def place(rng: random.Random, cohort: Cohort, index: int, *, second_cycle: bool, source: str) -> list[Event]:
    """Draws until everything lies between the first day and the cohort's latest day, in order."""
    words = (_EARLIER_CYCLE if second_cycle else ()) + cohort.events
    kinds = [word.partition(":")[0] for word in words]
    roles = [word.partition(":")[2] for word in words]
    last_allowed = local(f"{cohort.latest}T19:00")
    while True:
        times = _draw(rng, cohort, kinds, index, source)
        fixed = [at for kind, at in zip(kinds, times, strict=True) if kind != "ahead"]
        in_order = all(earlier < later for earlier, later in itertools.pairwise(fixed))
        anchored_late = cohort.anchor == "NEW"
        if in_order and fixed[0].date() >= FIRST_DAY and (anchored_late or fixed[-1] <= last_allowed):
            return [Event(*one) for one in zip(kinds, roles, times, strict=True)]


def _draw(rng: random.Random, cohort: Cohort, kinds: list[str], index: int, source: str) -> list[datetime]:
    position = _anchor_position(cohort, kinds)
    border = local(cohort.borders[index]) if index < len(cohort.borders) else None
    times: list[datetime] = [border or _anchor_time(rng, cohort, kinds[position], source)]
    for earlier in range(position - 1, -1, -1):
        times.insert(0, _before(rng, kinds, earlier, times[0]))
    for later in range(position + 1, len(kinds)):
        times.append(_after(rng, kinds, later, times[-1]))
    return times


def _anchor_position(cohort: Cohort, kinds: list[str]) -> int:
    if cohort.anchor == "first":
        return 0
    wanted = cohort.anchor.partition(":")[0]
    return max(position for position, kind in enumerate(kinds) if kind == wanted)


def _anchor_time(rng: random.Random, cohort: Cohort, kind: str, source: str) -> datetime:
    first, last = (date.fromisoformat(day) for day in cohort.window)
    if cohort.anchor == "first":
        return exhibition_time(rng) if source == "exhibition" else inquiry_time(rng, first, last)
    if cohort.anchor == "NEW" and rng.random() < 0.3:
        return at_any_hour(rng, first + timedelta(days=rng.randrange((last - first).days + 1)))
    day = working_day_between(rng, first, last)
    return meeting_start(rng, day) if kind in _MEETINGS else at_work(rng, day)


def _before(rng: random.Random, kinds: list[str], position: int, following: datetime) -> datetime:
    kind, gap = kinds[position], _GAPS[kinds[position], kinds[position + 1]]
    if kind in _MEETINGS:
        return _meeting_near(rng, following - timedelta(days=rng.randint(*gap)), -1)
    if kind == "NEW" and position == 0 and rng.random() < 0.18:
        return following - timedelta(minutes=rng.randrange(40, 60 * 24 * 2), milliseconds=rng.randrange(1000))
    return earlier_work(rng, following, gap)


def _after(rng: random.Random, kinds: list[str], position: int, before: datetime) -> datetime:
    kind, gap = kinds[position], _GAPS[kinds[position - 1], kinds[position]]
    if kind == "ahead":
        return meeting_start(rng, working_day_between(rng, _FIRST_AHEAD, _LAST_AHEAD))
    if kind in _MEETINGS:
        return _meeting_near(rng, before + timedelta(days=rng.randint(*gap)), 1)
    if kinds[position - 1] in _MEETINGS:
        before += _MEETING_LENGTH
    return next_work(rng, before, gap)


def _meeting_near(rng: random.Random, moment: datetime, direction: int) -> datetime:
    day = moment.astimezone(TOKYO).date()
    return meeting_start(rng, day if is_working_day(day) else add_working_days(day, direction))
