"""What the Home tab shows: plain data, beside the findings, which `views.py` describes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, time

from slack_app.views import FindingLine


@dataclasses.dataclass(frozen=True, slots=True)
class QueueLine:
    """One queue as it was last counted. `oldest` is None while it is empty, `over_limit` where it has no limit.

    `days_at_zero` is 0 while somebody waits, and on the day on which the queue became empty.
    """

    title: str
    number: int
    oldest: date | None
    over_limit: int | None
    days_at_zero: int


@dataclasses.dataclass(frozen=True, slots=True)
class Preferences:
    """What a person chose. `language` None follows Slack. From `quiet_from` to `quiet_to`, over midnight where the
    second is earlier, nobody is reminded on `quiet_days` (Monday is 0); both are None where nothing was chosen. Up to
    and on `away_until`, somebody stands in.
    """

    language: str | None = None
    quiet_from: time | None = None
    quiet_to: time | None = None
    quiet_days: frozenset[int] = frozenset()
    away_until: date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Week:
    """What happened for one person since the week began."""

    settled: int
    written: int
    told: int


@dataclasses.dataclass(frozen=True, slots=True)
class UnreachedLine:
    """Somebody to whom messages cannot go. `why` is `missing`, `denied` or `away`; `stand_in` gets them instead."""

    owner_id: str
    name: str
    email: str | None
    why: str
    until: date | None
    stand_in: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class MemberLine:
    """How much is open for one person of the team; `name` is None for what nobody owns."""

    name: str | None
    number: int
    overdue: int


@dataclasses.dataclass(frozen=True, slots=True)
class RuleHealth:
    """Mistakes in the rule files, and the titles of rules that want to write more than they may."""

    mistakes: int
    capped: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class HomeView:
    """`waiting` and `snoozed` hold every open finding of the person's, most urgent first. `asks_who` is the CRM
    user that the reader is taken for, until the reader has said so. `members` is for managers and admins, who see all queues; `health` and `unreached` are for
    admins.
    """

    today: date
    waiting: Sequence[FindingLine]
    snoozed: Sequence[FindingLine]
    queues: tuple[QueueLine, ...]
    week: Week
    preferences: Preferences
    asks_who: str | None = None
    members: tuple[MemberLine, ...] = ()
    health: RuleHealth | None = None
    unreached: tuple[UnreachedLine, ...] = ()
