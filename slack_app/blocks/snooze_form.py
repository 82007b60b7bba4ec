"""The form that asks until when to snooze: one of the usual times, or a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_app.blocks.elements import Block, day_picker, plain_text, question, section, select
from slack_app.blocks.finding import snooze_choices
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue

CALLBACK_ID = "snooze"
_UNTIL, _DAY = "until", "day"


def snooze_modal(seen: str, say: Catalogue, notice: Mrkdwn | None = None) -> dict[str, Any]:
    """`seen` is the finding as it was shown. `notice` says why the first answer was not taken."""
    blocks: list[Block] = [section(notice)] if notice else []
    menu = select(_UNTIL, say.plain("snooze.placeholder"), snooze_choices(say))
    blocks.append(question(_UNTIL, say.plain("snooze.until"), menu, optional=True))
    blocks.append(question(_DAY, say.plain("snooze.day"), day_picker(_DAY), optional=True))
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain_text(say.plain("snooze.title")),
        "submit": plain_text(say.plain("snooze.submit")),
        "close": plain_text(say.plain("modal.close")),
        "private_metadata": seen,
        "blocks": blocks,
    }


def read_answer(view: Mapping[str, Any]) -> str | None:
    """Until when, as people would type it; a day goes before a usual time."""
    answers: Mapping[str, Mapping[str, Any]] = view["state"]["values"]
    day = answers.get(_DAY, {}).get(_DAY, {}).get("selected_date")
    chosen = answers.get(_UNTIL, {}).get(_UNTIL, {}).get("selected_option")
    return day or (chosen["value"] if chosen else None)
