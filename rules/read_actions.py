"""Reading `then`: findings, reminders, lists, proposed values, tasks and notes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping

from connector.records import CONTACTS, Kind
from rules import shapes
from rules.conditions import Condition, Word, grouped_part
from rules.model import (
    Cadence,
    CreateAction,
    Finding,
    Leave,
    ListAction,
    ListKind,
    Remind,
    SetAction,
    Severity,
    Suggest,
)
from rules.read_creations import read_note, read_task
from rules.read_lists import member_statuses, read_revived, read_shown, read_touches
from rules.read_receivers import read_receivers
from rules.read_values import is_lead_status, read_option
from rules.read_writes import read_assign, writable
from rules.reading import Reading
from rules.text import Text
from rules.yaml_nodes import Entry, ListNode, MappingNode, ScalarNode

ACTIONS = ("finding", "remind", "list", "set", "assign", "task", "note", "suggest")
_LIST_KEYS = ("name", "kind", "one_per", "leave", "touches", "revived")


@dataclasses.dataclass(frozen=True, slots=True)
class Occasion:
    """What the actions of a rule may refer to: its condition, its title, rules that hold contacts off its lists, and
    the `to` of its row.
    """

    when: Condition
    title: Text
    hold: tuple[str, ...] = ()
    to: Entry | None = None


@dataclasses.dataclass(slots=True)
class Actions:
    """What one rule does; filled while its `then` is read. `offered` are those who get its suggestions."""

    finding: Finding | None = None
    remind: Remind | None = None
    offered: Remind | None = None
    lists: list[ListAction] = dataclasses.field(default_factory=list[ListAction])
    sets: list[SetAction] = dataclasses.field(default_factory=list[SetAction])
    suggests: list[Suggest] = dataclasses.field(default_factory=list[Suggest])
    creations: list[CreateAction] = dataclasses.field(default_factory=list[CreateAction])


def read_actions(actions: Actions, then: Entry, occasion: Occasion, reading: Reading) -> None:
    """Adds to `actions` what one `then` says."""
    for node in shapes.items(then, reading.mistakes):
        if not isinstance(node, MappingNode):
            reading.mistakes.add(node.place, "expected_mapping", word=then.key)
            continue
        for entry in shapes.known_keys(node, node.place, ACTIONS, reading.mistakes).values():
            _READERS[entry.key](actions, entry, occasion, reading)


def _read_finding(actions: Actions, entry: Entry, occasion: Occasion, reading: Reading) -> None:
    actions.finding = _finding(entry, occasion.title, reading)


def _read_remind(actions: Actions, entry: Entry, _occasion: Occasion, reading: Reading) -> None:
    actions.remind = _remind(entry, reading)
    _refuse_tworead_receivers(actions, entry, reading)


def _read_list(actions: Actions, entry: Entry, occasion: Occasion, reading: Reading) -> None:
    action = _list(entry, occasion.when, occasion.hold, reading)
    actions.lists += [action] if action else []


def _read_set(actions: Actions, entry: Entry, _occasion: Occasion, reading: Reading) -> None:
    actions.sets += _sets(entry, reading)


def _read_assign(actions: Actions, entry: Entry, occasion: Occasion, reading: Reading) -> None:
    actions.sets += read_assign(entry, occasion.to, reading)


def _read_task(actions: Actions, entry: Entry, occasion: Occasion, reading: Reading) -> None:
    _add_creation(actions, entry, read_task(entry, occasion.when, reading), reading)


def _read_note(actions: Actions, entry: Entry, occasion: Occasion, reading: Reading) -> None:
    _add_creation(actions, entry, read_note(entry, occasion.when, reading), reading)


def _add_creation(actions: Actions, entry: Entry, made: CreateAction | None, reading: Reading) -> None:
    """One of a kind: what came of it is remembered by the rule, the contact and the kind."""
    if made is None:
        return
    if any(one.kind is made.kind for one in actions.creations):
        reading.mistakes.add(entry.place, "made_twice", word=entry.key)
    actions.creations.append(made)


def _read_suggest(actions: Actions, entry: Entry, occasion: Occasion, reading: Reading) -> None:
    """Whom it is offered to is whom the rule reminds: only one of the two can say so."""
    found = shapes.keys(entry, ("set", "ask", "to"), reading.mistakes, required=("set",))
    if "set" in found:
        actions.suggests += _suggests(found["set"], _asked(found, reading), reading)
    if "to" in found:
        actions.offered = Remind(read_receivers(found["to"], reading))
        _refuse_tworead_receivers(actions, found["to"], reading)
    # Nobody would see a suggestion without a finding.
    actions.finding = actions.finding or Finding(Severity.INFO, occasion.title)


def _asked(found: Mapping[str, Entry], reading: Reading) -> tuple[str, ...]:
    nodes = shapes.texts(found["ask"], reading.mistakes) if "ask" in found else ()
    words = (writable(Entry(node.text, node.place, node), reading) for node in nodes)
    return tuple(word.property for word in words if word is not None and word.property is not None)


def _refuse_tworead_receivers(actions: Actions, entry: Entry, reading: Reading) -> None:
    if actions.remind is not None and actions.offered is not None:
        reading.mistakes.add(entry.place, "two_receivers")


_READERS: Mapping[str, Callable[[Actions, Entry, Occasion, Reading], None]] = {
    "finding": _read_finding,
    "remind": _read_remind,
    "list": _read_list,
    "set": _read_set,
    "assign": _read_assign,
    "task": _read_task,
    "note": _read_note,
    "suggest": _read_suggest,
}


def _finding(entry: Entry, title: Text, reading: Reading) -> Finding:
    found = shapes.keys(entry, ("severity", "message"), reading.mistakes)
    severity = shapes.choice(found["severity"], Severity, reading.mistakes) if "severity" in found else None
    message = shapes.bilingual(found["message"], reading.mistakes) if "message" in found else title
    return Finding(severity or Severity.WARNING, message)


def _remind(entry: Entry, reading: Reading) -> Remind:
    found = shapes.keys(entry, ("to", "cadence", "escalate"), reading.mistakes, required=("to",))
    cadence = shapes.choice(found["cadence"], Cadence, reading.mistakes) if "cadence" in found else None
    escalate = shapes.flag(found["escalate"], reading.mistakes) if "escalate" in found else None
    if "to" not in found:
        return Remind(())
    # Between two weekly messages nobody can be said to have let a matter lie.
    escalates = escalate is not False and cadence is not Cadence.WEEKLY
    return Remind(read_receivers(found["to"], reading), cadence or Cadence.DAILY, escalates)


def _list(entry: Entry, when: Condition, hold: tuple[str, ...], reading: Reading) -> ListAction | None:
    mistakes = reading.mistakes
    found = shapes.keys(entry, _LIST_KEYS, mistakes, required=("name", "kind", "one_per"))
    if not {"name", "kind", "one_per"} <= found.keys():
        return None
    name = shapes.text(found["name"], mistakes) or ""
    kind = shapes.choice(found["kind"], ListKind, mistakes)
    leave = shapes.choice(found["leave"], Leave, mistakes) if "leave" in found else Leave.WHEN_NO_LONGER_TRUE
    word = _one_per(found["one_per"], when, reading)
    if word is None or kind is None or leave is None:
        return None
    if "{" + word.name + "}" not in name:
        mistakes.add(found["name"].value.place, "pattern_without_item", word=word.name)
    statuses = member_statuses(when)
    read_shown(statuses, reading)
    touches, revived = read_touches(found, kind, when, reading), read_revived(found, statuses, reading)
    return ListAction(name, kind, word, leave, hold, touches, statuses, revived)


def _one_per(entry: Entry, when: Condition, reading: Reading) -> Word | None:
    name = shapes.text(entry, reading.mistakes)
    if name is None:
        return None
    grouped = grouped_part(when)
    object_type = CONTACTS if grouped is None else grouped.relation.object_type
    word = reading.word_named(name, Entry(name, entry.value.place, entry.value), object_type)
    if word is not None and not (word.kind is Kind.MULTI if grouped is None else word == grouped.per):
        reading.mistakes.add(entry.value.place, "one_per_not_grouped", word=name)
    return word


def _sets(entry: Entry, reading: Reading) -> list[SetAction]:
    found: list[SetAction] = []
    for one in shapes.entries(entry, reading.mistakes):
        word = writable(one, reading)
        if word is None or word.property is None:
            continue
        if is_lead_status(word):
            reading.mistakes.add(one.place, "status_needs_person", word=one.key)
        empty = isinstance(one.value, ScalarNode) and one.value.value is None
        value = None if empty else read_option(word, one, one.value, reading)
        if empty or value is not None:
            found.append(SetAction(word.property, value))
    return found


def _suggests(wanted: Entry, ask: tuple[str, ...], reading: Reading) -> list[Suggest]:
    found: list[Suggest] = []
    for one in shapes.entries(wanted, reading.mistakes):
        word = writable(one, reading)
        if word is None or word.property is None:
            continue
        nodes = one.value.items if isinstance(one.value, ListNode) else (one.value,)
        values = (read_option(word, one, node, reading) for node in nodes)
        found += [Suggest(word.property, value, ask) for value in values if value is not None]
    return found
