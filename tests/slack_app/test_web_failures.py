"""What the SDK's exceptions mean for the caller."""

from __future__ import annotations

import socket
import ssl
from http.client import IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from slack_app.errors import DeliveryUnknown, SlackDisconnected, SlackError, SlackRefused, SlackUnavailable
from slack_app.web_failures import failure


def answered(status: int, data: Any, **headers: str) -> SlackApiError:
    response = SlackResponse(
        client=None, http_verb="POST", api_url="x", req_args={}, data=data, headers=headers, status_code=status
    )
    return SlackApiError("failed", response)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (URLError(ConnectionRefusedError()), SlackUnavailable),
        (URLError(socket.gaierror()), SlackUnavailable),
        (URLError(ssl.SSLCertVerificationError()), SlackUnavailable),
        (URLError(TimeoutError()), DeliveryUnknown),  # the request may have been sent before the time was up
        (URLError(ConnectionResetError()), DeliveryUnknown),
        (TimeoutError(), DeliveryUnknown),
        (RemoteDisconnected("gone"), DeliveryUnknown),
        (IncompleteRead(b""), DeliveryUnknown),
        (answered(200, {"ok": False, "error": "ratelimited"}), SlackUnavailable),
        (answered(503, {"ok": False, "error": "service_unavailable"}), SlackUnavailable),
        (answered(500, {}), DeliveryUnknown),
        (answered(200, {}), DeliveryUnknown),
        (answered(200, {"ok": False, "error": "fatal_error"}), DeliveryUnknown),
        (answered(200, {"ok": False, "error": "account_inactive"}), SlackDisconnected),
        (answered(200, {"ok": False, "error": "channel_not_found"}), SlackRefused),
        (answered(404, {}), SlackRefused),
    ],
)
def test_a_failure_says_what_the_caller_should_do(error: Exception, expected: type[SlackError]) -> None:
    assert type(failure(error, "chat.postMessage")) is expected


@pytest.mark.parametrize("name", ["Retry-After", "retry-after"])
def test_slacks_pause_is_passed_on(name: str) -> None:
    held = failure(answered(429, {}, **{name: "30"}), "chat.update")
    assert isinstance(held, SlackUnavailable)
    assert held.retry_after == 30


def test_a_missing_scope_is_named() -> None:
    data = {"ok": False, "error": "missing_scope", "needed": "im:write", "provided": "chat:write"}
    assert "im:write" in str(failure(answered(200, data), "conversations.open"))
