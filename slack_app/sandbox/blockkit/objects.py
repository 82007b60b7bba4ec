"""The small objects that blocks are made of: texts, options, confirmation dialogues, filters, workflows."""

from __future__ import annotations

from slack_app.sandbox.blockkit.limits import LIMITS
from slack_app.sandbox.blockkit.shape import Check, Shape, anything, chars, exactly_one, flag, items, one_of, typed, url


def plain(most: int, least: int = LIMITS["text.min_length"]) -> Check:
    """A text object that must be plain_text."""
    return typed({"plain_text": Shape({"text": chars(most, least), "emoji": flag}, ("text",))})


def markup(most: int = LIMITS["text.max_length"]) -> Check:
    """A text object of either kind."""
    text = chars(most, LIMITS["text.min_length"])
    return typed(
        {
            "plain_text": Shape({"text": text, "emoji": flag}, ("text",)),
            "mrkdwn": Shape({"text": text, "verbatim": flag}, ("text",)),
        }
    )


ACTION_ID = chars(LIMITS["action_id.max_length"], 1)
BLOCK_ID = chars(LIMITS["block_id.max_length"], 1)
PLACEHOLDER = plain(LIMITS["select.placeholder.max_length"])


def _option(text: Check) -> Shape:
    fields: dict[str, Check] = {
        "text": text,
        "value": chars(LIMITS["option.value.max_length"], 1),
        "description": markup(LIMITS["option.description.max_length"]),
        "url": url(LIMITS["option.url.max_length"]),
    }
    return Shape(fields, ("text", "value"))


OPTION = _option(plain(LIMITS["option.text.max_length"]))
# Only checkboxes and radio buttons show markup in an option's text.
MARKUP_OPTION = _option(markup(LIMITS["option.text.max_length"]))

OPTION_GROUP = Shape(
    {
        "label": plain(LIMITS["option_group.label.max_length"]),
        "options": items(
            OPTION, least=LIMITS["option_group.options.min_items"], most=LIMITS["option_group.options.max_items"]
        ),
    },
    ("label", "options"),
)

STYLE = one_of("primary", "danger")

_CONFIRM_FIELDS: dict[str, Check] = {
    "title": plain(LIMITS["confirmation.title.max_length"]),
    "text": markup(LIMITS["confirmation.text.max_length"]),
    "confirm": plain(LIMITS["confirmation.confirm.max_length"]),
    "deny": plain(LIMITS["confirmation.deny.max_length"]),
    "style": STYLE,
}
CONFIRM = Shape(_CONFIRM_FIELDS, ("title", "text", "confirm", "deny"))

CONVERSATION_FILTER = Shape(
    {
        "include": items(one_of("im", "mpim", "private", "public"), least=1),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    }
)

DISPATCH = Shape(
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), least=1, most=2)},
)

SLACK_FILE = Shape({"id": chars(255, 1), "url": url()}, (), (exactly_one("id", "url"),))

INPUT_PARAMETER = Shape({"name": chars(255, 1), "value": anything}, ("name", "value"))
TRIGGER = Shape({"url": url(), "customizable_input_parameters": items(INPUT_PARAMETER)}, ("url",))
WORKFLOW = Shape({"trigger": TRIGGER}, ("trigger",))

URL_SOURCE = Shape(
    {"url": url(LIMITS["url_source.url.max_length"]), "text": chars(LIMITS["text.max_length"])}, ("url", "text")
)


IMAGE = Shape(
    {
        "image_url": url(LIMITS["image.image_url.max_length"]),
        "slack_file": SLACK_FILE,
        "alt_text": chars(LIMITS["image.alt_text.max_length"], 1),
    },
    ("alt_text",),
    (exactly_one("image_url", "slack_file"),),
)
