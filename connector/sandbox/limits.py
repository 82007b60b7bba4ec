"""Whether a call is over one of HubSpot's rate limits, and what its answer says about them."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from connector.sandbox.errors import ApiError, Json

if TYPE_CHECKING:
    from datetime import date

_WINDOW_S = 10.0
_SEARCH_WINDOW_S = 1.0
_OFF = 1_000_000


class RateLimits:
    """Rolling windows in real time; the day is the account's. A refused call uses up nothing.

    Search has its own limit per account, is outside the ten-second one, and counts for the day.
    """

    def __init__(self, mode: str, portal_id: int) -> None:
        self.mode = mode
        self.ten_secondly = 190
        self.search_per_s = 5
        self.daily = 650_000
        self.used_today = 0
        self._portal_id = portal_id
        self._day: date | None = None
        self._calls: dict[str, deque[float]] = {}
        self._searches: deque[float] = deque()

    def admit(self, token: str, is_search: bool, day: date) -> ApiError | None:
        """Count the call, or give the refusal."""
        if day != self._day:
            self._day, self.used_today = day, 0
        now = time.monotonic()
        calls = self._calls.setdefault(token, deque())
        _forget(calls, now - _WINDOW_S)
        _forget(self._searches, now - _SEARCH_WINDOW_S)
        if self.mode == "real":
            if self.used_today >= self.daily:
                return refusal("DAILY", self._portal_id)
            if is_search and len(self._searches) >= self.search_per_s:
                return refusal("SECONDLY", self._portal_id)
            if not is_search and len(calls) >= self.ten_secondly:
                return refusal("TEN_SECONDLY_ROLLING", self._portal_id)
        self.used_today += 1
        (self._searches if is_search else calls).append(now)
        return None

    def headers(self, token: str) -> dict[str, str]:
        """Not sent with search. Without limits they say that there is plenty."""
        if self.mode != "real":
            most, left, left_today = _OFF, _OFF, _OFF
        else:
            most = self.ten_secondly
            left = max(0, most - len(self._calls.get(token, ())))
            left_today = max(0, self.daily - self.used_today)
        return {
            "X-HubSpot-RateLimit-Daily": str(self.daily if self.mode == "real" else _OFF),
            "X-HubSpot-RateLimit-Daily-Remaining": str(left_today),
            "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
            "X-HubSpot-RateLimit-Max": str(most),
            "X-HubSpot-RateLimit-Remaining": str(left),
            "X-HubSpot-RateLimit-Secondly": str(most // 10),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(most // 10),
        }


def refusal(policy: str, portal_id: int, retry_after: float | None = None) -> ApiError:
    """The shapes of a 429 differ by policy. HubSpot promises no Retry-After; a planted fault may carry one."""
    words = {"TEN_SECONDLY_ROLLING": "ten_secondly_rolling", "SECONDLY": "secondly", "DAILY": "daily"}
    payload: Json = {"status": "error", "message": f"You have reached your {words[policy]} limit."}
    payload |= {"errorType": "RATE_LIMIT", "policyName": policy}
    if policy == "TEN_SECONDLY_ROLLING":
        payload["groupName"] = f"publicapi:private-app-api-calls-ten-secondly:{portal_id}"
    return ApiError(429, payload, {} if retry_after is None else {"Retry-After": f"{retry_after:g}"})


def secondly_without_policy() -> ApiError:
    """A second shape of the search limit's answer: `category` instead of `errorType`."""
    payload: Json = {"status": "error", "message": "You have reached your secondly limit.", "category": "RATE_LIMITS"}
    return ApiError(429, payload)


def _forget(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()
