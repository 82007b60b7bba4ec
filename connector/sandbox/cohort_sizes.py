"""How the planned groups grow and shrink with the portal."""

from __future__ import annotations

import dataclasses

from connector.sandbox.cohorts import COHORTS, TINY_COHORTS, Cohort

_DEFAULT_SIZE = 2400
# Below this size there is no room for one of each planted kind: everything is clean.
_SMALLEST_PLANTED = 100
_FILLERS = ("att_plain", "unq_pitch")


def is_tiny(contacts: int) -> bool:
    return contacts < _SMALLEST_PLANTED


def cohorts_for(contacts: int) -> list[Cohort]:
    """The cohorts of a portal of that size, their counts summing up to it."""
    table = TINY_COHORTS if is_tiny(contacts) else COHORTS
    factor = contacts / sum(cohort.count for cohort in table)
    scaled = {cohort.name: _scaled(cohort, factor) for cohort in table}
    left = contacts - sum(cohort.count for cohort in scaled.values())
    for name in _FILLERS:
        count = max(1, scaled[name].count + left)
        left -= count - scaled[name].count
        scaled[name] = dataclasses.replace(scaled[name], count=count)
    return list(scaled.values())


def scale(count: int, contacts: int) -> int:
    """A count of the default size at another size; what is planted there is planted at least once everywhere."""
    if is_tiny(contacts) or count == 0:
        return 0
    return max(1, round(count * contacts / _DEFAULT_SIZE))


def _scaled(cohort: Cohort, factor: float) -> Cohort:
    count = max(1, round(cohort.count * factor))

    def part(number: int) -> int:
        return min(count, max(1, round(number * factor))) if number else 0

    return dataclasses.replace(
        cohort,
        count=count,
        second=part(cohort.second),
        reinquired=part(cohort.reinquired),
        no_owner=part(cohort.no_owner),
        left_owner=part(cohort.left_owner),
        no_service=part(cohort.no_service),
    )
