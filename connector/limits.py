"""When the next call may go out, so that the CRM never has to refuse one, whichever process makes it."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from connector.budget import VALID_MS, Handful, Returned, Seen
from connector.call_ledger import CallLedger, Closed
from connector.day_use import DayUse
from connector.errors import CrmUnavailable
from connector.failures import Failure, Trouble
from connector.lanes import Bucket, Lane

# How long everybody holds back after a refusal. A day's end and a move are only looked at now and then.
_PAUSES = {Trouble.SECONDLY: 1.0, Trouble.TEN_SECONDLY: 2.5}
_LONGEST_PAUSE = 10.0
# So often others may be quicker before a place is kept for who waits.
_ASKED_AT_MOST = 10
_CLOSED_FOR_THE_DAY = 600.0
_CLOSED_FOR_A_MOVE = 60.0


class Clock(Protocol):
    """Seconds that only go forward."""

    def __call__(self) -> float: ...


class _Held:
    """The handful of one lane in this process. Not safe by itself: hold the lock."""

    def __init__(self, bucket: Bucket, lane: Lane) -> None:
        self.lock = threading.Lock()
        self._valid = VALID_MS[bucket] / 1000
        self._lane = lane
        self._handful: Handful | None = None
        self._used = 0
        self._start = self._last = self._expires = 0.0

    def use(self, now: float) -> float | None:
        """How long to wait before a call in the next of the places; None: there is none."""
        if self._handful is None or self._used >= self._handful.places or now >= self._expires:
            return None
        self._used += 1
        self._last = max(now, self._start)
        return self._last - now

    def fill(self, handful: Handful, asked_at: float) -> None:
        """And use the first place of it."""
        self._handful, self._used = handful, 1
        self._start = self._last = asked_at + handful.wait
        self._expires = self._start + self._valid

    def empty(self, now: float) -> Returned | None:
        handful, self._handful = self._handful, None
        if handful is None:
            return None
        return Returned(handful.id, self._used, handful.places - self._used, self._lane, now - self._last)


class CallLimits:
    """The part of one process in the portal's limits. Safe to use from several threads.

    Places are taken from the shared ledger in small handfuls, so that most calls cost no database write.
    """

    def __init__(
        self, ledger: CallLedger, clock: Clock = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._sleep = sleep
        self._held = {(bucket, lane): _Held(bucket, lane) for bucket in Bucket for lane in Lane}
        self._seen: tuple[float, Seen] | None = None

    def wait(self, bucket: Bucket, lane: Lane) -> None:
        """Until a call may go out. CrmUnavailable where none may for long."""
        taken, asked = False, 0
        while not taken:
            asked += 1
            seconds, taken = self._take(bucket, lane, waited=asked == _ASKED_AT_MOST)
            if seconds > 0:
                self._sleep(seconds)

    def _take(self, bucket: Bucket, lane: Lane, *, waited: bool = False) -> tuple[float, bool]:
        """How long to wait, and whether there is a place then; who has `waited` for long gets one."""
        held = self._held[bucket, lane]
        with held.lock:
            now = self._clock()
            wait = held.use(now)
            if wait is not None:
                return wait, True
            seen = self._take_seen(now) if bucket is Bucket.CALLS else None
            found = self._ledger.take(bucket, lane, held.empty(now), seen, waited=waited)
            if isinstance(found, Closed):
                raise CrmUnavailable(_sentence(found), found.seconds)
            if found.places:
                held.fill(found, now)
        return found.wait, found.places > 0

    def observe(self, headers: Mapping[str, str]) -> None:
        """Follow the CRM's own count where an answer carries it."""
        maximum = _whole(headers.get("X-HubSpot-RateLimit-Max"))
        remaining = _whole(headers.get("X-HubSpot-RateLimit-Remaining"))
        if maximum is None or remaining is None:
            return
        day, left = (_whole(headers.get(f"X-HubSpot-RateLimit-{name}")) for name in ("Daily", "Daily-Remaining"))
        used = None if day is None or left is None else day - left
        self._seen = (self._clock(), Seen(0.0, maximum, maximum - remaining, None if used is None else day, used))

    def refused(self, bucket: Bucket, failure: Failure) -> None:
        """The CRM refuses for a reason that holds for all calls: every process holds back, this one at once."""
        match failure.trouble:
            case Trouble.SECONDLY | Trouble.TEN_SECONDLY:
                pause = max(_PAUSES[failure.trouble], failure.retry_after or 0.0)
                self._ledger.close(bucket, min(pause, _LONGEST_PAUSE), None)
            case Trouble.DAILY:
                for one in Bucket:
                    self._ledger.close(one, _CLOSED_FOR_THE_DAY, "refused")
            case Trouble.MOVING:
                seconds = failure.retry_after or _CLOSED_FOR_A_MOVE
                for one in Bucket:
                    self._ledger.close(one, seconds, "moving" if seconds > _LONGEST_PAUSE else None)
            case _:
                return
        self.give_back()

    def allows(self, lane: Lane) -> bool:
        """Whether calls of this lane may be made today; see `day_use.Strain`."""
        return self.day().allows(lane)

    def day(self) -> DayUse:
        return self._ledger.day()

    def closed(self) -> Closed | None:
        return self._ledger.closed()

    def give_back(self) -> None:
        """What this process holds and will not use."""
        for (bucket, _), held in self._held.items():
            with held.lock:
                returned = held.empty(self._clock())
            if returned is not None:
                self._ledger.give_back(bucket, returned)

    def _take_seen(self, now: float) -> Seen | None:
        found, self._seen = self._seen, None
        return None if found is None else dataclasses.replace(found[1], age=now - found[0])


def _sentence(closed: Closed) -> str:
    again = f"The first call is tried again in {max(1, round(closed.seconds / 60))} minutes."
    match closed.why:
        case "day":
            return (
                "HubSpot: nearly all of the account's calls for today are used up; the rest is kept for people in Slack. "
                "Reading goes on after midnight of the account's time zone; `mimawari doctor` shows who used them."
            )
        case "moving":
            return f"HubSpot: the account is being moved to another data centre. {again}"
        case _:
            return f"HubSpot: the account's calls for today are used up. {again}"


def _whole(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdigit() else None
