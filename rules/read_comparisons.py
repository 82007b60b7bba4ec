"""Reading what one word is compared with: `lead_status: NEW`, `last_activity_at: {older_than: 5 business days}`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from connector.records import CONTACTS, Kind, Option
from rules import shapes
from rules.conditions import Comparison, Operator, SpanUnit, Word
from rules.model import ROLES
from rules.reading import Reading
from rules.spans import read_span
from rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode

_MODIFIER = "or_missing"
_NEGATIVE = {Operator.IS_NOT, Operator.HAS_NONE, Operator.NOT_IN_VOCABULARY}
_TEXTS = ("is", "is_not", "none_of", "known")
_TIMES = ("older_than", "earlier_than", "later_than", "at_or_after", "known")
_ALLOWED: Mapping[Kind, tuple[str, ...]] = {
    Kind.TEXT: _TEXTS,
    Kind.CHOICE: _TEXTS,
    Kind.MULTI: ("has_any", "has_none", "known"),
    Kind.NUMBER: ("at_least", "at_most", "more_than", "less_than", "between", "known"),
    Kind.INSTANT: _TIMES,
    Kind.DATE: _TIMES,
    Kind.OWNER: ("role", "live", "known"),
}
# What a value or a list without an operator means.
_SHORT: Mapping[Kind, str] = {Kind.TEXT: "is", Kind.CHOICE: "is", Kind.MULTI: "has_any"}
_OF_THE_STATUS = ("in_vocabulary", "unchanged_for")


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """The word a comparison is about, and the kind of record the condition stands in."""

    word: Word
    reading: Reading

    def report(self, node: Node, sentence: str, word: str, near: list[str] | None = None) -> None:
        self.reading.mistakes.add_about(node.place, sentence, self.word.label, near=near or (), word=word)


def operators(word: Word) -> tuple[str, ...]:
    """What this word can be compared by."""
    return (*_ALLOWED[word.kind], *(_OF_THE_STATUS if is_lead_status(word) else ()))


def is_lead_status(word: Word) -> bool:
    return word.object_type == CONTACTS and word.name == "lead_status"


def read_comparisons(word: Word, value: Node, reading: Reading) -> list[Comparison]:
    """All that is asked of one word; what is not understood is reported and left out."""
    subject = Subject(word, reading)
    if isinstance(value, MappingNode):
        return _read_operators(subject, value)
    exact = shapes.number(value)
    if word.kind is Kind.NUMBER and exact is not None:
        return [Comparison(word, Operator.AT_LEAST, exact), Comparison(word, Operator.AT_MOST, exact)]
    if word.kind not in _SHORT:
        subject.report(value, "no_operator", word.name, list(operators(word)))
        return []
    return _OPERATORS[_SHORT[word.kind]](subject, Entry(word.name, value.place, value))


def _read_operators(subject: Subject, value: MappingNode) -> list[Comparison]:
    allowed = operators(subject.word)
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
        found += _OPERATORS[entry.key](subject, entry)
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


def _values(subject: Subject, entry: Entry) -> tuple[str, ...]:
    nodes = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
    word, reading = subject.word, subject.reading
    return tuple(value for node in nodes if (value := read_option(word, entry, node, reading)) is not None)


def read_option(word: Word, entry: Entry, node: Node, reading: Reading) -> str | None:
    """The internal value for a value, label or alias; None where it is none of these, which is reported."""
    subject = Subject(word, reading)
    if not isinstance(node, ScalarNode):
        subject.reading.mistakes.add(node.place, "expected_text", word=entry.key)
        return None
    if node.value is None:
        subject.reading.mistakes.add(node.place, "missing_value", word=subject.word.name)
        return None
    options = _options(subject)
    if not options or node.text in {option.value for option in options}:
        return node.text
    labelled = [*dict.fromkeys(option.value for option in options if option.label == node.text)]
    if len(labelled) > 1:
        subject.reading.mistakes.add(node.place, "ambiguous_label", word=node.text, values=", ".join(labelled))
        return None
    if not labelled:
        near = [name for option in options for name in (option.value, option.label)]
        subject.report(node, "no_such_option", node.text, [*dict.fromkeys(near)])
        return None
    return labelled[0]


def _options(subject: Subject) -> list[Option]:
    options = list(subject.word.options)
    if not is_lead_status(subject.word):
        return options
    for status in subject.reading.vocabulary.statuses:
        names = dict.fromkeys((status.label.ja, status.label.en, *status.aliases))
        options += [Option(status.value, name) for name in names]
    return options


def _compared(operator: Operator) -> Callable[[Subject, Entry], list[Comparison]]:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        values = _values(subject, entry)
        return [Comparison(subject.word, operator, values)] if values else []

    return read


def _switch(held: Operator, failed: Operator) -> Callable[[Subject, Entry], list[Comparison]]:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        wanted = shapes.flag(entry, subject.reading.mistakes)
        return [] if wanted is None else [Comparison(subject.word, held if wanted else failed)]

    return read


def _numeric(operator: Operator) -> Callable[[Subject, Entry], list[Comparison]]:
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


def _older_than(subject: Subject, entry: Entry) -> list[Comparison]:
    words = shapes.text(entry, subject.reading.mistakes)
    if words is None:
        return []
    span = read_span(words)
    if span is None:
        subject.report(entry.value, "bad_span", words)
        return []
    if span.unit is SpanUnit.HOURS and subject.word.kind is Kind.DATE:
        subject.report(entry.value, "hours_of_a_date", words)
    return [Comparison(subject.word, Operator.OLDER_THAN, span)]


def _unchanged_for(subject: Subject, entry: Entry) -> list[Comparison]:
    since = subject.reading.word_named("status_since", entry, CONTACTS)
    return [] if since is None else _older_than(Subject(since, subject.reading), entry)


def _against_word(operator: Operator) -> Callable[[Subject, Entry], list[Comparison]]:
    def read(subject: Subject, entry: Entry) -> list[Comparison]:
        other = _other_word(subject, entry)
        return [] if other is None else [Comparison(subject.word, operator, other)]

    return read


def _other_word(subject: Subject, entry: Entry) -> Word | None:
    """A word of the same record, or of the contact where the condition is about a related record."""
    reading, own = subject.reading, subject.word.object_type
    name = shapes.text(entry, reading.mistakes)
    if name is None:
        return None
    of_contact = reading.dictionary.names(CONTACTS)
    known_here = reading.dictionary.word(own, name) is not None
    target = own if known_here or name not in of_contact else CONTACTS
    word = reading.word_named(name, Entry(name, entry.value.place, entry.value), target, tuple(of_contact))
    if word is not None and word.kind is not subject.word.kind:
        reading.mistakes.add(entry.value.place, "not_a_time", word=name)
        return None
    return word


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
_OPERATORS: Mapping[str, _Reader] = {
    "is": _compared(Operator.IS),
    "is_not": _compared(Operator.IS_NOT),
    "none_of": _compared(Operator.IS_NOT),
    "has_any": _compared(Operator.HAS_ANY),
    "has_none": _compared(Operator.HAS_NONE),
    "known": _switch(Operator.KNOWN, Operator.UNKNOWN),
    "in_vocabulary": _switch(Operator.IN_VOCABULARY, Operator.NOT_IN_VOCABULARY),
    "live": _switch(Operator.LIVE, Operator.NOT_LIVE),
    "at_least": _numeric(Operator.AT_LEAST),
    "at_most": _numeric(Operator.AT_MOST),
    "more_than": _numeric(Operator.MORE_THAN),
    "less_than": _numeric(Operator.LESS_THAN),
    "between": _between,
    "older_than": _older_than,
    "unchanged_for": _unchanged_for,
    "earlier_than": _against_word(Operator.EARLIER_THAN),
    "later_than": _against_word(Operator.LATER_THAN),
    "at_or_after": _against_word(Operator.AT_OR_AFTER),
    "role": _role,
}
