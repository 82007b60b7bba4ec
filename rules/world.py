"""What an examination takes as given besides the mirror: the moment, the people, the calendar."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from rules.business_calendar import Calendar
from rules.model import People


@dataclasses.dataclass(frozen=True, slots=True)
class World:
    """`now` has a zone. `language` is that of texts that go into the CRM."""

    now: datetime
    people: People
    calendar: Calendar
    language: str = "ja"
