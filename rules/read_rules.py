"""Reading `rules`: each rule by itself first, then what rules say about one another."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date

from connector.records import CONTACTS
from rules import shapes
from rules.conditions import (
    All,
    Cited,
    Comparison,
    Condition,
    Count,
    First,
    Grouped,
    Not,
    Related,
    Span,
    SpanUnit,
    grouped_part,
    walk,
)
from rules.model import Mode, Rule
from rules.read_actions import Actions, read_actions
from rules.read_conditions import EVERYTHING, Subject, read_condition
from rules.read_tests import TEST_KEYS, without_tests
from rules.reading import Reading
from rules.spans import read_span
from rules.text import Text
from rules.yaml_nodes import Entry, ListNode, plain

DEFAULT_LIMIT = 200
DEFAULT_RESPECT = Span(30, SpanUnit.DAYS)
LEAK_CHANNEL = "leak"
_RULE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = (
    "code", "title", "for_each", "calendar", "when", "unless", "hold", "mode", "switched_on", "limit", "respect_edits",
    "channel", "then", *TEST_KEYS,
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A rule that has been read but does not know the others yet."""

    entry: Entry
    found: Mapping[str, Entry]
    title: Text
    when: Condition


def read_rules(sections: Sequence[Entry], terms: object, reading: Reading) -> tuple[Rule, ...]:
    """`terms` is what named relations and scores are made of; it counts for the version of every rule that uses one."""
    drafts: dict[str, Draft] = {}
    for section in sections:
        for entry in shapes.entries(section, reading.mistakes):
            _check_id(entry, drafts, reading)
            drafts.setdefault(entry.key, _draft(entry, reading))
    book = _Book(drafts, reading)
    rules = tuple(_rule(draft, book, terms) for draft in drafts.values())
    _refuse_two_writers(rules, drafts, reading)
    return rules


def _check_id(entry: Entry, drafts: Mapping[str, Draft], reading: Reading) -> None:
    if not _RULE_ID.fullmatch(entry.key):
        reading.mistakes.add(entry.place, "bad_rule_id", word=entry.key)
    if entry.key in drafts:
        at = drafts[entry.key].entry.place
        reading.mistakes.add(entry.place, "duplicate_rule", word=entry.key, file=at.file, line=at.line)


def _draft(entry: Entry, reading: Reading) -> Draft:
    found = shapes.keys(entry, _KEYS, reading.mistakes, required=("title", "for_each", "when", "then"))
    title = shapes.bilingual(found["title"], reading.mistakes) if "title" in found else Text(entry.key, entry.key)
    if "for_each" in found and shapes.text(found["for_each"], reading.mistakes) not in (None, "contact"):
        node = found["for_each"].value
        reading.mistakes.add(node.place, "expected_choice", near=["contact"], key="for_each", word=plain(node))
    if "when" not in found:
        return Draft(entry, found, title, EVERYTHING)
    counted = reading.counted_by(entry.place.file, found.get("calendar"))
    when = read_condition(Subject(CONTACTS, counted), found["when"].value, "when")
    _check_groups(when, found["when"], reading)
    return Draft(entry, found, title, when)


def _check_groups(when: Condition, entry: Entry, reading: Reading) -> None:
    groups = [part for part in walk(when) if isinstance(part, Grouped)]
    if groups and (len(groups) > 1 or grouped_part(when) is None):
        reading.mistakes.add(entry.place, "not_here", word="per")


@dataclasses.dataclass(frozen=True, slots=True)
class _Book:
    drafts: Mapping[str, Draft]
    reading: Reading

    def condition(self, draft: Draft, asked_by: tuple[str, ...] = ()) -> Condition:
        """`when`, and that none of the rules under `unless` holds."""
        if draft.entry.key in asked_by:
            self.reading.mistakes.add(draft.entry.place, "rule_circle", word=draft.entry.key)
            return EVERYTHING
        cited = [
            Not(Cited(one.entry.key, one.title, self.condition(one, (*asked_by, draft.entry.key))))
            for one in self.named(draft, "unless")
        ]
        if not cited:
            return draft.when
        own = draft.when.items if isinstance(draft.when, All) else (draft.when,)
        return All((*own, *cited))

    def named(self, draft: Draft, key: str) -> list[Draft]:
        """The rules that `unless` or `hold` names; those that are not there are reported."""
        if key not in draft.found:
            return []
        nodes = shapes.texts(draft.found[key], self.reading.mistakes)
        for node in nodes:
            if node.text not in self.drafts:
                self.reading.mistakes.add(node.place, "unknown_rule", near=self.drafts, word=node.text)
        return [self.drafts[node.text] for node in nodes if node.text in self.drafts]


def _rule(draft: Draft, book: _Book, terms: object) -> Rule:
    reading, found = book.reading, draft.found
    held_by = book.named(draft, "hold")
    when = book.condition(draft)
    hold = tuple(one.entry.key for one in held_by)
    actions = read_actions(found["then"], when, draft.title, hold, reading) if "then" in found else Actions()
    if grouped_part(when) is not None and not actions.lists:
        reading.mistakes.add(found["when"].place, "per_not_listed")
    _check_outcome(draft, reading)
    mentioned = {part.rule_id for part in walk(when) if isinstance(part, Cited)} | set(hold)
    cited = [draft.entry, *(book.drafts[name].entry for name in sorted(mentioned))]
    return Rule(
        id=draft.entry.key,
        code=shapes.text(found["code"], reading.mistakes) if "code" in found else None,
        title=draft.title,
        object_type=CONTACTS,
        when=when,
        mode=_mode(draft, actions, reading),
        limit=_limit(draft, reading),
        finding=actions.finding,
        remind=actions.remind,
        lists=tuple(actions.lists),
        sets=tuple(actions.sets),
        suggests=tuple(actions.suggests),
        version=_version(cited, terms if _uses_terms(when) else None, reading),
        file=draft.entry.place.file,
        line=draft.entry.place.line,
        respect_edits=_respect_edits(draft, reading),
        channel=_channel(draft, reading),
    )


def _check_outcome(draft: Draft, reading: Reading) -> None:
    """What was not understood has been reported already."""
    then = draft.found.get("then")
    if then is not None and isinstance(then.value, ListNode) and not then.value.items:
        reading.mistakes.add(draft.entry.place, "no_action", word=draft.entry.key)


def _mode(draft: Draft, actions: Actions, reading: Reading) -> Mode:
    if "mode" not in draft.found:
        return Mode.PLAN if actions.sets or actions.lists else Mode.SUGGEST
    mode = shapes.choice(draft.found["mode"], Mode, reading.mistakes)
    if mode is Mode.AUTO and not _signed(draft, reading):
        reading.mistakes.add(draft.found["mode"].place, "auto_unsigned")
    return mode or Mode.OBSERVE


def _signed(draft: Draft, reading: Reading) -> bool:
    """A rule writes by itself only where somebody has said so, when, and up to how many."""
    if "switched_on" not in draft.found or "limit" not in draft.found:
        return False
    found = shapes.keys(draft.found["switched_on"], ("by", "on"), reading.mistakes, required=("by", "on"))
    if not {"by", "on"} <= found.keys():
        return False
    day = shapes.text(found["on"], reading.mistakes) or ""
    try:
        date.fromisoformat(day)
    except ValueError:
        reading.mistakes.add(found["on"].value.place, "bad_day", word=day)
    return bool(shapes.text(found["by"], reading.mistakes))


def _limit(draft: Draft, reading: Reading) -> int:
    """None said is the default; 0 is a limit too."""
    said = shapes.whole_number(draft.found["limit"], reading.mistakes) if "limit" in draft.found else None
    return DEFAULT_LIMIT if said is None else said


def _respect_edits(draft: Draft, reading: Reading) -> Span:
    words = shapes.text(draft.found["respect_edits"], reading.mistakes) if "respect_edits" in draft.found else None
    if words is None:
        return DEFAULT_RESPECT
    span = read_span(words)
    if span is None:
        reading.mistakes.add(draft.found["respect_edits"].value.place, "bad_span", word=words)
    return span or DEFAULT_RESPECT


def _channel(draft: Draft, reading: Reading) -> str | None:
    if "channel" not in draft.found:
        return None
    name = shapes.text(draft.found["channel"], reading.mistakes)
    if name is not None and name != LEAK_CHANNEL:
        node = draft.found["channel"].value
        reading.mistakes.add(node.place, "expected_choice", near=[LEAK_CHANNEL], key="channel", word=name)
    return name


def _uses_terms(when: Condition) -> bool:
    """Whether it speaks of what is defined beside the rules."""
    return any(
        isinstance(part, Related | First | Count | Grouped)
        or (isinstance(part, Comparison) and part.word.points is not None)
        for part in walk(when)
    )


def _version(entries: Sequence[Entry], terms: object, reading: Reading) -> str:
    said = [[plain(without_tests(entry.value)), reading.calendar_of_file.get(entry.place.file)] for entry in entries]
    content = json.dumps([said, terms], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _refuse_two_writers(rules: Sequence[Rule], drafts: Mapping[str, Draft], reading: Reading) -> None:
    writers: dict[str, str] = {}
    for rule in rules:
        for action in rule.sets:
            first = writers.setdefault(action.property, rule.id)
            if first != rule.id:
                reading.mistakes.add(drafts[rule.id].entry.place, "two_writers", word=action.property, other=first)
