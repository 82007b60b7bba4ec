"""What a failed call to Slack means for the caller: the SDK's exceptions as those of `slack_app.errors`."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any, cast
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackClientError

from slack_app.errors import DeliveryUnknown, SlackDisconnected, SlackError, SlackRefused, SlackUnavailable

# Everything that a call of the SDK may raise.
CALL_FAILURES = (SlackClientError, OSError, HTTPException, ValueError)

_TOKEN_REFUSED = frozenset({"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed"})
# The last two: the workspace is being moved.
_LATER = frozenset({"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org", "org_login_required"})
# Slack says of these that part of the work may have been done.
_HALF_DONE = frozenset({"fatal_error", "internal_error", "request_timeout"})

# The request never left, or nobody was there to take it.
_NEVER_SENT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)


def failure(error: Exception, method: str) -> SlackError:
    """The error to raise for what `method` ran into."""
    if isinstance(error, SlackApiError):
        return _of_answer(error, method)
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, _NEVER_SENT):
        return SlackUnavailable(
            f"Slack cannot be reached for {method} ({type(cause).__name__}). It is tried again later."
        )
    name = type(cause).__name__ if isinstance(cause, BaseException) else type(error).__name__
    return DeliveryUnknown(f"Slack's answer to {method} was lost ({name}). It is looked up before it is sent again.")


def _of_answer(error: SlackApiError, method: str) -> SlackError:
    response: Any = error.response
    status = int(getattr(response, "status_code", 0))
    data = cast("Mapping[str, Any]", response.data if isinstance(getattr(response, "data", None), dict) else {})
    code = str(data.get("error") or "")
    if status == 429 or code in _LATER:
        return SlackUnavailable(f"Slack takes no more calls of {method} for now.", _retry_after(response))
    if code in _HALF_DONE or status >= 500 or (status == 200 and not code):
        words = code or f"HTTP {status}"
        return DeliveryUnknown(
            f"Slack failed in the middle of {method} ({words}). It is looked up before it is sent again."
        )
    if code in _TOKEN_REFUSED:
        return SlackDisconnected(f"{SlackDisconnected.__doc__} Slack says: {code}.")
    if code == "missing_scope":
        words = f"The Slack app lacks the scope {data.get('needed')} for {method}. Add it and install the app again."
        return SlackRefused(words, code)
    return SlackRefused(f"Slack refuses {method}: {code or f'HTTP {status}'}.", code or f"http_{status}")


def _retry_after(response: Any) -> float | None:
    headers: Mapping[str, Any] = getattr(response, "headers", None) or {}
    named = {name.lower(): value for name, value in headers.items()}
    value = str(named.get("retry-after", ""))
    return float(value) if value.isdigit() else None
