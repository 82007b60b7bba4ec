"""What is in the workspace right now, and how is it found? All state of one stand-in, in memory."""

from __future__ import annotations

import bisect
import dataclasses
import itertools
from typing import TYPE_CHECKING

from slack_app.sandbox.identity import Mint, make_secret
from slack_app.sandbox.records import Conversation, File, Message, ResponseUrl, Trigger, View

if TYPE_CHECKING:
    from slack_app.sandbox.clock import Clock
    from slack_app.sandbox.options import SandboxOptions
    from slack_app.sandbox.people import Channel, Group, Person

BOT_NAME = "mimawari"


@dataclasses.dataclass(frozen=True, slots=True)
class Identity:
    """The ids of the workspace and of the one app installed in it."""

    team: str = "T0TSUMUGI"
    domain: str = "tsumugi-link"
    app: str = "A0MIMAWARI"
    bot: str = "B0MIMAWARI"
    bot_user: str = "U0MIMAWARI"


class Workspace:
    """`version` rises with every visible change; the page asks for it to know whether to draw again."""

    def __init__(self, options: SandboxOptions, clock: Clock) -> None:
        self.identity = Identity()
        self.team_name = options.team_name
        self.clock = clock
        self.mint = Mint()
        self.version = 0
        self.messages_tab = True
        self.people: dict[str, Person] = {person.id: person for person in options.people}
        self.groups: dict[str, Group] = {group.id: group for group in options.groups}
        self.conversations: dict[str, Conversation] = {}
        self.messages: dict[str, list[Message]] = {}
        self.ephemeral: list[Message] = []
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}
        self.homes: dict[str, View] = {}
        self.files: dict[str, File] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        for channel in options.channels:
            self._add_channel(channel)

    def touch(self) -> None:
        self.version += 1

    def _add_channel(self, channel: Channel) -> None:
        everyone = [person.id for person in self.people.values() if not person.deleted and not person.is_bot]
        members = everyone if channel.members is None else list(channel.members)
        kind = "private" if channel.is_private else "public"
        created = int(self.clock.now().timestamp())
        self.conversations[channel.id] = Conversation(
            channel.id, channel.name, kind, members, channel.bot_is_member, created
        )

    def direct_with(self, users: list[str]) -> tuple[Conversation, bool]:
        """The conversation of the bot with exactly these people, and whether it had to be made."""
        wanted = sorted(users)
        for conversation in self.conversations.values():
            if conversation.is_direct and sorted(conversation.members) == wanted:
                return conversation, False
        kind, prefix = ("im", "D") if len(users) == 1 else ("mpim", "G")
        created = int(self.clock.now().timestamp())
        conversation = Conversation(self.mint.make_id(prefix), "", kind, list(users), True, created)
        self.conversations[conversation.id] = conversation
        self.touch()
        return conversation, True

    def conversation(self, reference: str) -> Conversation | None:
        """By id, or by name with or without `#`."""
        found = self.conversations.get(reference)
        if found:
            return found
        name = reference.removeprefix("#")
        return next((c for c in self.conversations.values() if c.name and c.name == name), None)

    def person(self, reference: str) -> Person | None:
        """By id, mail, display name or real name."""
        if reference in self.people:
            return self.people[reference]
        words = reference.removeprefix("@").lower()
        for person in self.people.values():
            if words in {person.email.lower(), person.display_name.lower(), person.real_name.lower()}:
                return person
        return None

    def message(self, channel: str, ts: str) -> Message | None:
        """A message that can still be seen; not a deleted one."""
        messages = self.messages.get(channel, [])
        index = self._index(messages, ts)
        found = messages[index] if index < len(messages) else None
        return found if found and found.ts == ts and not found.deleted else None

    @staticmethod
    def _index(messages: list[Message], ts: str) -> int:
        # Timestamps rise within a channel and have the same length, so their words sort as their times do.
        return bisect.bisect_left(messages, ts, key=lambda message: message.ts)

    def ephemeral_message(self, channel: str, ts: str) -> Message | None:
        found = (m for m in self.ephemeral if m.channel == channel and m.ts == ts and not m.deleted)
        return next(found, None)

    def thread(self, channel: str, root_ts: str) -> list[Message]:
        """Root first, then the replies in order."""
        messages = self.messages.get(channel, [])
        later = itertools.islice(messages, self._index(messages, root_ts), None)
        in_thread = (m for m in later if root_ts in (m.ts, m.thread_ts))
        return [message for message in in_thread if not message.deleted]

    def new_trigger(self, user: str, from_view: str | None = None) -> str:
        key = f"{self.mint.make_id('')[1:]}.{self.identity.team}.{make_secret()}"
        self.triggers[key] = Trigger(user, self.clock.elapsed(), from_view)
        return key

    def new_response_url(self, permit: ResponseUrl, base: str) -> str:
        key = f"{self.identity.team}/{self.mint.make_id('R')}/{make_secret()}"
        self.response_urls[key] = permit
        return f"{base}/respond/{key}"

    def open_view(self, view_id: str) -> View | None:
        """A modal that is still open, or a Home view."""
        view = self.views.get(view_id)
        if view and (view_id in self.stacks.get(view.user, []) or self.homes.get(view.user) is view):
            return view
        return None
