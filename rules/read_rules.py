"""Reading `rules`: each rule by itself first, then what rules say about one another.

A rule that is a table becomes several plain ones here, one for each row; nothing further on knows of tables.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from connector.records import CONTACTS
from rules import shapes
from rules.conditions import Cited, Comparison, Condition, Count, First, Grouped, Not, Related, grouped_part, walk
from rules.implication import conjoined
from rules.mistakes import Place
from rules.model import Rule, family_of
from rules.read_actions import Actions, read_actions
from rules.read_conditions import EVERYTHING, Subject, read_condition
from rules.read_conduct import read_channel, read_limit, read_mode, read_respect
from rules.read_tables import ALLOWED, FIRST_MATCH, TABLES, Row, chosen, cited, outside, read_rows
from rules.read_tests import TEST_KEYS
from rules.reading import Reading
from rules.text import Text
from rules.yaml_nodes import Entry, ListNode, plain

LONGEST_ID = 80
_RULE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEYS = (
    "code", "title", "for_each", "calendar", "when", *TABLES, "unless", "hold", "mode", "switched_on", "limit",
    "respect_edits", "channel", "then", *TEST_KEYS,
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """A rule that has been read but does not know the others yet: one of its own, or one row of a table.

    `place` is that of the row, `entry` and `found` are the rule's. `text` is all that decides what it means.
    """

    id: str
    place: Place
    entry: Entry
    found: Mapping[str, Entry]
    title: Text
    cited_as: Text
    when: Condition
    thens: tuple[Entry, ...]
    text: object


def read_rules(sections: Sequence[Entry], terms: object, reading: Reading) -> tuple[Rule, ...]:
    """`terms` is what named relations and scores are made of; it counts for the version of every rule that uses one."""
    families: dict[str, tuple[Draft, ...]] = {}
    for section in sections:
        for entry in shapes.entries(section, reading.mistakes):
            _check_id(entry, families, reading)
            families.setdefault(entry.key, tuple(_drafts(entry, reading)))
    book = _Book(families, reading)
    rules = tuple(_rule(draft, book, terms) for drafts in families.values() for draft in drafts)
    _refuse_two_writers(rules, book)
    return rules


def _check_id(entry: Entry, families: Mapping[str, Sequence[Draft]], reading: Reading) -> None:
    if not _RULE_ID.fullmatch(entry.key) or len(entry.key) > LONGEST_ID:
        reading.mistakes.add(entry.place, "bad_rule_id", word=entry.key[:LONGEST_ID])
    if entry.key in families:
        at = next((draft.entry.place for draft in families[entry.key]), entry.place)
        reading.mistakes.add(entry.place, "duplicate_rule", word=entry.key, file=at.file, line=at.line)


def _drafts(entry: Entry, reading: Reading) -> list[Draft]:
    found = shapes.keys(entry, _KEYS, reading.mistakes, required=("title", "for_each"))
    if not found:
        return []
    tables = [found[key] for key in TABLES if key in found]
    for other in tables[1:]:
        reading.mistakes.add(other.place, "two_shapes", word=other.key, other=tables[0].key)
    for key in () if tables else ("when", "then"):
        if key not in found:
            reading.mistakes.add(entry.place, "missing_key", word=key)
    _check_object(found, reading)
    title = shapes.bilingual(found["title"], reading.mistakes) if "title" in found else Text(entry.key, entry.key)
    subject = Subject(CONTACTS, reading.counted_by(entry.place.file, found.get("calendar")))
    when = read_condition(subject, found["when"].value, "when") if "when" in found else EVERYTHING
    said = {key: plain(one.value) for key, one in found.items() if key not in (*TABLES, *TEST_KEYS)}
    thens = (found["then"],) if "then" in found else ()
    text = [said, reading.calendar_of_file.get(entry.place.file)]
    plain_rule = Draft(entry.key, entry.place, entry, found, title, title, when, thens, text)
    drafts = _of_table(plain_rule, tables[0], read_rows(subject, tables[0]), reading) if tables else [plain_rule]
    for draft in drafts:
        _check_groups(draft, reading)
    return drafts


def _check_object(found: Mapping[str, Entry], reading: Reading) -> None:
    if "for_each" in found and shapes.text(found["for_each"], reading.mistakes) not in (None, "contact"):
        node = found["for_each"].value
        reading.mistakes.add(node.place, "expected_choice", near=["contact"], key="for_each", word=plain(node))


def _of_table(rule: Draft, table: Entry, rows: Sequence[Row], reading: Reading) -> list[Draft]:
    """`allowed` is one rule; of the others each row is."""
    as_cited = Cited(rule.id, rule.title, rule.when)
    said = [plain(row.node) for row in rows]
    if table.key == ALLOWED:
        if not rule.thens:
            reading.mistakes.add(rule.place, "missing_key", word="then")
        return [dataclasses.replace(rule, when=outside(rule.when, rows, as_cited), text=[rule.text, said])]
    drafts: list[Draft] = []
    for number, row in enumerate(rows):
        before = rows[:number] if table.key == FIRST_MATCH else ()
        name = cited(as_cited, row)
        thens = (*rule.thens, *([row.found["then"]] if "then" in row.found else ()))
        if not thens:
            reading.mistakes.add(row.place, "missing_key", word="then")
        when = chosen(rule.when, row, before, as_cited)
        text = [rule.text, said[: number + 1] if before else said[number]]
        drafts.append(Draft(name.rule_id, row.place, rule.entry, rule.found, rule.title, name.title, when, thens, text))
    return drafts


def _check_groups(draft: Draft, reading: Reading) -> None:
    groups = [part for part in walk(draft.when) if isinstance(part, Grouped)]
    if groups and (len(groups) > 1 or grouped_part(draft.when) is None):
        place = draft.found["when"].place if "when" in draft.found else draft.place
        reading.mistakes.add(place, "not_here", word="per")


@dataclasses.dataclass(frozen=True, slots=True)
class _Book:
    """Every rule of the files by its id; those of one table under one name."""

    families: Mapping[str, Sequence[Draft]]
    reading: Reading

    def condition(self, draft: Draft, asked_by: tuple[str, ...] = ()) -> Condition:
        """`when`, and that none of the rules under `unless` holds."""
        if draft.id in asked_by:
            self.reading.mistakes.add(draft.entry.place, "rule_circle", word=draft.entry.key)
            return EVERYTHING
        unless = [
            Not(Cited(one.id, one.cited_as, self.condition(one, (*asked_by, draft.id))))
            for one in self.named(draft, "unless")
        ]
        return conjoined(draft.when, *unless) if unless else draft.when

    def named(self, draft: Draft, key: str) -> list[Draft]:
        """The rules that `unless` or `hold` names, a table's rows one by one; those that are not there are reported."""
        if key not in draft.found:
            return []
        found: list[Draft] = []
        for node in shapes.texts(draft.found[key], self.reading.mistakes):
            family = self.families.get(node.text.partition("/")[0], ())
            meant = [one for one in family if node.text in {one.id, one.entry.key}]
            if not meant:
                self.reading.mistakes.add(node.place, "unknown_rule", near=self.names, word=node.text)
            found += meant
        return found

    @property
    def names(self) -> list[str]:
        rows = (draft.id for family in self.families.values() for draft in family)
        return [*dict.fromkeys([*self.families, *rows])]


def _rule(draft: Draft, book: _Book, terms: object) -> Rule:
    reading, found = book.reading, draft.found
    held_by = book.named(draft, "hold")
    when = book.condition(draft)
    hold = tuple(one.id for one in held_by)
    actions = Actions()
    for then in draft.thens:
        _check_outcome(draft, then, reading)
        read_actions(actions, then, when, draft.title, hold, reading)
    if grouped_part(when) is not None and not actions.lists:
        reading.mistakes.add(found["when"].place if "when" in found else draft.place, "per_not_listed")
    mentioned = {part.rule_id for part in walk(when) if isinstance(part, Cited)} | set(hold)
    others = [one.text for family in book.families.values() for one in family if one.id in mentioned]
    return Rule(
        id=draft.id,
        code=shapes.text(found["code"], reading.mistakes) if "code" in found else None,
        title=draft.title,
        object_type=CONTACTS,
        when=when,
        mode=read_mode(found, writes=bool(actions.sets or actions.lists), reading=reading),
        limit=read_limit(found, reading),
        finding=actions.finding,
        remind=actions.remind,
        lists=tuple(actions.lists),
        sets=tuple(actions.sets),
        suggests=tuple(actions.suggests),
        version=_version([draft.text, *others], terms if _uses_terms(when) else None),
        file=draft.place.file,
        line=draft.place.line,
        respect_edits=read_respect(found, reading),
        channel=read_channel(found, reading),
    )


def _check_outcome(draft: Draft, then: Entry, reading: Reading) -> None:
    """What was not understood has been reported already."""
    if isinstance(then.value, ListNode) and not then.value.items:
        reading.mistakes.add(draft.entry.place, "no_action", word=draft.entry.key)


def _uses_terms(when: Condition) -> bool:
    """Whether it speaks of what is defined beside the rules."""
    return any(
        isinstance(part, Related | First | Count | Grouped)
        or (isinstance(part, Comparison) and part.word.points is not None)
        for part in walk(when)
    )


def _version(texts: Sequence[object], terms: object) -> str:
    content = json.dumps([texts, terms], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _refuse_two_writers(rules: Sequence[Rule], book: _Book) -> None:
    writers: dict[str, str] = {}
    for rule in rules:
        family = family_of(rule.id)
        for action in rule.sets:
            first = writers.setdefault(action.property, family)
            if first != family:
                place = book.families[family][0].entry.place
                book.reading.mistakes.add(place, "two_writers", word=action.property, other=first)
