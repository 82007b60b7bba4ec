"""Reading what a list rule says beyond its name: when members are touched, what counts as revived."""

from __future__ import annotations

from collections.abc import Mapping

from connector.records import CONTACTS, DEALS
from rules import shapes
from rules.conditions import All, Comparison, Condition, Grouped, Operator, SpanUnit, grouped_part, walk
from rules.model import ListKind
from rules.read_values import is_lead_status, read_option
from rules.reading import Reading
from rules.spans import read_span
from rules.words import MAILABLE, TOUCH_WORDS
from rules.yaml_nodes import Entry, ListNode

_TOUCHED = (ListKind.LOST, ListKind.WON)


def read_touches(found: Mapping[str, Entry], kind: ListKind, when: Condition, reading: Reading) -> tuple[int, ...]:
    """Days after the closing of the deal that made the contact a member, smallest first."""
    if "touches" not in found:
        return ()
    entry, mistakes = found["touches"], reading.mistakes
    if kind not in _TOUCHED or not _per_deal(when):
        mistakes.add(entry.place, "not_here", word=entry.key)
        return ()
    for part in walk(when):
        if isinstance(part, Comparison) and part.word.name in TOUCH_WORDS:
            mistakes.add(entry.place, "touches_from_themselves", word=part.word.name)
    for name in ("closed_at", "state"):
        reading.word_named(name, entry, DEALS)
    days: set[int] = set()
    for node in shapes.texts(entry, mistakes):
        span = read_span(node.text)
        if span is None:
            mistakes.add(node.place, "bad_span", word=node.text)
        elif span.unit is not SpanUnit.DAYS:
            mistakes.add(node.place, "touch_in_days", word=node.text)
        else:
            days.add(span.count)
    return tuple(sorted(days))


def _per_deal(when: Condition) -> bool:
    grouped: Grouped | None = grouped_part(when)
    return grouped is not None and grouped.relation.object_type == DEALS


def read_revived(found: Mapping[str, Entry], statuses: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    """The lead statuses that a member goes to when it comes back to life."""
    if "revived" not in found:
        return ()
    entry = found["revived"]
    word = reading.word_named("lead_status", entry, CONTACTS)
    if word is None or not statuses:
        reading.mistakes.add(entry.place, "not_here", word=entry.key)
        return ()
    nodes = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
    values = [read_option(word, entry, node, reading) for node in nodes]
    return tuple(value for value in values if value is not None)


def member_statuses(when: Condition) -> tuple[str, ...]:
    """The lead statuses that make somebody a member; none where the rule does not ask for one."""
    tops = when.items if isinstance(when, All) else (when,)
    for top in tops:
        if isinstance(top, Comparison) and is_lead_status(top.word) and top.operator is Operator.IS:
            operand = top.operand if isinstance(top.operand, tuple) else ()
            return tuple(value for value in operand if isinstance(value, str))
    return ()


def read_shown(statuses: tuple[str, ...], reading: Reading) -> None:
    """What is shown of members is mirrored where the portal has it: who cannot be mailed, who owns them, and why parked."""
    shown = [reading.dictionary.word(CONTACTS, name) for name in (*MAILABLE, "owner")]
    for word in shown:
        if word is not None and not reading.dictionary.missing(word):
            reading.used.update(reading.dictionary.reads(word))
    for value in statuses:
        status = reading.vocabulary.status(value)
        reading.used.update((CONTACTS, name) for name in (status.reasons if status else ()) if _there(name, reading))


def _there(property_name: str, reading: Reading) -> bool:
    known = reading.dictionary.definitions
    return known is None or property_name in known.get(CONTACTS, {})
