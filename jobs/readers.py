"""When each person may be written to: in working hours, and not in the person's own quiet hours."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection

from jobs.reminder_policy import Moment


@dataclasses.dataclass(frozen=True, slots=True)
class Readers:
    """Everybody who may read a message now. `quiet` want to be left alone; they hear of it afterwards."""

    moment: Moment
    quiet: Collection[str] = ()

    def why_not(self, person: str | None) -> str | None:
        """Why nothing may be posted now to this person, or into a channel where there is none."""
        return self.moment.closed or self.own_quiet(person)

    def own_quiet(self, person: str | None) -> str | None:
        return "quiet_hours" if person in self.quiet else None
