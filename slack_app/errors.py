"""What can go wrong with Slack, by what the caller should do.

SlackError
├── SlackDisconnected  stop sending: the token is not accepted; resume when `check` succeeds
├── SlackUnavailable   try later: certainly not delivered
├── DeliveryUnknown    look before repeating: it may have been delivered
└── SlackRefused       will never be delivered as it is; `code` says why
"""

from __future__ import annotations


class SlackError(Exception):
    """Slack could not be used."""


class SlackDisconnected(SlackError):
    """Slack does not accept our token. Check SLACK_BOT_TOKEN and that the app is still installed."""


class SlackUnavailable(SlackError):
    """Slack did not take the message. It stays in the outbox and goes out later."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DeliveryUnknown(SlackError):
    """Slack's answer was lost. The message is looked for before it is sent again."""


class SlackRefused(SlackError):
    """Slack refuses this message."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code
