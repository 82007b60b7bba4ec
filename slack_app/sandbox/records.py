"""What the workspace keeps: conversations, messages, views, files, and the short-lived permits it gives out."""

from __future__ import annotations

import dataclasses

from slack_app.sandbox.json_values import Json


@dataclasses.dataclass(slots=True)
class Conversation:
    """`kind` is public, private, im or mpim. An im's `members` are the person alone; the bot is always in it."""

    id: str
    name: str
    kind: str
    members: list[str]
    bot_is_member: bool
    created: int
    archived: bool = False

    @property
    def is_direct(self) -> bool:
        return self.kind in {"im", "mpim"}


@dataclasses.dataclass(frozen=True, slots=True)
class Edit:
    """What a message said before it was changed at `at` (an ISO instant)."""

    text: str
    blocks: list[Json]
    at: str


@dataclasses.dataclass(slots=True)
class Message:
    """`from_app` marks the app's own. `visible_to` names the one reader of an ephemeral message."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json]
    from_app: bool
    metadata: Json | None = None
    attachments: list[Json] = dataclasses.field(default_factory=list[Json])
    thread_ts: str | None = None
    broadcast: bool = False
    visible_to: str | None = None
    files: list[str] = dataclasses.field(default_factory=list[str])
    reactions: dict[str, list[str]] = dataclasses.field(default_factory=dict[str, list[str]])
    edits: list[Edit] = dataclasses.field(default_factory=list[Edit])
    edited_ts: str | None = None
    deleted: bool = False


@dataclasses.dataclass(slots=True)
class View:
    """A modal or Home view as Slack stores it: `body` is what the app sent, with block ids filled in."""

    id: str
    user: str
    body: Json
    hash: str
    root_id: str
    previous_id: str | None = None
    state: dict[str, Json] = dataclasses.field(default_factory=dict[str, Json])

    @property
    def external_id(self) -> str:
        return str(self.body.get("external_id") or "")


@dataclasses.dataclass(slots=True)
class File:
    """`content` is None until the bytes have arrived at the upload URL."""

    id: str
    name: str
    length: int
    alt_text: str
    key: str
    title: str = ""
    content: bytes | None = None
    completed: bool = False


@dataclasses.dataclass(slots=True)
class Trigger:
    """A permit to open one view within three seconds. `from_view` is set when the act happened in a modal."""

    user: str
    born: float
    from_view: str | None
    used: bool = False


@dataclasses.dataclass(slots=True)
class ResponseUrl:
    """A permit to answer one act. `message` is what `replace_original` replaces: a channel and a ts."""

    channel: str
    user: str
    born: float
    from_message: bool
    message: tuple[str, str] | None = None
    thread_ts: str | None = None
    uses: int = 0
