"""How a long answer is cut into pages with cursors."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, TypeVar

from slack_app.sandbox.api_error import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_app.sandbox.arguments import Arguments

T = TypeVar("T")
_MOST = 999


def page(items: Sequence[T], args: Arguments, *, bad_limit: str) -> tuple[Sequence[T], str]:
    """One page and the cursor of the next, "" at the end. `bad_limit` is the code for a limit out of range."""
    limit = args.number("limit", 100)
    if not 1 <= limit <= _MOST:
        raise ApiError(bad_limit)
    start = _position(args.text("cursor"))
    rest = len(items) > start + limit
    return items[start : start + limit], _cursor(start + limit) if rest else ""


def _cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "next":
            return int(position)
    except (binascii.Error, ValueError) as error:
        raise ApiError("invalid_cursor") from error
    raise ApiError("invalid_cursor")
