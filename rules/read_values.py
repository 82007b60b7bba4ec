"""Reading what a value is compared with: options and texts, numbers, owners, times, other words."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from connector.mirror.typed import normalised
from connector.records import CONTACTS, Kind, Option
from rules import shapes
from rules.conditions import Moment, Span, SpanUnit, Word
from rules.reading import Reading
from rules.spans import read_moment, read_span
from rules.yaml_nodes import Entry, ListNode, Node, ScalarNode


@dataclasses.dataclass(frozen=True, slots=True)
class Subject:
    """The word a comparison is about, and the kind of record the condition stands in."""

    word: Word
    reading: Reading

    def report(self, node: Node, sentence: str, word: str, near: list[str] | None = None) -> None:
        self.reading.mistakes.add_about(node.place, sentence, self.word.label, near=near or (), word=word)


def is_lead_status(word: Word) -> bool:
    return word.object_type == CONTACTS and word.name == "lead_status"


def read_values(subject: Subject, entry: Entry) -> tuple[Any, ...]:
    """One value or a list of them, as the word's kind has them; what is none is reported and left out."""
    return _each(subject, entry, _READERS[subject.word.kind])


def read_parts(subject: Subject, entry: Entry) -> tuple[str, ...]:
    """Texts that a value is searched for."""
    return _each(subject, entry, _read_text)


def _each(subject: Subject, entry: Entry, read: _Reader) -> tuple[Any, ...]:
    nodes = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
    if not nodes:
        subject.reading.mistakes.add(entry.value.place, "missing_value", word=entry.key)
    return tuple(value for node in nodes if (value := read(subject, entry, node)) is not None)


def read_option(word: Word, entry: Entry, node: Node, reading: Reading) -> str | None:
    """The internal value for a value, label or alias; None where it is none of these, which is reported."""
    return _read_option(Subject(word, reading), entry, node)


def read_labelled(subject: Subject, entry: Entry, fits: Callable[[str, str], bool]) -> tuple[str, ...]:
    """The options with a label (or alias) that fits one of the texts, without regard to width and case."""

    def read(_: Subject, entry: Entry, node: Node) -> list[str] | None:
        text = _read_text(subject, entry, node)
        if text is None:
            return None
        if not options and subject.reading.dictionary.definitions is None:
            subject.reading.mistakes.warn(node.place, "unchecked_word", word=subject.word.name)
            return [text]
        found = [option.value for option in options if fits(normalised(option.label), normalised(text))]
        if not found:
            subject.report(node, "no_label_fits", text, [*dict.fromkeys(option.label for option in options)])
        return found

    options = _options(subject)
    return tuple(dict.fromkeys(value for found in _each(subject, entry, read) for value in found))


def read_length(subject: Subject, entry: Entry) -> Span | None:
    words = shapes.text(entry, subject.reading.mistakes)
    if words is None:
        return None
    span = read_span(words)
    if span is None:
        subject.report(entry.value, "bad_span", words)
        return None
    return dataclasses.replace(span, calendar=subject.reading.calendar)


def read_time(subject: Subject, entry: Entry, node: Node) -> Moment | None:
    text = _read_text(subject, entry, node)
    if text is None:
        return None
    moment = read_moment(text)
    if moment is None:
        subject.report(node, "bad_day_or_time", text)
        return None
    if subject.word.kind is Kind.DATE and isinstance(moment.at, datetime):
        subject.report(node, "hours_of_a_date", text)
        return None
    return dataclasses.replace(moment, calendar=subject.reading.calendar)


def has_no_hours(subject: Subject, entry: Entry, span: Span) -> bool:
    """Whether hours are asked of a bare date, which is reported."""
    of_a_date = span.unit in (SpanUnit.HOURS, SpanUnit.BUSINESS_HOURS) and subject.word.kind is Kind.DATE
    if of_a_date:
        subject.report(entry.value, "hours_of_a_date", str(span.count))
    return of_a_date


def read_other_word(subject: Subject, entry: Entry) -> Word | None:
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
        subject.report(entry.value, "other_kind", name)
        return None
    return word


def _read_text(subject: Subject, entry: Entry, node: Node) -> str | None:
    if not isinstance(node, ScalarNode):
        subject.reading.mistakes.add(node.place, "expected_text", word=entry.key)
        return None
    if node.value is None or not node.text.strip():
        subject.reading.mistakes.add(node.place, "missing_value", word=subject.word.name)
        return None
    return node.text


def _read_option(subject: Subject, entry: Entry, node: Node) -> str | None:
    text, options = _read_text(subject, entry, node), _options(subject)
    if text is None or not options or text in {option.value for option in options}:
        return text
    labelled = [*dict.fromkeys(option.value for option in options if option.label == text)]
    if len(labelled) > 1:
        subject.reading.mistakes.add(node.place, "ambiguous_label", word=text, values=", ".join(labelled))
        return None
    if not labelled:
        near = [name for option in options for name in (option.value, option.label)]
        subject.report(node, "no_such_option", text, [*dict.fromkeys(near)])
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


def _read_number(subject: Subject, entry: Entry, node: Node) -> float | None:
    value = shapes.number(node)
    if value is None:
        subject.reading.mistakes.add(node.place, "expected_number", word=entry.key)
    return value


def _read_owner(subject: Subject, entry: Entry, node: Node) -> str | None:
    text = _read_text(subject, entry, node)
    if text is None or (text.isascii() and text.isdecimal()):
        return text if text is None else str(int(text))
    subject.report(node, "not_an_owner", text)
    return None


_Reader = Callable[[Subject, Entry, Node], Any]
_READERS: Mapping[Kind, _Reader] = {
    Kind.TEXT: _read_option,
    Kind.CHOICE: _read_option,
    Kind.MULTI: _read_option,
    Kind.NUMBER: _read_number,
    Kind.OWNER: _read_owner,
    Kind.INSTANT: read_time,
    Kind.DATE: read_time,
}
