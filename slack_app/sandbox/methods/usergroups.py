"""The `usergroups.*` methods: which groups there are, and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError
from slack_app.sandbox.message_json import group_json

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.methods.call import Call, Handler


def _list(call: Call) -> Json:
    with_disabled, with_users = call.args.flag("include_disabled"), call.args.flag("include_users")
    listed: list[Json] = [
        group_json(call.workspace, group) | ({"users": list(group.members)} if with_users else {})
        for group in call.workspace.groups.values()
        if with_disabled or not group.disabled
    ]
    return {"usergroups": listed}


def _users_list(call: Call) -> Json:
    group = call.workspace.groups.get(call.args.text("usergroup"))
    if group is None or (group.disabled and not call.args.flag("include_disabled")):
        raise ApiError("no_such_subteam")
    return {"users": list(group.members)}


HANDLERS: dict[str, Handler] = {
    "usergroups.list": _list,
    "usergroups.users.list": _users_list,
}
