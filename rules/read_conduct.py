"""Reading how a rule behaves: how far it goes by itself and who said so, how much it writes, where it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rules import shapes
from rules.conditions import Span, SpanUnit
from rules.model import Mode, NamedOwner
from rules.read_actions import Actions
from rules.read_writes import read_owner
from rules.reading import Reading
from rules.spans import read_span
from rules.text import Text
from rules.yaml_nodes import Entry

DEFAULT_LIMIT = 200
DEFAULT_RESPECT = Span(30, SpanUnit.DAYS)
LEAK_CHANNEL = "leak"


def read_mode(found: Mapping[str, Entry], *, writes: bool, reading: Reading) -> Mode:
    if "mode" not in found:
        return Mode.PLAN if writes else Mode.SUGGEST
    mode = shapes.choice(found["mode"], Mode, reading.mistakes)
    if mode is Mode.AUTO and not _signed(found, reading):
        reading.mistakes.add(found["mode"].place, "auto_unsigned")
    return mode or Mode.OBSERVE


def _signed(found: Mapping[str, Entry], reading: Reading) -> bool:
    """A rule writes by itself only where somebody has said so, when, and up to how many."""
    if "switched_on" not in found or "limit" not in found:
        return False
    inside = shapes.keys(found["switched_on"], ("by", "on"), reading.mistakes, required=("by", "on"))
    if not {"by", "on"} <= inside.keys():
        return False
    day = shapes.text(inside["on"], reading.mistakes) or ""
    try:
        date.fromisoformat(day)
    except ValueError:
        reading.mistakes.add(inside["on"].value.place, "bad_day", word=day)
    return bool(shapes.text(inside["by"], reading.mistakes))


def read_limit(found: Mapping[str, Entry], reading: Reading) -> int:
    """None said is the default; 0 is a limit too."""
    said = shapes.whole_number(found["limit"], reading.mistakes) if "limit" in found else None
    return DEFAULT_LIMIT if said is None else said


def read_respect(found: Mapping[str, Entry], reading: Reading) -> Span:
    """For how long the rule leaves alone what a person has changed."""
    words = shapes.text(found["respect_edits"], reading.mistakes) if "respect_edits" in found else None
    if words is None:
        return DEFAULT_RESPECT
    span = read_span(words)
    if span is None:
        reading.mistakes.add(found["respect_edits"].value.place, "bad_span", word=words)
    return span or DEFAULT_RESPECT


def read_wait(found: Mapping[str, Entry], actions: Actions, reading: Reading) -> Span | None:
    """`for: 2 hours`: how long it must have held before a finding opens."""
    if "for" not in found:
        return None
    if actions.finding is None:
        reading.mistakes.add(found["for"].place, "needs_finding", word="for")
    words = shapes.text(found["for"], reading.mistakes)
    span = read_span(words) if words is not None else None
    if words is not None and span is None:
        reading.mistakes.add_about(found["for"].value.place, "bad_span", Text("for", "for"), word=words)
    return span


def read_responsible(found: Mapping[str, Entry], reading: Reading) -> NamedOwner | None:
    """Who answers for the rule: the one to ask, and to tell when it wants to write more than it may."""
    return read_owner(found["owner"].value, reading) if "owner" in found else None


def read_channel(found: Mapping[str, Entry], reading: Reading) -> str | None:
    if "channel" not in found:
        return None
    name = shapes.text(found["channel"], reading.mistakes)
    if name is not None and name != LEAK_CHANNEL:
        place = found["channel"].value.place
        reading.mistakes.add(place, "expected_choice", near=[LEAK_CHANNEL], key="channel", word=name)
    return name
