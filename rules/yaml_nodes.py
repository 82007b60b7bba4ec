"""From the bytes of a rule file to plain nodes that know their place. Only the harmless part of YAML is read.

YAML 1.1 would read 09:30 as a number and `no` as false; here a plain scalar is text unless it is plainly a whole or
decimal number, true, false or null.
"""

from __future__ import annotations

import codecs
import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from typing import NoReturn

import yaml

from rules.mistakes import Mistakes, Place

LARGEST_FILE = 1_000_000
_DEEPEST = 40
# Longer ones are texts: no number of a CRM is that long, and Python refuses to read a very long one.
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_STRANGE_INDENT = re.compile(r"[ ]*([\t\u3000])\s*(?:- |[\w-]+:)")
# Letters that no text holds; YAML does not read them.
_NO_TEXT = re.compile(b"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NULLS = frozenset(("", "~", "null"))
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclasses.dataclass(frozen=True, slots=True)
class ScalarNode:
    """`text` is what stands in the file; `value` what it means."""

    place: Place
    text: str
    value: str | float | bool | None


@dataclasses.dataclass(frozen=True, slots=True)
class ListNode:
    place: Place
    items: tuple[Node, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    key: str
    place: Place
    value: Node


@dataclasses.dataclass(frozen=True, slots=True)
class MappingNode:
    place: Place
    entries: tuple[Entry, ...]

    def get(self, key: str) -> Node | None:
        return next((entry.value for entry in self.entries if entry.key == key), None)


Node = ScalarNode | ListNode | MappingNode


def plain(node: Node) -> object:
    """The node without its places, for a hash."""
    if isinstance(node, ScalarNode):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {entry.key: plain(entry.value) for entry in node.entries}


def read_nodes(file: str, content: bytes, mistakes: Mistakes) -> MappingNode | None:
    """None where the file is not a mapping or cannot be read; the reasons are among the mistakes."""
    start = Place(file, 1, 1)
    text = _decode(start, content, mistakes)
    if text is None or not _raw_text_is_fine(start, text, mistakes):
        return None
    try:
        node = _Builder(file, mistakes, yaml.parse(text, Loader=_Loader)).document()
    except _UnsafeError:
        return None
    except yaml.MarkedYAMLError as error:
        mistakes.add(_place_of(file, error), "yaml", problem=_problem(error))
        return None
    except yaml.YAMLError as error:
        mistakes.add(start, "yaml", problem=str(error).splitlines()[0])
        return None
    if isinstance(node, MappingNode):
        return node
    mistakes.add(start, "no_mapping")
    return None


def _decode(start: Place, content: bytes, mistakes: Mistakes) -> str | None:
    if len(content) > LARGEST_FILE:
        mistakes.add(start, "too_large", limit=LARGEST_FILE)
        return None
    if _is_utf16(content):
        mistakes.add(start, "utf16")
        return None
    strange = _NO_TEXT.search(content)
    if strange is not None:
        before = content[: strange.start()]
        column = len(before[before.rfind(b"\n") + 1 :].decode(errors="replace")) + 1
        code = f"U+{strange[0][0]:04X}"
        mistakes.add(Place(start.file, before.count(b"\n") + 1, column), "no_text", code=code)
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        mistakes.add(Place(start.file, line, 1), "cp932" if _is_cp932(content) else "encoding")
        return None


def _is_utf16(content: bytes) -> bool:
    """By its mark, or because every other byte of what should be text is zero."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    start = content[:1000]
    return len(start) > 1 and max(start[::2].count(0), start[1::2].count(0)) > len(start) // 4


def _is_cp932(content: bytes) -> bool:
    try:
        text = content.decode("cp932")
    except UnicodeDecodeError:
        return False
    return any("HIRAGANA" in name or "KATAKANA" in name or "CJK" in name for name in _letter_names(text))


def _letter_names(text: str) -> Iterator[str]:
    return (unicodedata.name(letter, "") for letter in text if not letter.isascii())


def _raw_text_is_fine(start: Place, text: str, mistakes: Mistakes) -> bool:
    """Tabs and wide spaces that indent; inside a longer text they may stand."""
    fine = True
    for number, line in enumerate(text.split("\n"), start=1):
        match = _STRANGE_INDENT.match(line)
        if match:
            sentence = "tab" if match[1] == "\t" else "wide_space"
            mistakes.add(Place(start.file, number, match.start(1) + 1), sentence)
            fine = False
    return fine


def _place_of(file: str, error: yaml.MarkedYAMLError) -> Place:
    mark = error.problem_mark or error.context_mark
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)


def _problem(error: yaml.MarkedYAMLError) -> str:
    return ", ".join(str(part) for part in (error.context, error.problem) if part)


class _UnsafeError(Exception):
    """The file uses a part of YAML that is not read; it has been reported."""


class _Builder:
    """Turns the stream of YAML events into nodes; aliases never come into being, so no file can blow up."""

    def __init__(self, file: str, mistakes: Mistakes, events: Iterator[yaml.Event]) -> None:
        self._file = file
        self._mistakes = mistakes
        self._events = events
        self._depth = 0

    def document(self) -> Node | None:
        node: Node | None = None
        for event in self._events:
            if isinstance(event, yaml.NodeEvent):
                if node is not None:
                    self._refuse(event, "several_documents")
                node = self._node(event)
        return node

    def _node(self, event: yaml.Event) -> Node:
        self._check(event)
        place = self._place(event)
        if isinstance(event, yaml.ScalarEvent):
            return ScalarNode(place, event.value, _meaning(event))
        self._depth += 1
        if self._depth > _DEEPEST:
            self._refuse(event, "too_deep")
        node = self._sequence(place) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(place)
        self._depth -= 1
        return node

    def _sequence(self, place: Place) -> ListNode:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event))
        return ListNode(place, tuple(items))

    def _mapping(self, place: Place) -> MappingNode:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            self._check(event)
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "key_not_text")
            key, at = str(event.value), self._place(event)
            if key == "<<":
                self._refuse(event, "merge_key")
            value = self._node(next(self._events))
            if key in entries:
                self._mistakes.add(at, "duplicate_key", word=key, line=entries[key].place.line)
            else:
                entries[key] = Entry(key, at, value)
        return MappingNode(place, tuple(entries.values()))

    def _check(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._refuse(event, "anchor")
        if getattr(event, "tag", None):
            self._refuse(event, "tag", word=str(getattr(event, "tag", "")))

    def _refuse(self, event: yaml.Event, sentence: str, word: str = "") -> NoReturn:
        self._mistakes.add(self._place(event), sentence, word=word, limit=_DEEPEST)
        raise _UnsafeError

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self._file, mark.line + 1, mark.column + 1) if mark else Place(self._file, 1, 1)


def _meaning(event: yaml.ScalarEvent) -> str | float | bool | None:
    text = event.value
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in _NULLS:
        return None
    if text in ("true", "false"):
        return text == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
