"""What Slack says about a click, as plain data."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Click:
    """`act_id` is the same when Slack sends the same click again. `response_url` is missing for views."""

    user_id: str
    act_id: str
    value: str
    trigger_id: str
    response_url: str | None
    view: Mapping[str, Any] | None

    @property
    def on_home(self) -> bool:
        return self.view is not None and self.view.get("type") == "home"


def read_click(body: Mapping[str, Any]) -> Click:
    action: Mapping[str, Any] = body["actions"][0]
    user_id = body["user"]["id"]
    selected: Mapping[str, Any] = action.get("selected_option") or {}
    return Click(
        user_id=user_id,
        act_id=f"{user_id}:{action.get('action_ts', '')}:{action['action_id']}",
        value=action.get("value") or selected.get("value", ""),
        trigger_id=body.get("trigger_id", ""),
        response_url=body.get("response_url"),
        view=body.get("view"),
    )
