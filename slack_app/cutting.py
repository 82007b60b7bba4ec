"""Shortening text to a limit without breaking a visible character, a link or an escape."""

from __future__ import annotations

import re
import unicodedata

ELLIPSIS = "…"

_ZERO_WIDTH_JOINER = "\u200d"
_HALF_WIDTH_VOICING = "\uff9e\uff9f"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_REGIONAL_INDICATORS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)

# The beginning of a link or of an escape such as `&amp;` that the cut left without its end.
_TORN_MARKUP = re.compile(r"(<[^>]*|&[a-z]{0,3})\Z")


def cut(text: str, limit: int) -> str:
    """At most `limit` code points, with an ellipsis in place of what is missing."""
    if len(text) <= limit:
        return text
    end = limit - len(ELLIPSIS)
    while end > 0 and _joined(text, end):
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def cut_mrkdwn(text: str, limit: int) -> str:
    """As `cut`, and a link or an escape is kept whole or left out."""
    if len(text) <= limit:
        return text
    shortened = cut(text, limit).removesuffix(ELLIPSIS)
    return _TORN_MARKUP.sub("", shortened).rstrip() + ELLIPSIS


def _joined(text: str, index: int) -> bool:
    """Whether the characters before and at `index` are seen as one."""
    before, after = text[index - 1], text[index]
    if before == _ZERO_WIDTH_JOINER or _attaches(after):
        return True
    if ord(after) in _REGIONAL_INDICATORS and ord(before) in _REGIONAL_INDICATORS:
        # Flags are pairs: an odd number of letters before means that this one completes a flag.
        return _letters_before(text, index) % 2 == 1
    return False


def _attaches(character: str) -> bool:
    return (
        unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or character == _ZERO_WIDTH_JOINER
        or character in _HALF_WIDTH_VOICING
        or ord(character) in _SKIN_TONES
        or ord(character) in _TAGS
    )


def _letters_before(text: str, index: int) -> int:
    start = index
    while start > 0 and ord(text[start - 1]) in _REGIONAL_INDICATORS:
        start -= 1
    return index - start
