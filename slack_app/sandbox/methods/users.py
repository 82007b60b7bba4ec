"""The `users.*` methods: who is who."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError
from slack_app.sandbox.message_json import bot_user_json, user_json
from slack_app.sandbox.methods.paging import page

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.methods.call import Call, Handler


def _info(call: Call) -> Json:
    user = call.args.text("user")
    if user == call.workspace.identity.bot_user:
        return {"user": bot_user_json(call.workspace)}
    person = call.workspace.people.get(user)
    if person is None:
        raise ApiError("user_not_found")
    return {"user": user_json(call.workspace, person, with_locale=call.args.flag("include_locale"))}


def _lookup_by_email(call: Call) -> Json:
    email = call.args.text("email").strip().lower()
    for person in call.workspace.people.values():
        # Slack does not find deactivated people by mail.
        if person.email.lower() == email and not person.deleted:
            return {"user": user_json(call.workspace, person)}
    raise ApiError("users_not_found")


def _list(call: Call) -> Json:
    with_locale = call.args.flag("include_locale")
    everyone = [user_json(call.workspace, p, with_locale=with_locale) for p in call.workspace.people.values()]
    some, cursor = page([*everyone, bot_user_json(call.workspace)], call.args, bad_limit="limit_required")
    now = int(call.workspace.clock.now().timestamp())
    return {"members": list(some), "cache_ts": now, "response_metadata": {"next_cursor": cursor}}


HANDLERS: dict[str, Handler] = {
    "users.info": _info,
    "users.lookupByEmail": _lookup_by_email,
    "users.list": _list,
}
