"""What a rule can make."""

from __future__ import annotations

import enum


class CreationKind(enum.Enum):
    """What a rule can make in the CRM."""

    TASK = "task"
    NOTE = "note"
