"""What people read of a property that goes with a lead status; one without such words is shown as the CRM calls it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from rules.text import Text


@dataclasses.dataclass(frozen=True, slots=True)
class ReasonWords:
    """The property's name, and its options by internal value."""

    label: Text
    options: Mapping[str, Text]
