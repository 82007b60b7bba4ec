"""Reading what a rule makes in the CRM: a task for somebody by some day, or a note."""

from __future__ import annotations

from rules import shapes
from rules.conditions import Condition, Span
from rules.creation_kind import CreationKind
from rules.model import CreateAction, Receiver, ReceiverKind
from rules.read_properties import contact_properties
from rules.read_receivers import read_receivers
from rules.reading import Reading
from rules.spans import read_span
from rules.text import Text
from rules.yaml_nodes import Entry


def read_task(entry: Entry, when: Condition, reading: Reading) -> CreateAction | None:
    """`task: {title: {ja: …, en: …}, to: owner, due: 2 business days}`."""
    found = shapes.keys(entry, ("title", "to", "due"), reading.mistakes, required=("title", "to", "due"))
    title = shapes.bilingual(found["title"], reading.mistakes) if "title" in found else None
    to = read_receivers(found["to"], reading) if "to" in found else ()
    due = _due(found["due"], reading) if "due" in found else None
    if title is None or not to or due is None:
        return None
    return CreateAction(CreationKind.TASK, title, _relies_on(when, to, reading), to, due, reading.calendar)


def read_note(entry: Entry, when: Condition, reading: Reading) -> CreateAction | None:
    """`note: {text: {ja: …, en: …}}`."""
    found = shapes.keys(entry, ("text",), reading.mistakes, required=("text",))
    said: Text | None = shapes.bilingual(found["text"], reading.mistakes) if "text" in found else None
    return CreateAction(CreationKind.NOTE, said, _relies_on(when, (), reading)) if said is not None else None


def _due(entry: Entry, reading: Reading) -> Span | None:
    words = shapes.text(entry, reading.mistakes)
    span = read_span(words) if words is not None else None
    if words is not None and span is None:
        reading.mistakes.add_about(entry.value.place, "bad_span", Text("due", "due"), word=words)
    return span


def _relies_on(when: Condition, to: tuple[Receiver, ...], reading: Reading) -> tuple[str, ...]:
    own = (one.word for one in to if one.kind is ReceiverKind.OWNER and one.word is not None)
    people = {word.property for word in own if word.property is not None}
    return tuple(sorted(contact_properties([when], reading) | people))
