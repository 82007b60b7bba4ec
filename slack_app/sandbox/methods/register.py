"""Which function answers which Web API method."""

from __future__ import annotations

from slack_app.sandbox.methods import apps, chat, conversations, files, history, usergroups, users, views, workspace
from slack_app.sandbox.methods.call import Handler

HANDLERS: dict[str, Handler] = {
    **apps.HANDLERS,
    **chat.HANDLERS,
    **conversations.HANDLERS,
    **files.HANDLERS,
    **history.HANDLERS,
    **usergroups.HANDLERS,
    **users.HANDLERS,
    **views.HANDLERS,
    **workspace.HANDLERS,
}
