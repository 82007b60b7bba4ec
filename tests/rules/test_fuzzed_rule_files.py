"""Whatever stands in a rule file, loading it ends at once, in rules or in mistakes with a place."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.fields import FieldMap
from rules.load import LIBRARY, load_files
from rules.model import Loaded
from tests.rules.portal import PEOPLE, make_catalogue

GOOD = Path(__file__).parent.parent / "rule_files" / "good"
FILES = {path.name: path.read_bytes() for folder in (LIBRARY, GOOD) for path in sorted(folder.glob("*.yaml"))}
CATALOGUE = make_catalogue()
FIELDS = FieldMap.of()
# What hands and programs put into files by accident or in malice.
SNIPPETS = (
    "null", "[]", "{}", "''", "true", "-1", "1e400", "9" * 5000, "0x1F", "2026-11-22", "&a", "*a", "<<: *a", "!!python/object:os.system",
    "? [a]", "---", "...", "\t", "\u3000", "\ufeff", "\0", "\ud7ff", "\U0001f600", "\u2028", "%", "{", "}", "[", "]", ":", "- ", "|", ">", "'", '"',
    "#", "{x}", "{0}", "\\", "otherwise: true", "first_match: [{}]", "every_match: [[]]", "allowed: {}", "score: {}", "assign: to", "to: {}",
    "was: [a/b]", "for: 99999 weeks", "for: 0 hours", "quiet_if: []", "unless: [l1-meeting-without-outcome]", "per: service", "not: {}", "any: [[]]",
    "order: {contact: {}}", "limit: 1.5", "limit: -5", "[" * 100, "{a: " * 60, "x" * 3000,
)  # fmt: skip


def load_one(name: str, content: bytes) -> Loaded:
    return load_files({name: content}, CATALOGUE, FIELDS, PEOPLE)


def _bytes(content: bytes, chance: random.Random) -> bytes:
    spot = chance.randrange(len(content))
    return content[:spot] + chance.randbytes(chance.randrange(4)) + content[spot + chance.randrange(5) :]


def _snippet(content: bytes, chance: random.Random) -> bytes:
    lines = content.decode(errors="replace").split("\n")
    number = chance.randrange(len(lines))
    line = lines[number]
    spot = chance.randrange(len(line) + 1)
    lines[number] = line[:spot] + chance.choice(SNIPPETS) + line[spot + chance.randrange(4) :]
    return "\n".join(lines).encode(errors="replace")


def _value(content: bytes, chance: random.Random) -> bytes:
    """Another value under a key, or another key before a value."""
    lines = content.decode(errors="replace").split("\n")
    number = chance.choice([n for n, line in enumerate(lines) if ":" in line] or [0])
    key, _, rest = lines[number].partition(":")
    other = chance.choice(lines).partition(":")[chance.choice((0, 2))].strip()
    said = chance.choice((chance.choice(SNIPPETS), other))
    lines[number] = f"{key}: {said}" if chance.random() < 0.6 else f"{key[: len(key) - len(key.lstrip())]}{said}:{rest}"
    return "\n".join(lines).encode(errors="replace")


def _lines(content: bytes, chance: random.Random) -> bytes:
    """Lines deleted, doubled, moved, or indented another way."""
    lines = content.split(b"\n")
    number = chance.randrange(len(lines))
    line = lines.pop(number)
    what = chance.randrange(4)
    if what == 0:
        lines[number:number] = [line, line]
    elif what == 1:
        lines.insert(chance.randrange(len(lines) + 1), line)
    elif what == 2:
        lines.insert(number, b" " * chance.randrange(12) + line.lstrip())
    return b"\n".join(lines)


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_bytes, _snippet, _value, _value, _lines)


def check(name: str, seed: int, times: int) -> None:
    chance = random.Random(seed)
    content = FILES[name]
    for _ in range(times):
        content = chance.choice(MUTATIONS)(content, chance) or b"\n"
    loaded = load_one(name, content)
    assert (loaded.rule_set is None) == bool(loaded.errors)
    assert all(one.line > 0 and one.column > 0 and one.message.ja and one.message.en for one in loaded.errors)


CASES = (st.sampled_from(sorted(FILES)), st.integers(0, 2**32), st.integers(1, 4))


@settings(max_examples=60, deadline=None)
@given(*CASES)
def test_a_spoilt_file_is_answered_with_mistakes(name: str, seed: int, times: int) -> None:
    check(name, seed, times)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None)
@given(*CASES)
def test_many_spoilt_files_are_answered_with_mistakes(name: str, seed: int, times: int) -> None:
    check(name, seed, times)
