"""What came of a person's act, and how an act is refused before anything is sent."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from slack_app.sandbox.json_values import Json

if TYPE_CHECKING:
    from slack_app.sandbox.outgoing import Answer


class ActRefusedError(Exception):
    """A person could not have done this: no such button, no such view, nothing to see there."""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """`error` is what the person is told; `errors` the words under single inputs of a modal."""

    ok: bool
    http_status: int | None = None
    response: object = None
    error: str | None = None
    errors: dict[str, str] | None = None
    options: list[Json] | None = None


def outcome_of(answer: Answer) -> Outcome:
    response: object = answer.parsed() or answer.text
    return Outcome(answer.failure is None, answer.status, response, answer.failure)
