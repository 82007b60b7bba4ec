"""When each person may be written to: in working hours, and not in the own quiet hours, both by the person's own clock."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jobs.ledger import preferences
from jobs.people import other_zones
from jobs.reminder_policy import Moment


@dataclasses.dataclass(frozen=True, slots=True)
class Readers:
    """Everybody who may read a message now. `quiet` want to be left alone; they hear of it afterwards. `zones` are those
    of the people who live by another clock than the firm; the firm's working days are everybody's.
    """

    moment: Moment
    quiet: Collection[str] = ()
    zones: Mapping[str, ZoneInfo] = dataclasses.field(default_factory=dict[str, ZoneInfo])

    def moment_of(self, person: str | None) -> Moment:
        """As this person lives it; by the firm's clock for a channel."""
        return dataclasses.replace(self.moment, zone=self.zones.get(person or ""))

    def why_not(self, person: str | None) -> str | None:
        """Why nothing may be posted now to this person, or into a channel where there is none."""
        return self.moment_of(person).closed or self.own_quiet(person)

    def own_quiet(self, person: str | None) -> str | None:
        return "quiet_hours" if person in self.quiet else None


def readers_of(connection: Connection, moment: Moment) -> Readers:
    """As Slack and the people themselves say."""
    everybody = Readers(moment, zones=other_zones(connection, moment.policy.calendar.zone))
    quiet = preferences.quiet_owners(connection, lambda owner_id: everybody.moment_of(owner_id).local)
    return dataclasses.replace(everybody, quiet=quiet)
