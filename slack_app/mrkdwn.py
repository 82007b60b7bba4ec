"""Slack's text markup: how foreign values become text that is shown as it is, and how links and strokes are made."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

# Slack has an escape for its brackets only, none for its formatting signs. What is certain for these are other
# signs that look the same; zero-width characters work in some clients and not in others. Slack's Japanese input
# also takes the full-width forms for formatting.
_LOOK_ALIKE = str.maketrans({"*": "∗", "＊": "∗", "_": "ˍ", "＿": "ˍ", "~": "∼", "`": "ˋ", "｀": "ˋ"})

# Between two letters or digits of ASCII a sign never formats: a mail address keeps its underscore and can be copied.
_FORMATTING = re.compile(r"(?<![0-9A-Za-z])[*＊_＿~`｀]|[*＊_＿~`｀](?![0-9A-Za-z])")

_LINKED_SCHEMES = ("https", "http")


class Mrkdwn(str):
    """Text that is markup already and must not be escaped again."""

    __slots__ = ()


def literal(value: str) -> Mrkdwn:
    """The value as it reads, on one line: it formats nothing, links nothing and calls nobody."""
    one_line = " ".join(value.split())
    unformatted = _FORMATTING.sub(lambda sign: sign[0].translate(_LOOK_ALIKE), one_line)
    return Mrkdwn(unformatted.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def link(url: str, label: str) -> Mrkdwn:
    """The label as a link; the bare label where the address is not one of the web."""
    words = literal(label)
    if urlsplit(url).scheme not in _LINKED_SCHEMES:
        return words
    address = quote(url, safe="/:?#[]@!$'()*+,;=%~-._").replace("&", "&amp;")
    # A `|` would end the address early; in a label Slack shows it.
    return Mrkdwn(f"<{address}|{words}>")


def mention(user_id: str) -> Mrkdwn:
    """Calls this person, and nobody else."""
    return Mrkdwn(f"<@{user_id}>") if user_id.isalnum() else literal(user_id)


def struck_out(text: Mrkdwn) -> Mrkdwn:
    return Mrkdwn(f"~{text}~")
