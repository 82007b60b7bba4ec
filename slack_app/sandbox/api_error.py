"""How a method says no: Slack's error code and what Slack puts beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slack_app.sandbox.json_values import Json


class ApiError(Exception):
    """The method answers `ok: false` with this code; `beside` are further keys of the body."""

    def __init__(self, code: str, beside: Json | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.beside: Json = beside or {}

    def body(self) -> Json:
        return {"ok": False, "error": self.code, **self.beside}


class RateLimitedError(Exception):
    """The method answers 429 and says after how many seconds it may be called again."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"call again in {retry_after} s")
        self.retry_after = retry_after


def invalid_arguments(*messages: str) -> ApiError:
    return ApiError("invalid_arguments", {"response_metadata": {"messages": [f"[ERROR] {m}" for m in messages]}})
