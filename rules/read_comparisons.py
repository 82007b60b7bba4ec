"""Reading what one word is compared with: `lead_status: NEW`, `last_activity_at: {older_than: 5 business days}`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from connector.records import Kind
from rules import shapes
from rules.conditions import Comparison, Operator, Word
from rules.model import ROLES
from rules.read_values import (
    Subject,
    has_no_hours,
    is_lead_status,
    read_labelled,
    read_length,
    read_other_word,
    read_parts,
    read_time,
    read_values,
)
from rules.reading import Reading
from rules.spans import read_span
from rules.yaml_nodes import Entry, MappingNode, Node, ScalarNode

_MODIFIER = "or_missing"
_NEGATIVE = {Operator.IS_NOT, Operator.CONTAINS_NONE, Operator.HAS_NONE, Operator.NOT_IN_VOCABULARY}
_ALL = ("same_as", "known")
_EQUAL = ("is", "is_not", "none_of")
_PARTS = ("contains", "contains_none", "starts_with", "ends_with")
_TEXTS = (*_EQUAL, *_PARTS, *_ALL)
_TIMES = (
    *_EQUAL, "older_than", "within_last", "within_next", "before", "after", "earlier_than", "later_than",
    "at_or_after", *_ALL,
)  # fmt: skip
_ALLOWED: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: _TEXTS,
    Kind.CHOICE: _TEXTS,
    Kind.MULTI: ("has_any", "has_all", "has_none", "has_exactly", *_PARTS, *_ALL),
    Kind.NUMBER: (*_EQUAL, "at_least", "at_most", "more_than", "less_than", "between", *_ALL),
    Kind.INSTANT: _TIMES,
    Kind.DATE: _TIMES,
    Kind.OWNER: (*_EQUAL, "role", "live", *_ALL),
}
_OF_THE_STATUS = ("in_vocabulary",)
_OF_HISTORIES = ("unchanged_for", "changed_within", "was_ever")


def operators(word: Word, reading: Reading) -> tuple[str, ...]:
    """What this word can be compared by."""
    of_the_status = _OF_THE_STATUS if is_lead_status(word) else ()
    return (*_ALLOWED[word.kind], *of_the_status, *(_OF_HISTORIES if reading.has_history(word) else ()))


def read_comparisons(word: Word, value: Node, reading: Reading) -> list[Comparison]:
    """All that is asked of one word; what is not understood is reported and left out."""
    subject = Subject(word, reading)
    if isinstance(value, MappingNode):
        return _read_operators(subject, value)
    if isinstance(value, ScalarNode) and word.kind in (Kind.INSTANT, Kind.DATE) and read_span(value.text):
        # `3 days` alone could mean older or younger.
        subject.report(value, "no_operator", word.name, list(operators(word, reading)))
        return []
    # What a value or a list without an operator means.
    short = "has_any" if word.kind is Kind.MULTI else "is"
    return OPERATORS[short](subject, Entry(word.name, value.place, value))


def _read_operators(subject: Subject, value: MappingNode) -> list[Comparison]:
    allowed = operators(subject.word, subject.reading)
    found: list[Comparison] = []
    for entry in value.entries:
        if entry.key == _MODIFIER:
            continue
        if entry.key not in allowed:
            near = [*allowed, _MODIFIER]
            subject.reading.mistakes.add_about(
                entry.place, "unknown_operator", subject.word.label, near=near, word=entry.key
            )
            continue
        found += OPERATORS[entry.key](subject, entry)
    if all(entry.key == _MODIFIER for entry in value.entries):
        subject.report(value, "no_operator", subject.word.name, list(allowed))
    return _with_modifier(subject, value, found)


def _with_modifier(subject: Subject, value: MappingNode, found: list[Comparison]) -> list[Comparison]:
    modifier = next((entry for entry in value.entries if entry.key == _MODIFIER), None)
    if modifier is not None and shapes.flag(modifier, subject.reading.mistakes):
        return [dataclasses.replace(one, or_missing=True) for one in found]
    says_known = any(one.operator in (Operator.KNOWN, Operator.UNKNOWN) for one in found)
    negative = any(one.operator in _NEGATIVE for one in found)
    if negative and modifier is None and not says_known:
        first = value.entries[0]
        subject.reading.mistakes.warn_about(first.place, "negative_and_missing", subject.word.label, word=first.key)
    return found


def _compared(operator: Operator) -> _Reader:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        values = read_values(subject, entry)
        if values and subject.word.kind is Kind.TEXT:
            subject.reading.search(subject.word)
        return [Comparison(subject.word, operator, values)] if values else []

    return read


# What the options found mean where a value is several of them.
_OF_SEVERAL = {Operator.IS: Operator.HAS_ANY, Operator.IS_NOT: Operator.HAS_NONE}


def _searched(operator: Operator, labelled: Operator, fits: Callable[[str, str], bool]) -> _Reader:
    """Texts are searched when the rule runs; options by their labels, now."""

    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        if subject.word.kind is not Kind.TEXT:
            values = read_labelled(subject, entry, fits)
            meant = _OF_SEVERAL[labelled] if subject.word.kind is Kind.MULTI else labelled
            return [Comparison(subject.word, meant, values)] if values else []
        parts = read_parts(subject, entry)
        subject.reading.search(subject.word)
        return [Comparison(subject.word, operator, parts)] if parts else []

    return read


def _switch(held: Operator, failed: Operator) -> _Reader:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        wanted = shapes.flag(entry, subject.reading.mistakes)
        return [] if wanted is None else [Comparison(subject.word, held if wanted else failed)]

    return read


def _numeric(operator: Operator) -> _Reader:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        value = shapes.number(entry.value)
        if value is None:
            subject.reading.mistakes.add(entry.value.place, "expected_number", word=entry.key)
            return []
        return [Comparison(subject.word, operator, value)]

    return read


def _between(subject: Subject, entry: Entry) -> list[Comparison]:
    nodes = shapes.items(entry, subject.reading.mistakes)
    bounds = [bound for node in nodes if (bound := shapes.number(node)) is not None]
    if len(nodes) != 2 or len(bounds) != 2:
        subject.reading.mistakes.add(entry.value.place, "expected_number", word=entry.key)
        return []
    low, high = bounds
    if low > high:
        subject.reading.mistakes.add(entry.value.place, "reversed_bounds", low=low, high=high)
    return [Comparison(subject.word, Operator.AT_LEAST, low), Comparison(subject.word, Operator.AT_MOST, high)]


def _span(operator: Operator) -> _Reader:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        span = read_length(subject, entry)
        if span is None or has_no_hours(subject, entry, span):
            return []
        return [Comparison(subject.word, operator, span)]

    return read


def _time(operator: Operator) -> _Reader:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        moment = read_time(subject, entry, entry.value)
        return [] if moment is None else [Comparison(subject.word, operator, moment)]

    return read


def _since(operator: Operator) -> _Reader:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        span = read_length(subject, entry)
        if span is None:
            return []
        subject.reading.remember(subject.word)
        return [Comparison(subject.word, operator, span)]

    return read


def _was_ever(subject: Subject, entry: Entry) -> list[Comparison]:
    subject.reading.remember(subject.word)
    return _compared(Operator.WAS_EVER)(subject, entry)


def _against_word(operator: Operator) -> _Reader:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        other = read_other_word(subject, entry)
        if other is None:
            return []
        if other.kind is Kind.TEXT:
            subject.reading.search(subject.word)
            subject.reading.search(other)
        return [Comparison(subject.word, operator, other)]

    return read


def _role(subject: Subject, entry: Entry) -> list[Comparison]:
    """`role: FS`, or `role: {is_not: FS}`, which also holds for nobody."""
    operator, inner = Operator.HAS_ROLE, entry
    if isinstance(entry.value, MappingNode):
        found = shapes.keys(entry, ("is", "is_not"), subject.reading.mistakes)
        if not found:
            return []
        inner = next(iter(found.values()))
        operator = Operator.HAS_ROLE if inner.key == "is" else Operator.HAS_NOT_ROLE
    roles = shapes.texts(inner, subject.reading.mistakes)
    for node in roles:
        if node.text not in ROLES:
            subject.reading.mistakes.add(node.place, "unknown_role", near=ROLES, word=node.text)
    return [Comparison(subject.word, operator, tuple(node.text for node in roles))] if roles else []


_Reader = Callable[[Subject, Entry], list[Comparison]]
OPERATORS: Mapping[str, _Reader] = {
    "is": _compared(Operator.IS),
    "is_not": _compared(Operator.IS_NOT),
    "none_of": _compared(Operator.IS_NOT),
    "contains": _searched(Operator.CONTAINS, Operator.IS, str.__contains__),
    "contains_none": _searched(Operator.CONTAINS_NONE, Operator.IS_NOT, str.__contains__),
    "starts_with": _searched(Operator.STARTS_WITH, Operator.IS, str.startswith),
    "ends_with": _searched(Operator.ENDS_WITH, Operator.IS, str.endswith),
    "has_any": _compared(Operator.HAS_ANY),
    "has_none": _compared(Operator.HAS_NONE),
    "has_all": _compared(Operator.HAS_ALL),
    "has_exactly": _compared(Operator.HAS_EXACTLY),
    "known": _switch(Operator.KNOWN, Operator.UNKNOWN),
    "in_vocabulary": _switch(Operator.IN_VOCABULARY, Operator.NOT_IN_VOCABULARY),
    "live": _switch(Operator.LIVE, Operator.NOT_LIVE),
    "at_least": _numeric(Operator.AT_LEAST),
    "at_most": _numeric(Operator.AT_MOST),
    "more_than": _numeric(Operator.MORE_THAN),
    "less_than": _numeric(Operator.LESS_THAN),
    "between": _between,
    "older_than": _span(Operator.OLDER_THAN),
    "within_last": _span(Operator.WITHIN_LAST),
    "within_next": _span(Operator.WITHIN_NEXT),
    "before": _time(Operator.BEFORE),
    "after": _time(Operator.AFTER),
    "unchanged_for": _since(Operator.UNCHANGED_FOR),
    "changed_within": _since(Operator.CHANGED_WITHIN),
    "was_ever": _was_ever,
    "same_as": _against_word(Operator.SAME_AS),
    "earlier_than": _against_word(Operator.EARLIER_THAN),
    "later_than": _against_word(Operator.LATER_THAN),
    "at_or_after": _against_word(Operator.AT_OR_AFTER),
    "role": _role,
}
