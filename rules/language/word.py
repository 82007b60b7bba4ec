"""What is known about one word of the language: where it stands, what it says, an example and what comes of it."""

from __future__ import annotations

import dataclasses

from rules.text import Text


@dataclasses.dataclass(frozen=True, slots=True)
class Documented:
    """`example` is what stands under `when` (of a condition), in a rule, or in a file, as the list it is in says.

    `cases` are rule tests of that example: what is given of a contact, and whether the condition holds.
    """

    key: str
    text: Text
    example: str
    cases: tuple[tuple[str, bool], ...] = ()
