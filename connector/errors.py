"""What can go wrong with the CRM, by what the caller should do.

CrmError
├── AccessRefused    sign in again: token wrong, expired, or a scope is missing
│   └── ScopeMissing what it is needed for rests, everything else goes on
├── CrmUnavailable   try later: down, too slow, or over its limit
├── CrmRefused       our request is wrong for this portal: skip it and tell someone
└── CrmAnswerBroken  the answer cannot be understood: stop the run
"""

from __future__ import annotations

from collections.abc import Sequence


class CrmError(Exception):
    """The CRM could not be used."""


class AccessRefused(CrmError):
    """The CRM refuses our token. Check HUBSPOT_ACCESS_TOKEN (or HUBSPOT_REFRESH_TOKEN) and the scopes of the app it belongs to."""


class ScopeMissing(AccessRefused):
    """The token lacks a permission. Add it to the scopes of the app or service key in HubSpot; what rests resumes by itself."""

    def __init__(self, message: str, scopes: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.scopes = tuple(scopes)


class CrmUnavailable(CrmError):
    """The CRM does not answer. Nothing was lost; the next run continues here."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CrmRefused(CrmError):
    """The CRM refuses this request."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class CrmAnswerBroken(CrmError):
    """The CRM's answer is not what its interface promises."""
