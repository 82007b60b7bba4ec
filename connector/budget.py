"""The portal's budget of calls: who holds places in the rolling windows, what is closed, what the day has cost.

Pure arithmetic on one state that all processes share; times are milliseconds since 1970 by one clock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from connector.lanes import Bucket, Lane, ceiling_of

# The CRM counts a call when it arrives, we when it leaves: two calls may come nearer to each other on the way.
_JITTER_MS = 100

# How long a handful may be used. Until it is given back it counts as if its last place were used at the very end. A
# search's place is used when it is taken.
VALID_MS: Mapping[Bucket, int] = {Bucket.CALLS: 2_000, Bucket.SEARCHES: 0}

# How long a place that was used fills the window. Of searches one more than ours may arrive in a second. That is their
# room for jitter: five leave in a second and a quarter at most, which four a second do anyway when they leave evenly.
_FILLS_MS: Mapping[Bucket, int] = {Bucket.CALLS: 10_000 + _JITTER_MS, Bucket.SEARCHES: 1_000}
_SEARCH_JITTER_MS = 250

_HANDFUL = {Lane.PERSON: 3, Lane.CYCLE: 10, Lane.SWEEP: 5}
_LEAST_SHARE = 36

# More searches than a quiet round makes.
_MANY_SEARCHES, _LATELY_MS = 9, 3_000

# Expired places are looked at once more when an answer tells what the CRM counted a moment ago.
_KEPT_MS = 15_000

# What seems to reach further ahead was taken before the clock was put back.
_FURTHEST_MS = 60_000

# So few calls beyond ours are the two clocks' disagreement, not somebody else's calls.
_STRAY = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Places:
    """A handful in somebody's hands, or calls of strangers; it fills the window until its time."""

    id: str
    number: int
    until: int


@dataclasses.dataclass(frozen=True, slots=True)
class Handful:
    """Places for calls, usable in `wait` seconds; without any, one is to be asked for again then."""

    id: str
    places: int
    wait: float


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """What became of a handful: how many of its places were used, and how many seconds ago the last one."""

    id: str
    used: int
    unused: int
    lane: Lane
    idle: float


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What an answer's headers said `age` seconds ago."""

    age: float
    maximum: int
    used: int
    day_granted: int | None
    day_used: int | None


@dataclasses.dataclass(slots=True)
class Window:
    """One limit. `granted` is what the CRM said last, None before its first answer."""

    held: list[Places]
    granted: int | None = None
    closed_until: int = 0
    closed_for: str | None = None

    def take(self, bucket: Bucket, lane: Lane, limit: int, now: int, new_id: str, *, waited: bool = False) -> Handful:
        kept = (now - _KEPT_MS, now + _FURTHEST_MS)
        self.held = [one for one in self.held if kept[0] < one.until <= kept[1]]
        ceiling = ceiling_of(lane, limit)
        if bucket is Bucket.SEARCHES:
            return self._take_search(lane, ceiling, now, new_id, waited=waited)
        # A person waits for one place only; others for a few, or each call would cost a write when the window is full.
        least = 1 if lane is Lane.PERSON else max(1, ceiling // _LEAST_SHARE)
        start = max(first_free(self.held, now, ceiling, least), self.closed_until)
        free = ceiling - sum(one.number for one in self.held if one.until > now)
        # The fewer are left the smaller the handfuls: what lies unused in one process is missed in another.
        number = min(_HANDFUL[lane], max(least, free // 2)) if start == now else least
        return self._hold(bucket, number, start, now, new_id)

    def _take_search(self, lane: Lane, ceiling: int, now: int, new_id: str, *, waited: bool) -> Handful:
        """So few a second that each may cost a write. A person who must wait takes the next place that comes free; all
        others ask again for it then, and take the next one only when they have `waited` long.
        """
        shaken = [dataclasses.replace(one, until=one.until + _SEARCH_JITTER_MS) for one in self.held]
        start = max(first_free(self.held, now, ceiling), first_free(shaken, now, ceiling + 1), self.closed_until)
        if lane is Lane.PERSON:
            return self._hold(Bucket.SEARCHES, 1, start, now, new_id)
        start = max(start, self._evenly(now, ceiling))
        if start > now and not waited:
            return Handful(new_id, 0, (start - now) / 1000)
        return self._hold(Bucket.SEARCHES, 1, start, now, new_id)

    def _evenly(self, now: int, ceiling: int) -> int:
        """When many searches go out they do so evenly: a person who comes among them then finds the next place near."""
        fills = _FILLS_MS[Bucket.SEARCHES]
        used = [one.until - fills for one in self.held]
        many = sum(1 for at in used if at > now - _LATELY_MS) >= _MANY_SEARCHES
        # A little nearer than even, or each delay would be lost for good.
        return max(used) + fills // (ceiling + 1) if many else now

    def _hold(self, bucket: Bucket, number: int, start: int, now: int, new_id: str) -> Handful:
        self.held.append(Places(new_id, number, start + VALID_MS[bucket] + _FILLS_MS[bucket]))
        return Handful(new_id, number, (start - now) / 1000)

    def give_back(self, bucket: Bucket, returned: Returned, now: int) -> None:
        until = now - round(returned.idle * 1000) + _FILLS_MS[bucket]
        known = any(one.id == returned.id for one in self.held)
        self.held = [one for one in self.held if one.id != returned.id]
        if known and returned.used:
            self.held.append(Places(returned.id, returned.used, until))

    def learn(self, bucket: Bucket, seen: Seen, now: int, new_id: str) -> None:
        """Follow the CRM's own count: what the plan grants, and the places that strangers with our token take."""
        self.granted = seen.maximum
        at = now - round(seen.age * 1000)
        strangers = min(seen.used, seen.maximum) - sum(one.number for one in self.held if one.until > at)
        if strangers > _STRAY:
            self.held.append(Places(new_id, strangers, at + _FILLS_MS[bucket]))

    def close(self, until: int, why: str | None) -> None:
        if until > self.closed_until:
            self.closed_until, self.closed_for = until, why


@dataclasses.dataclass(slots=True)
class Day:
    """One day of the account: our calls by lane, and what the CRM says of all apps together, None before it has."""

    day: str
    calls: dict[Lane, int]
    granted: int | None = None
    used: int | None = None

    def learn(self, seen: Seen) -> None:
        if seen.day_granted is not None:
            self.granted, self.used = seen.day_granted, seen.day_used


@dataclasses.dataclass(slots=True)
class Budget:
    windows: dict[Bucket, Window]
    day: Day

    def on(self, day: str) -> Day:
        """The record of this day, a new one when another day has begun."""
        if self.day.day != day:
            self.day = Day(day, dict.fromkeys(Lane, 0))
        return self.day

    def as_json(self) -> dict[str, Any]:
        windows = {
            bucket.value: {
                "held": [[one.id, one.number, one.until] for one in window.held],
                "granted": window.granted,
                "closed_until": window.closed_until,
                "closed_for": window.closed_for,
            }
            for bucket, window in self.windows.items()
        }
        calls = {lane.value: number for lane, number in self.day.calls.items()}
        day = {"day": self.day.day, "calls": calls, "granted": self.day.granted, "used": self.day.used}
        return {"windows": windows, "day": day}


def read_budget(state: Mapping[str, Any]) -> Budget:
    """What `as_json` gave; a budget nobody has used yet for an empty state."""
    windows = {bucket: Window([]) for bucket in Bucket}
    for name, one in state.get("windows", {}).items():
        held = [Places(*place) for place in one["held"]]
        windows[Bucket(name)] = Window(held, one["granted"], one["closed_until"], one["closed_for"])
    told = state.get("day", {"day": "", "calls": {}, "granted": None, "used": None})
    calls = {lane: int(told["calls"].get(lane.value, 0)) for lane in Lane}
    return Budget(windows, Day(told["day"], calls, told["granted"], told["used"]))


def first_free(held: Sequence[Places], now: int, ceiling: int, wanted: int = 1) -> int:
    """The first moment from `now` on at which `wanted` places are free."""
    live = sorted((one for one in held if one.until > now), key=lambda one: one.until)
    taken = sum(one.number for one in live)
    moment = now
    for one in live:
        if taken + wanted <= ceiling:
            break
        taken -= one.number
        moment = one.until
    return moment
