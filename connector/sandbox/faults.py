"""Which planted fault a call meets, and the answer it then gives."""

from __future__ import annotations

import dataclasses
import fnmatch
from typing import TYPE_CHECKING

from connector.sandbox.errors import ApiError, envelope, invalid, missing_scope, not_found, unauthenticated
from connector.sandbox.limits import refusal, secondly_without_policy

if TYPE_CHECKING:
    from collections.abc import Callable

_HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"
_PAGES = {
    "502_html": (502, "502 Bad Gateway"),
    "html_200": (200, "Maintenance"),
    "524_after": (524, "A timeout occurred"),
}
# What the door does itself, since no answer, a broken one or a late one is asked for.
_AT_THE_DOOR = ("drop_before", "drop_after", "delay", "truncate", "slow_body")
_COMMITTED_FIRST = ("drop_after", "524_after", "truncate", "slow_body", "delay")


@dataclasses.dataclass(slots=True)
class Fault:
    """`path` is a prefix or a pattern with `*`, of the path as sent or as the v3/v4 API names it; "" is any.

    Of the calls that match, each `every`-th is hit.
    """

    do: str
    method: str = ""
    path: str = ""
    times: int = 1
    retry_after: float | None = None
    seconds: float = 1.0
    every: int = 1
    met: int = 0

    @property
    def lets_the_call_happen(self) -> bool:
        return self.do in _COMMITTED_FIRST

    def hits(self, method: str, paths: tuple[str, ...]) -> bool:
        if self.times < 1 or (self.method and self.method.upper() != method):
            return False
        if not any(one.startswith(self.path) or fnmatch.fnmatchcase(one, self.path) for one in paths):
            return False
        self.met += 1
        return self.met % self.every == 0


class Faults:
    """The first planted fault that matches is used up by the call it hits."""

    def __init__(self, portal_id: int) -> None:
        self.planted: list[Fault] = []
        self._portal_id = portal_id

    def plant(self, fault: Fault) -> None:
        if fault.do not in (*_ERRORS, *_PAGES, *_AT_THE_DOOR):
            known = ", ".join(sorted((*_ERRORS, *_PAGES, *_AT_THE_DOOR)))
            raise invalid(f"'{fault.do}' is no fault; known are {known}")
        self.planted.append(fault)

    def take(self, method: str, paths: tuple[str, ...]) -> Fault | None:
        for fault in self.planted:
            if fault.hits(method, paths):
                fault.times -= 1
                self.planted = [one for one in self.planted if one.times > 0]
                return fault
        return None

    def error(self, fault: Fault) -> ApiError | None:
        """The JSON error this fault answers with, if it is one of those."""
        made = _ERRORS.get(fault.do)
        return None if made is None else made(fault, self._portal_id)


def page(fault: Fault) -> tuple[int, bytes] | None:
    """Status and HTML of a fault that answers with a page instead of JSON."""
    found = _PAGES.get(fault.do)
    return None if found is None else (found[0], _HTML.format(found[1]).encode())


def _limited(policy: str) -> Callable[[Fault, int], ApiError]:
    return lambda fault, portal_id: refusal(policy, portal_id, fault.retry_after)


def _moving(fault: Fault, _: int) -> ApiError:
    wait = fault.retry_after if fault.retry_after is not None else 2.0
    return ApiError(477, envelope("The account is being migrated. Try again later."), {"Retry-After": f"{wait:g}"})


def _fixed(make: Callable[[], ApiError]) -> Callable[[Fault, int], ApiError]:
    def error(_fault: Fault, _portal_id: int) -> ApiError:
        return make()

    return error


_ERRORS: dict[str, Callable[[Fault, int], ApiError]] = {
    "429": _limited("TEN_SECONDLY_ROLLING"),
    "429_secondly": _limited("SECONDLY"),
    "429_secondly_category": _fixed(secondly_without_policy),
    "429_daily": _limited("DAILY"),
    "400": _fixed(lambda: invalid("Property values were not valid: the account's own checks refuse this change.")),
    "401": _fixed(unauthenticated),
    "403": _fixed(lambda: missing_scope("crm.objects.contacts.read")),
    "404": _fixed(not_found),
    "423": _fixed(lambda: ApiError(423, envelope("The resource is locked by other writes. Try again in 2 seconds."))),
    "477": _moving,
    "500": _fixed(lambda: ApiError(500, envelope("internal error"))),
    "503": _fixed(lambda: ApiError(503, envelope("service unavailable"))),
}
