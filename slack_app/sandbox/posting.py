"""How a message comes into a conversation, is changed and is taken away."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING

from slack_app.sandbox.blockkit.fill import fill_ids
from slack_app.sandbox.message_json import NO_TEXT
from slack_app.sandbox.records import Edit, Message

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.workspace import Workspace


def _no_objects() -> list[Json]:
    return []


@dataclasses.dataclass(frozen=True, slots=True)
class Content:
    """What a message says, already checked."""

    text: str = ""
    blocks: list[Json] = dataclasses.field(default_factory=_no_objects)
    attachments: list[Json] = dataclasses.field(default_factory=_no_objects)
    metadata: Json | None = None


def post(
    workspace: Workspace,
    channel: str,
    content: Content,
    *,
    user: str | None = None,
    thread_ts: str | None = None,
    broadcast: bool = False,
    visible_to: str | None = None,
    files: tuple[str, ...] = (),
) -> Message:
    """`user` None posts as the app. `visible_to` makes it ephemeral."""
    message = Message(
        channel=channel,
        ts=workspace.mint.make_ts(channel, workspace.clock.now()),
        user=user or workspace.identity.bot_user,
        text=_shown_text(content),
        blocks=fill_ids(content.blocks),
        attachments=copy.deepcopy(content.attachments),
        from_app=user is None,
        metadata=copy.deepcopy(content.metadata) or None,
        thread_ts=thread_ts,
        broadcast=broadcast,
        visible_to=visible_to,
        files=list(files),
    )
    home = workspace.ephemeral if visible_to else workspace.messages.setdefault(channel, [])
    home.append(message)
    workspace.touch()
    return message


def edit(workspace: Workspace, message: Message, content: Content) -> None:
    """Replaces text, blocks and attachments; `content.metadata` None keeps the metadata, an empty object removes it."""
    now = workspace.clock.now()
    message.edits.append(Edit(message.text, message.blocks, now.isoformat()))
    message.text, message.blocks = _shown_text(content), fill_ids(content.blocks)
    message.attachments = copy.deepcopy(content.attachments)
    if content.metadata is not None:
        message.metadata = copy.deepcopy(content.metadata) or None
    message.edited_ts = f"{int(now.timestamp())}.000000"
    workspace.touch()


def remove(workspace: Workspace, message: Message) -> None:
    message.deleted = True
    workspace.touch()


def _shown_text(content: Content) -> str:
    return content.text or (NO_TEXT if content.blocks else "")
