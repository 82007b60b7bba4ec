"""Does the token hold the scope that a method, or the conversation it names, asks for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError

if TYPE_CHECKING:
    from slack_app.sandbox.method_table import MethodFacts
    from slack_app.sandbox.records import Conversation
    from slack_app.sandbox.site import Credentials

_FAMILY = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}


def check_method_scopes(credentials: Credentials, facts: MethodFacts) -> None:
    """With several scopes, any one opens the method; the conversation asks for its own afterwards."""
    if facts.scopes and not credentials.scopes.intersection(facts.scopes):
        raise missing_scope(credentials, facts.scopes[-1])


def check_conversation_scope(credentials: Credentials, conversation: Conversation, access: str) -> None:
    """`access` is read, history or write."""
    check_kind_scope(credentials, conversation.kind, access)


def check_kind_scope(credentials: Credentials, kind: str, access: str) -> None:
    needed = f"{_FAMILY[kind]}:{access}"
    if needed not in credentials.scopes:
        raise missing_scope(credentials, needed)


def missing_scope(credentials: Credentials, needed: str) -> ApiError:
    return ApiError("missing_scope", {"needed": needed, "provided": ",".join(sorted(credentials.scopes))})
