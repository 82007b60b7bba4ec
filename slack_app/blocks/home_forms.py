"""The forms behind the Home tab's buttons: the person's settings, and how to use it all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from slack_app.blocks.elements import (
    Block,
    checkboxes,
    context,
    day_picker,
    option,
    plain_text,
    question,
    section,
    select,
    time_picker,
)
from slack_app.home_view import Preferences
from slack_app.texts.catalogue import LANGUAGES, Catalogue
from slack_app.texts.dates import weekday_words
from slack_app.views import Choice

CALLBACK_ID = "settings"
LANGUAGE_BLOCK = "language"
FROM_BLOCK, TO_BLOCK, DAYS_BLOCK = "quiet_from", "quiet_to", "quiet_days"
AWAY_BLOCK = "away_until"
# As in Slack.
_FOLLOWS_SLACK = "slack"
_ACTION = "chosen"
_DAYS = range(7)


def settings_modal(chosen: Preferences, say: Catalogue) -> dict[str, Any]:
    """What the person chose so far, to be changed."""
    languages = [Choice(each, say.plain(f"settings.language_{each}")) for each in (_FOLLOWS_SLACK, *LANGUAGES)]
    menu = select(_ACTION, say.plain("settings.language"), languages, chosen.language or _FOLLOWS_SLACK)
    days = [option(weekday_words(day, say.language), str(day)) for day in _DAYS]
    # Whoever chooses hours for the first time most likely means every working day.
    ticked = chosen.quiet_days if chosen.quiet_from else frozenset(range(5))
    blocks: list[Block] = [
        question(LANGUAGE_BLOCK, say.plain("settings.language"), menu),
        context(say.mrkdwn("settings.quiet_intro")),
        question(FROM_BLOCK, say.plain("settings.quiet_from"), time_picker(_ACTION, chosen.quiet_from), optional=True),
        question(TO_BLOCK, say.plain("settings.quiet_to"), time_picker(_ACTION, chosen.quiet_to), optional=True),
        question(
            DAYS_BLOCK,
            say.plain("settings.quiet_days"),
            checkboxes(_ACTION, days, {str(day) for day in ticked}),
            optional=True,
        ),
        question(AWAY_BLOCK, say.plain("settings.away_until"), day_picker(_ACTION, chosen.away_until), optional=True),
    ]
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": plain_text(say.plain("settings.title")),
        "submit": plain_text(say.plain("settings.submit")),
        "close": plain_text(say.plain("modal.close")),
        "blocks": blocks,
    }


def read_settings(view: Mapping[str, Any]) -> Preferences:
    """What a submitted form says."""
    answers: Mapping[str, Mapping[str, Any]] = view["state"]["values"]

    def answer(block_id: str, key: str) -> Any:
        return answers.get(block_id, {}).get(_ACTION, {}).get(key)

    language = answer(LANGUAGE_BLOCK, "selected_option")["value"]
    away = answer(AWAY_BLOCK, "selected_date")
    begins, ends = answer(FROM_BLOCK, "selected_time"), answer(TO_BLOCK, "selected_time")
    return Preferences(
        language=None if language == _FOLLOWS_SLACK else language,
        quiet_from=time.fromisoformat(begins) if begins else None,
        quiet_to=time.fromisoformat(ends) if ends else None,
        quiet_days=frozenset(int(each["value"]) for each in answer(DAYS_BLOCK, "selected_options") or ()),
        away_until=date.fromisoformat(away) if away else None,
    )


def help_modal(say: Catalogue) -> dict[str, Any]:
    return {
        "type": "modal",
        "title": plain_text(say.plain("help.title")),
        "close": plain_text(say.plain("modal.close")),
        "blocks": [section(say.mrkdwn("command.help"))],
    }
