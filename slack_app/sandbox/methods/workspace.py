"""The methods about the installation itself: tokens, team, bot, reactions, and checks of blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_app.sandbox.api_error import ApiError, invalid_arguments
from slack_app.sandbox.blockkit.payload import check_message_blocks, check_view
from slack_app.sandbox.json_values import Json, as_object
from slack_app.sandbox.message_json import bot_profile
from slack_app.sandbox.workspace import BOT_NAME

if TYPE_CHECKING:
    from slack_app.sandbox.blockkit.report import Report
    from slack_app.sandbox.methods.call import Call, Handler


def _api_test(call: Call) -> Json:
    if "error" in call.args:
        raise ApiError(call.args.text("error"), {"args": call.args.values})
    return {"args": call.args.values}


def _auth_test(call: Call) -> Json:
    ids = call.workspace.identity
    return {
        "url": f"{call.site.base_url}/",
        "team": call.workspace.team_name,
        "user": BOT_NAME,
        "team_id": ids.team,
        "user_id": ids.bot_user,
        "bot_id": ids.bot,
        "is_enterprise_install": False,
    }


def _team_info(call: Call) -> Json:
    ids = call.workspace.identity
    return {
        "team": {
            "id": ids.team,
            "name": call.workspace.team_name,
            "domain": ids.domain,
            "email_domain": "",
            "url": f"{call.site.base_url}/",
            "icon": {"image_default": True},
        }
    }


def _bots_info(call: Call) -> Json:
    ids = call.workspace.identity
    if call.args.text("bot") not in {"", ids.bot}:
        raise ApiError("bot_not_found")
    return {"bot": {**bot_profile(call.workspace), "user_id": ids.bot_user}}


def _oauth_access(call: Call) -> Json:
    if "code" not in call.args:
        raise ApiError("invalid_code")
    ids, credentials = call.workspace.identity, call.site.credentials
    return {
        "app_id": ids.app,
        "access_token": credentials.token,
        "token_type": "bot",
        "scope": ",".join(sorted(credentials.scopes)),
        "bot_user_id": ids.bot_user,
        "team": {"id": ids.team, "name": call.workspace.team_name},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": next(iter(call.workspace.people), ids.bot_user)},
    }


def _add_reaction(call: Call) -> Json:
    channel = call.args.text("channel")
    if channel not in call.workspace.conversations:
        raise ApiError("channel_not_found")
    if call.workspace.conversations[channel].archived:
        raise ApiError("is_archived")
    message = call.workspace.message(channel, call.args.text("timestamp"))
    if message is None:
        raise ApiError("message_not_found")
    users = message.reactions.setdefault(call.args.text("name").strip(":"), [])
    if call.workspace.identity.bot_user in users:
        raise ApiError("already_reacted")
    users.append(call.workspace.identity.bot_user)
    call.workspace.touch()
    return {}


def _validate_blocks(call: Call) -> Json:
    given = [name for name in ("blocks", "view", "message") if name in call.args]
    if len(given) != 1:
        raise invalid_arguments("must provide exactly one of `blocks`, `view`, or `message`")
    try:
        value = call.args.parsed(given[0])
    except ValueError as error:
        raise invalid_arguments(f"`{given[0]}` is not valid JSON") from error
    report = _checked(given[0], value)
    if report.problems:
        errors = [{"code": "failed_constraint", "message": m, "pointer": p} for p, m in report.problems]
        raise ApiError(f"invalid_{given[0]}", {"errors": errors})
    return {}


def _checked(kind: str, value: object) -> Report:
    if kind == "view":
        return check_view(value, ("modal", "home"), "")
    message = as_object(value) or {}
    return check_message_blocks(message.get("blocks") if kind == "message" else value, "")


HANDLERS: dict[str, Handler] = {
    "api.test": _api_test,
    "auth.test": _auth_test,
    "team.info": _team_info,
    "bots.info": _bots_info,
    "oauth.v2.access": _oauth_access,
    "reactions.add": _add_reaction,
    "blocks.validate": _validate_blocks,
}
