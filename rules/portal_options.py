"""A rule set as it would be on a portal that knows further choices: for tests, which bring their own."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, cast

from connector.records import Option
from rules.conditions import Word
from rules.model import RuleSet

# (object type, CRM property) to values.
Choices = Mapping[tuple[str, str], Sequence[str]]


def with_options(rule_set: RuleSet, choices: Choices) -> RuleSet:
    """Wherever a word of one of these properties stands, the choices are among its options."""
    return cast("RuleSet", _changed(rule_set, choices)) if choices else rule_set


def _changed(thing: Any, choices: Choices) -> Any:
    if isinstance(thing, Word):
        return _word(thing, choices)
    if isinstance(thing, tuple):
        items = cast("tuple[Any, ...]", thing)
        return tuple(_changed(item, choices) for item in items)
    if isinstance(thing, dict):
        pairs = cast("dict[Any, Any]", thing).items()
        return {key: _changed(value, choices) for key, value in pairs}
    if not dataclasses.is_dataclass(thing) or isinstance(thing, type):
        return thing
    fields = {field.name: getattr(thing, field.name) for field in dataclasses.fields(thing)}
    return dataclasses.replace(thing, **{name: _changed(value, choices) for name, value in fields.items()})


def _word(word: Word, choices: Choices) -> Word:
    known = {option.value for option in word.options}
    further = choices.get((word.object_type, word.property or ""), ())
    added = tuple(Option(value, value) for value in further if value not in known)
    return dataclasses.replace(word, options=(*word.options, *added)) if added else word
