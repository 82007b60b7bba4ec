"""The port to Slack for what the service says by itself: posting, editing, finding messages and people."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """Ready for Slack. `text` is what notifications and screen readers say."""

    text: str
    blocks: Sequence[Mapping[str, Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Posted:
    channel: str
    ts: str


@dataclasses.dataclass(frozen=True, slots=True)
class SlackUser:
    """`language` is `ja` or `en`; `active` is False for the deactivated, bots and guests, `away` is what the person's
    status in Slack says.
    """

    id: str
    email: str | None
    name: str
    language: str
    time_zone: str
    active: bool
    away: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Channel:
    """`joined`: the app is a member of it."""

    id: str
    private: bool
    archived: bool
    joined: bool


class Courier(Protocol):
    """One workspace. No call is repeated by itself: what may be repeated is the caller's decision.

    Raises `SlackUnavailable` (certainly not done, try later), `DeliveryUnknown` (may have been done),
    `SlackRefused` (will not be done), `SlackDisconnected` (our token is not accepted) of `slack_app.errors`.
    """

    def post(self, channel: str, message: Message, delivery_id: str, thread: str | None = None) -> Posted:
        """`thread` is the `ts` of the message to answer to."""
        ...

    def update(self, posted: Posted, message: Message, delivery_id: str) -> None: ...

    def find(self, channel: str, delivery_id: str, since: datetime, thread: str | None = None) -> Posted | None:
        """The message that carries this delivery id, if the conversation (or the thread) has it."""
        ...

    def direct_channel(self, user_id: str) -> str:
        """The conversation between the app and this person."""
        ...

    def channel_id(self, name: str) -> str | None:
        """The id of a public or joined channel by its name, with or without `#`; an id is returned as it is."""
        ...

    def channel(self, name: str) -> Channel | None:
        """A channel by name or id, as it is now; None where the app cannot see it."""
        ...

    def user_by_email(self, email: str) -> SlackUser | None: ...

    def user(self, user_id: str) -> SlackUser | None: ...

    def forget(self, user_id: str) -> None:
        """Somebody changed in Slack: who was known by this id, or not known at all, is asked for again."""
        ...

    def group_members(self, handle: str) -> Sequence[str] | None:
        """The ids of who is in a user group, with or without `@`; None where there is no such group, or not any more."""
        ...

    def check(self) -> Mapping[str, str]:
        """Who we are to Slack: `team`, `user`, `scopes` (comma-separated), `url`; `date`, what time it is there (RFC 5322)."""
        ...
