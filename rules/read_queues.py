"""Reading `queues`: named filters whose members wait for somebody, and which should all be empty."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from connector.records import CONTACTS, Kind
from rules import shapes
from rules.conditions import AnyOf, Cited, Condition, Grouped, Span, Word, walk
from rules.model import ROLES, Queue, Rule
from rules.read_conditions import Subject, read_condition
from rules.reading import Reading
from rules.spans import read_span
from rules.yaml_nodes import Entry, ListNode, MappingNode, ScalarNode, plain

TARGET = 0
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = ("title", "when", "findings", "since", "responsible", "limit", "target")
_CHANNEL = "channel"


def read_queues(sections: Sequence[Entry], rules: Sequence[Rule], reading: Reading) -> tuple[Queue, ...]:
    """The ids of queues and rules are one set of names: `explain` takes both."""
    queues: dict[str, Queue] = {}
    taken = {rule.id: (rule.file, rule.line) for rule in rules}
    for section in sections:
        for entry in shapes.entries(section, reading.mistakes):
            if not _ID.fullmatch(entry.key):
                reading.mistakes.add(entry.place, "bad_queue_id", word=entry.key)
            if entry.key in taken:
                file, line = taken[entry.key]
                reading.mistakes.add(entry.place, "duplicate_queue", word=entry.key, file=file, line=line)
            taken.setdefault(entry.key, (entry.place.file, entry.place.line))
            queue = _queue(entry, rules, reading)
            if queue is not None:
                queues.setdefault(entry.key, queue)
    return tuple(queues.values())


def _queue(entry: Entry, rules: Sequence[Rule], reading: Reading) -> Queue | None:
    mistakes = reading.mistakes
    found = shapes.keys(entry, _KEYS, mistakes, required=("title", "responsible"))
    if found and ("when" in found) == ("findings" in found):
        mistakes.add(entry.place, "queue_without_filter", word=entry.key)
        return None
    _check_target(found, reading)
    responsible = _responsible(found, reading)
    limit, since = _limit(found, reading), _since(entry, found, reading)
    cited = _cited(found["findings"], rules, reading) if "findings" in found else ()
    when = _when(found, cited, reading)
    if "title" not in found or responsible is None or since is None or when is None:
        return None
    said = [plain(entry.value), [rule.version for rule in cited]]
    return Queue(
        id=entry.key,
        title=shapes.bilingual(found["title"], mistakes),
        when=when,
        findings=tuple(rule.id for rule in cited),
        since=since,
        responsible=responsible,
        limit=limit,
        target=TARGET,
        version=hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16],
    )


def _when(found: Mapping[str, Entry], cited: Sequence[Rule], reading: Reading) -> Condition | None:
    if "when" not in found:
        return AnyOf(tuple(Cited(rule.id, rule.title, rule.when) for rule in cited))
    when = read_condition(Subject(CONTACTS, reading), found["when"].value, "when")
    if any(isinstance(part, Grouped) for part in walk(when)):
        reading.mistakes.add(found["when"].place, "per_not_listed")
        return None
    return when


def _cited(entry: Entry, rules: Sequence[Rule], reading: Reading) -> tuple[Rule, ...]:
    """Rules by id or code, or all of a channel."""
    finding = [rule for rule in rules if rule.finding is not None]
    if isinstance(entry.value, MappingNode):
        found = shapes.keys(entry, (_CHANNEL,), reading.mistakes, required=(_CHANNEL,))
        channel = shapes.text(found[_CHANNEL], reading.mistakes) if found else None
        known = sorted({rule.channel for rule in finding if rule.channel})
        if channel is not None and channel not in known:
            node = found[_CHANNEL].value
            reading.mistakes.add(node.place, "expected_choice", near=known, key=_CHANNEL, word=channel)
        return tuple(rule for rule in finding if rule.channel is not None and rule.channel == channel)
    if isinstance(entry.value, ListNode) and not entry.value.items:
        reading.mistakes.add(entry.value.place, "empty_condition", word=entry.key)
    cited: list[Rule] = []
    for node in shapes.texts(entry, reading.mistakes):
        named = next((rule for rule in rules if node.text in (rule.id, rule.code)), None)
        if named is None:
            near = [name for rule in finding for name in (rule.code, rule.id) if name]
            reading.mistakes.add(node.place, "unknown_rule", near=near, word=node.text)
        elif named.finding is None:
            reading.mistakes.add(node.place, "no_finding", word=node.text)
        else:
            cited.append(named)
    return tuple(dict.fromkeys(cited))


def _since(entry: Entry, found: Mapping[str, Entry], reading: Reading) -> Word | None:
    """The word that tells since when a contact waits."""
    if "since" not in found:
        return reading.word_named("status_since", entry, CONTACTS)
    at = found["since"]
    if "findings" in found:
        reading.mistakes.add(at.place, "not_here", word=at.key)
        return None
    name = shapes.text(at, reading.mistakes)
    word = None if name is None else reading.word_named(name, Entry(name, at.value.place, at.value), CONTACTS)
    if word is not None and word.kind is not Kind.INSTANT:
        reading.mistakes.add(at.value.place, "not_a_time", word=name)
        return None
    return word


def _responsible(found: Mapping[str, Entry], reading: Reading) -> str | None:
    role = shapes.text(found["responsible"], reading.mistakes) if "responsible" in found else None
    if role is not None and role not in ROLES:
        reading.mistakes.add(found["responsible"].value.place, "unknown_role", near=ROLES, word=role)
        return None
    return role


def _limit(found: Mapping[str, Entry], reading: Reading) -> Span | None:
    words = shapes.text(found["limit"], reading.mistakes) if "limit" in found else None
    span = None if words is None else read_span(words)
    if words is not None and span is None:
        reading.mistakes.add(found["limit"].value.place, "bad_span", word=words)
    return span


def _check_target(found: Mapping[str, Entry], reading: Reading) -> None:
    """The key may be written down, so that nobody has to know it; there is one thing to say."""
    if "target" not in found:
        return
    node = found["target"].value
    if shapes.number(node) != TARGET:
        word = node.text if isinstance(node, ScalarNode) else "…"
        reading.mistakes.add(node.place, "expected_choice", near=[str(TARGET)], key="target", word=word)
