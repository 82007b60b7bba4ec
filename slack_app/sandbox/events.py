"""What may happen to the workspace from outside: people leave, channels are archived, the app loses its token."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from slack_app.sandbox.json_values import Json, as_list, as_text
from slack_app.sandbox.outcome import ActRefusedError
from slack_app.sandbox.outgoing import send_event
from slack_app.sandbox.payloads import event_envelope, user_changed
from slack_app.sandbox.people import Group, Person
from slack_app.sandbox.posting import remove
from slack_app.sandbox.records import Conversation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_app.sandbox.site import Site

_TOKEN_STATES = {"active", "token_revoked", "token_expired", "account_inactive", "invalid_auth"}
_PERSON_FIELDS = {field.name for field in dataclasses.fields(Person)} - {"id"}


async def happened(site: Site, body: Json) -> Json:
    """Carries out one change; `op` names it. ActRefusedError with the known words otherwise."""
    change = _CHANGES.get(as_text(body.get("op")))
    if change is None:
        raise ActRefusedError(f"op must be one of {', '.join(_CHANGES)}")
    result = await change(site, body)
    site.workspace.touch()
    return result


def _person(site: Site, body: Json) -> Person:
    person = site.workspace.person(as_text(body.get("user")))
    if person is None:
        raise ActRefusedError(f"nobody here is called {body.get('user')!r}; give a user id, mail or name")
    return person


def _channel(site: Site, body: Json) -> Conversation:
    conversation = site.workspace.conversation(as_text(body.get("channel")))
    if conversation is None:
        raise ActRefusedError(f"there is no channel {body.get('channel')!r}")
    return conversation


async def _change_person(site: Site, body: Json, **fields: object) -> Json:
    person = dataclasses.replace(_person(site, body), **fields)
    site.workspace.people[person.id] = person
    await send_event(site, user_changed(site.workspace, person))
    return {"user": person.id}


async def _deactivate(site: Site, body: Json) -> Json:
    return await _change_person(site, body, deleted=True)


async def _reactivate(site: Site, body: Json) -> Json:
    return await _change_person(site, body, deleted=False)


async def _update_user(site: Site, body: Json) -> Json:
    return await _change_person(site, body, **{k: v for k, v in body.items() if k in _PERSON_FIELDS})


async def _user_group(site: Site, body: Json) -> Json:
    """Makes the group, or gives it these members. Slack tells apps of it only where they subscribed to it."""
    handle = as_text(body.get("handle"))
    if not handle:
        raise ActRefusedError("a user group needs a handle")
    groups = site.workspace.groups
    known = next((group for group in groups.values() if group.handle == handle), None)
    members = tuple(_person(site, {"user": one}).id for one in as_list(body.get("members")) or [])
    group = Group(
        known.id if known else site.workspace.mint.make_id("S"),
        handle,
        as_text(body.get("name")) or (known.name if known else handle),
        members,
        bool(body.get("disabled")),
    )
    groups[group.id] = group
    return {"usergroup": group.id}


async def _archive(site: Site, body: Json) -> Json:
    _channel(site, body).archived = True
    return {}


async def _unarchive(site: Site, body: Json) -> Json:
    _channel(site, body).archived = False
    return {}


async def _bot_membership(site: Site, body: Json) -> Json:
    _channel(site, body).bot_is_member = bool(body.get("member"))
    return {}


async def _delete_message(site: Site, body: Json) -> Json:
    message = site.workspace.message(_channel(site, body).id, as_text(body.get("ts")))
    if message is None:
        raise ActRefusedError(f"there is no message {body.get('ts')!r} in that channel")
    remove(site.workspace, message)
    return {}


async def _token(site: Site, body: Json) -> Json:
    state = as_text(body.get("state"))
    if state not in _TOKEN_STATES:
        raise ActRefusedError(f"state must be one of {', '.join(sorted(_TOKEN_STATES))}")
    site.credentials.token_state = state
    if state == "token_revoked":
        tokens: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [site.workspace.identity.bot_user]}}
        await send_event(site, event_envelope(site.workspace, tokens))
    return {}


async def _uninstall(site: Site, _body: Json) -> Json:
    site.credentials.token_state = "account_inactive"
    await send_event(site, event_envelope(site.workspace, {"type": "app_uninstalled"}))
    return {}


async def _scopes(site: Site, body: Json) -> Json:
    site.credentials.scopes = {as_text(scope) for scope in as_list(body.get("scopes")) or []}
    return {"scopes": sorted(site.credentials.scopes)}


async def _disconnect(site: Site, body: Json) -> Json:
    site.socket_mode.disconnect(as_text(body.get("reason")))
    return {}


async def _messages_tab(site: Site, body: Json) -> Json:
    site.workspace.messages_tab = bool(body.get("enabled"))
    return {}


_CHANGES: dict[str, Callable[[Site, Json], Awaitable[Json]]] = {
    "deactivate_user": _deactivate,
    "reactivate_user": _reactivate,
    "update_user": _update_user,
    "user_group": _user_group,
    "archive_channel": _archive,
    "unarchive_channel": _unarchive,
    "bot_membership": _bot_membership,
    "delete_message": _delete_message,
    "token": _token,
    "uninstall": _uninstall,
    "scopes": _scopes,
    "messages_tab": _messages_tab,
    "disconnect": _disconnect,
}
