"""Who goes first when calls are short: a person who waits, then the round, then what can wait for another day."""

from __future__ import annotations

import enum
import math


class Bucket(enum.Enum):
    """What HubSpot counts apart: searches, and everything else."""

    CALLS = "calls"
    SEARCHES = "searches"


class Lane(enum.Enum):
    """On whose behalf a call is made, the most urgent first."""

    PERSON = "person"
    CYCLE = "cycle"
    SWEEP = "sweep"


# Of 185 calls in ten seconds the cycle leaves nine to people: three clicks, each of which reads, writes and reads back.
_SHARES = {Lane.PERSON: 1.0, Lane.CYCLE: 19 / 20, Lane.SWEEP: 3 / 4}


def ceiling_of(lane: Lane, limit: int) -> int:
    """How full a limit may be, whoever filled it, when this lane still takes a place.

    Between the ceiling of one lane and that of the next, each place that comes free is the more urgent one's.
    """
    return max(1, math.ceil(limit * _SHARES[lane]))
