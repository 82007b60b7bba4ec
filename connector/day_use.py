"""How much of the account's day is used, where that leads, and what is left out before it ends in refusals."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping

from connector.lanes import Lane

DAY_SECONDS = 86_400

# A first sync shortly after midnight must not be taken for the whole day's pace.
_LEAST_SECONDS = DAY_SECONDS / 4

_OUT, _SHORT, _TIGHT = 0.98, 0.9, 0.8
_TIGHT_FORECAST = 0.95


class Strain(enum.IntEnum):
    """How short the day's calls are, and what is left out therefore."""

    EASY = 0
    TIGHT = 1  # sweeps rest
    SHORT = 2  # the cycle reads less often besides
    OUT = 3  # only people's acts still reach the CRM


@dataclasses.dataclass(frozen=True, slots=True)
class DayUse:
    """`calls` are ours. `granted` and `used` are the account's, all its apps together; None where the CRM has not told.

    `seconds` have passed since the account's midnight.
    """

    day: str
    calls: Mapping[Lane, int]
    granted: int | None
    used: int | None
    seconds: float

    @property
    def ours(self) -> int:
        return sum(self.calls.values())

    @property
    def spent(self) -> int:
        """What the limit is measured by: the CRM's count, which knows the other apps, else our own."""
        return self.ours if self.used is None else self.used

    @property
    def forecast(self) -> int:
        """What will have been spent at midnight, if the day goes on as it has begun."""
        left = max(0.0, DAY_SECONDS - self.seconds)
        return round(self.spent + self.spent / max(self.seconds, _LEAST_SECONDS) * left)

    @property
    def seconds_left(self) -> float:
        return max(0.0, DAY_SECONDS - self.seconds)

    @property
    def strain(self) -> Strain:
        if self.granted is None:
            return Strain.EASY
        share = self.spent / max(1, self.granted)
        if share >= _OUT:
            return Strain.OUT
        if share >= _SHORT:
            return Strain.SHORT
        if share >= _TIGHT or self.forecast > _TIGHT_FORECAST * self.granted:
            return Strain.TIGHT
        return Strain.EASY

    def allows(self, lane: Lane) -> bool:
        """Sweeps stop first; people go on until the CRM itself refuses."""
        first_without = {Lane.SWEEP: Strain.TIGHT, Lane.CYCLE: Strain.OUT}
        return lane not in first_without or self.strain < first_without[lane]
