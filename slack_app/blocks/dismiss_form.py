"""The form that asks why something is a false alarm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_app.blocks.elements import plain_text, question, section, text_area
from slack_app.texts.catalogue import Catalogue

CALLBACK_ID = "dismiss"
_REASON = "reason"


def dismiss_modal(seen: str, say: Catalogue) -> dict[str, Any]:
    """`seen` is the finding as it was shown."""
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain_text(say.plain("dismiss.title")),
        "submit": plain_text(say.plain("dismiss.submit")),
        "close": plain_text(say.plain("modal.close")),
        "private_metadata": seen,
        "blocks": [
            section(say.mrkdwn("dismiss.intro")),
            question(_REASON, say.plain("dismiss.reason"), text_area(_REASON)),
        ],
    }


def read_reason(view: Mapping[str, Any]) -> str:
    return (view["state"]["values"][_REASON][_REASON].get("value") or "").strip()
