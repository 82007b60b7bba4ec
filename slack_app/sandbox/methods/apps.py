"""The method about the app itself: opening a way for Socket Mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json
    from slack_app.sandbox.methods.call import Call, Handler


def _open_connection(call: Call) -> Json:
    return {"url": call.site.socket_mode.open_link()}


HANDLERS: dict[str, Handler] = {"apps.connections.open": _open_connection}
