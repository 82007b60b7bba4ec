"""Taking a node apart as what it should be: named keys, a text, a list, a number; anything else is reported."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum
from typing import TypeVar

from rules.mistakes import Mistakes, Place
from rules.text import Text
from rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode

Choice = TypeVar("Choice", bound=Enum)


def keys(entry: Entry, allowed: Collection[str], mistakes: Mistakes, required: Iterable[str] = ()) -> dict[str, Entry]:
    """The known keys of a mapping; unknown and missing ones are reported."""
    if not isinstance(entry.value, MappingNode):
        mistakes.add(entry.value.place, "expected_mapping", word=entry.key)
        return {}
    return known_keys(entry.value, entry.place, allowed, mistakes, required)


def known_keys(
    node: MappingNode, place: Place, allowed: Collection[str], mistakes: Mistakes, required: Iterable[str] = ()
) -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for one in node.entries:
        if one.key in allowed:
            found[one.key] = one
        else:
            mistakes.add(one.place, "unknown_key", near=allowed, word=one.key)
    for name in required:
        if name not in found:
            mistakes.add(place, "missing_key", word=name)
    return found


def entries(entry: Entry, mistakes: Mistakes) -> tuple[Entry, ...]:
    """The entries of a mapping whose keys are free."""
    if isinstance(entry.value, MappingNode):
        return entry.value.entries
    mistakes.add(entry.value.place, "expected_mapping", word=entry.key)
    return ()


def items(entry: Entry, mistakes: Mistakes) -> tuple[Node, ...]:
    if isinstance(entry.value, ListNode):
        return entry.value.items
    mistakes.add(entry.value.place, "expected_list", word=entry.key)
    return ()


def texts(entry: Entry, mistakes: Mistakes) -> tuple[ScalarNode, ...]:
    """A single text or a list of texts."""
    nodes = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
    for node in nodes:
        if not is_text(node):
            mistakes.add(node.place, "expected_text", word=entry.key)
    return tuple(node for node in nodes if isinstance(node, ScalarNode) and is_text(node))


def is_text(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is not None and not isinstance(node.value, bool)


def text(entry: Entry, mistakes: Mistakes) -> str | None:
    if isinstance(entry.value, ScalarNode) and is_text(entry.value):
        return entry.value.text
    mistakes.add(entry.value.place, "expected_text", word=entry.key)
    return None


def whole_number(entry: Entry, mistakes: Mistakes) -> int | None:
    value = number(entry.value)
    if value is not None and value >= 0 and value == int(value):
        return int(value)
    mistakes.add(entry.value.place, "expected_number", word=entry.key)
    return None


def signed_number(entry: Entry, mistakes: Mistakes) -> int | None:
    """A whole number that may be below zero."""
    value = number(entry.value)
    if value is not None and value == int(value):
        return int(value)
    mistakes.add(entry.value.place, "expected_number", word=entry.key)
    return None


def number(node: Node) -> float | None:
    if isinstance(node, ScalarNode) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return node.value
    return None


def flag(entry: Entry, mistakes: Mistakes) -> bool | None:
    if isinstance(entry.value, ScalarNode) and isinstance(entry.value.value, bool):
        return entry.value.value
    mistakes.add(entry.value.place, "expected_yes_no", word=entry.key)
    return None


def choice(entry: Entry, kinds: type[Choice], mistakes: Mistakes) -> Choice | None:
    """One of the values of an enum; spaces are read like underscores."""
    word = text(entry, mistakes)
    if word is None:
        return None
    for kind in kinds:
        if kind.value == word.replace(" ", "_"):
            return kind
    near = [str(kind.value).replace("_", " ") for kind in kinds]
    mistakes.add(entry.value.place, "expected_choice", near=near, key=entry.key, word=word)
    return None


def bilingual(entry: Entry, mistakes: Mistakes) -> Text:
    """`{ja: …, en: …}`; one language, or a plain text, serves for both."""
    if isinstance(entry.value, ScalarNode):
        plain = text(entry, mistakes) or ""
        return Text(plain, plain)
    found = keys(entry, ("ja", "en"), mistakes)
    said = {language: text(one, mistakes) or "" for language, one in found.items()}
    if not said and isinstance(entry.value, MappingNode) and not entry.value.entries:
        mistakes.add(entry.place, "expected_text", word=entry.key)
    return Text(said.get("ja") or said.get("en", ""), said.get("en") or said.get("ja", ""))
