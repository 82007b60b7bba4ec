"""What must be so of a contact before a person may take a step, as the vocabulary says it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from rules.conditions import Condition
from rules.text import Text

# From and to; None is blank.
Step = tuple[str | None, str]


@dataclasses.dataclass(frozen=True, slots=True)
class Guard:
    """What a contact must be like before a person takes one of `steps`; `message` says it to the person.

    It stands there only where each property of `answers` is given one of these values with the step.
    """

    name: str
    steps: frozenset[Step]
    needs: Condition
    message: Text
    answers: Mapping[str, frozenset[str]]
