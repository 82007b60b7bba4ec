"""A sentence that has no language yet: its key, and what fills its gaps, which may be such sentences themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from rules.text import Text
from slack_app.mrkdwn import Mrkdwn
from slack_app.texts.catalogue import Catalogue

_SEPARATOR = "doctor.separator"
_CLAUSE_SEPARATOR = "doctor.clause_separator"


@dataclasses.dataclass(frozen=True, slots=True)
class Said:
    """Several sentences in one gap are put in a row; so are several words."""

    key: str
    values: Mapping[str, Value] = dataclasses.field(default_factory=dict[str, "Value"])


Value = str | int | Text | Said | tuple[Said, ...] | tuple[str, ...]


def in_plain(said: Said, say: Catalogue) -> str:
    return say.plain(said.key, **{name: _plain(value, say) for name, value in said.values.items()})


def in_mrkdwn(said: Said, say: Catalogue) -> Mrkdwn:
    """What is not ours is escaped, however deep it stands."""
    return say.mrkdwn(said.key, **{name: _mrkdwn(value, say) for name, value in said.values.items()})


def _plain(value: Value, say: Catalogue) -> str | int:
    if isinstance(value, tuple):
        return say.plain(_between(value)).join(str(_plain(one, say)) for one in value)
    if isinstance(value, Text):
        return value.in_language(say.language)
    return in_plain(value, say) if isinstance(value, Said) else value


def _mrkdwn(value: Value, say: Catalogue) -> str | int:
    if isinstance(value, tuple):
        if _between(value) is _CLAUSE_SEPARATOR:
            return str(_plain(value, say))
        return Mrkdwn(say.plain(_between(value)).join(str(_mrkdwn(one, say)) for one in value))
    return in_mrkdwn(value, say) if isinstance(value, Said) else _plain(value, say)


def _between(value: tuple[Said, ...] | tuple[str, ...]) -> str:
    return _SEPARATOR if any(isinstance(one, Said) for one in value) else _CLAUSE_SEPARATOR
