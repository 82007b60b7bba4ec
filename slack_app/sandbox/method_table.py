"""What is documented about each method: rate tier, scopes, required arguments, whether a JSON body is read."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class MethodFacts:
    """`scopes`: any one of them for a plain method; for `conversations.*` one per kind of conversation.

    `takes_json` False means that a JSON body is ignored and its arguments count as missing.
    """

    tier: str
    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    takes_json: bool = False


_READ = ("groups:read", "im:read", "mpim:read", "channels:read")
_HISTORY = ("groups:history", "im:history", "mpim:history", "channels:history")
_OPEN = ("channels:manage", "groups:write", "im:write", "mpim:write")
_WRITE = ("chat:write",)

METHODS: dict[str, MethodFacts] = {
    "api.test": MethodFacts("t4", takes_json=True),
    "apps.connections.open": MethodFacts("t3", takes_json=True),
    "auth.test": MethodFacts("t5", takes_json=True),
    "blocks.validate": MethodFacts("t3", takes_json=True),
    "bots.info": MethodFacts("t3", ("users:read",)),
    "chat.delete": MethodFacts("t3", _WRITE, ("ts", "channel"), takes_json=True),
    "chat.getPermalink": MethodFacts("t5", (), ("channel", "message_ts")),
    "chat.postEphemeral": MethodFacts("t4", _WRITE, ("user", "channel"), takes_json=True),
    "chat.postMessage": MethodFacts("t5", _WRITE, ("channel",), takes_json=True),
    "chat.update": MethodFacts("t3", _WRITE, ("ts", "channel"), takes_json=True),
    "conversations.history": MethodFacts("t3", _HISTORY, ("channel",), takes_json=True),
    "conversations.info": MethodFacts("t3", _READ, ("channel",)),
    "conversations.list": MethodFacts("t2", _READ),
    "conversations.members": MethodFacts("t4", _READ, ("channel",)),
    "conversations.open": MethodFacts("t3", _OPEN, takes_json=True),
    "conversations.replies": MethodFacts("t3", _HISTORY, ("channel", "ts")),
    "files.completeUploadExternal": MethodFacts("t4", ("files:write",), ("files",), takes_json=True),
    "files.getUploadURLExternal": MethodFacts("t4", ("files:write",), ("length", "filename")),
    "oauth.v2.access": MethodFacts("t5"),
    "reactions.add": MethodFacts("t3", ("reactions:write",), ("name", "timestamp", "channel"), takes_json=True),
    "team.info": MethodFacts("t3", ("team:read",), takes_json=True),
    "usergroups.list": MethodFacts("t2", ("usergroups:read",)),
    "usergroups.users.list": MethodFacts("t2", ("usergroups:read",), ("usergroup",)),
    "users.conversations": MethodFacts("t3", _READ),
    "users.info": MethodFacts("t4", ("users:read",), ("user",)),
    "users.list": MethodFacts("t2", ("users:read",)),
    "users.lookupByEmail": MethodFacts("t3", ("users:read.email",), ("email",)),
    "views.open": MethodFacts("t4", (), ("view",), takes_json=True),
    "views.publish": MethodFacts("t4", (), ("user_id", "view"), takes_json=True),
    "views.push": MethodFacts("t4", (), ("view",), takes_json=True),
    "views.update": MethodFacts("t4", (), ("view",), takes_json=True),
}

# Methods that take the app's own token instead of the bot's.
APP_LEVEL = frozenset({"apps.connections.open"})

# Methods that answer without any token.
TOKENLESS = frozenset({"api.test", "blocks.validate", "oauth.v2.access"})
