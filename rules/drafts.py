"""What each rule says by itself, before it knows the others: one draft for a plain rule, one for each row of a table.

Nothing further on knows of tables.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence

from connector.records import CONTACTS
from rules import shapes
from rules.conditions import Cited, Condition, Grouped, grouped_part, walk
from rules.mistakes import Place
from rules.read_conditions import EVERYTHING, Subject, read_condition
from rules.read_tables import ALLOWED, FIRST_MATCH, TABLES, Row, chosen, cited, outside, read_rows
from rules.read_tests import TEST_KEYS
from rules.reading import Reading
from rules.text import Text
from rules.yaml_nodes import Entry, plain

LONGEST_ID = 80
SCORE = "score"
_RULE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEYS = (
    "code", "title", "was", "owner", "for_each", "calendar", "when", *TABLES, SCORE, "for", "unless", "hold", "quiet_if", "mode",
    "switched_on", "limit", "respect_edits", "channel", "then", *TEST_KEYS,
)  # fmt: skip
# What a rule was called and whom to ask about it says nothing about what it means.
_MEANS_NOTHING = ("was", "owner")


@dataclasses.dataclass(frozen=True, slots=True)
class Draft:
    """`place` is that of the row, `entry` and `found` are the rule's. `text` is all that decides what it means.

    `when` leaves out what `unless` adds. `to` is the row's own, `was` are ids it had before.
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
    to: Entry | None = None
    was: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Family:
    """A rule as it stands in its file. `table` None: it is a plain one, of one draft. `head` is its `when`."""

    entry: Entry
    drafts: tuple[Draft, ...] = ()
    table: Entry | None = None
    rows: tuple[Row, ...] = ()
    head: Condition = EVERYTHING


def read_families(sections: Sequence[Entry], reading: Reading) -> dict[str, Family]:
    families: dict[str, Family] = {}
    for section in sections:
        for entry in shapes.entries(section, reading.mistakes):
            _check_id(entry, families, reading)
            families.setdefault(entry.key, _family(entry, reading))
    return families


def _check_id(entry: Entry, families: Mapping[str, Family], reading: Reading) -> None:
    if not _RULE_ID.fullmatch(entry.key) or len(entry.key) > LONGEST_ID:
        reading.mistakes.add(entry.place, "bad_rule_id", word=entry.key[:LONGEST_ID])
    if entry.key in families:
        at = families[entry.key].entry.place
        reading.mistakes.add(entry.place, "duplicate_rule", word=entry.key, file=at.file, line=at.line)


def _family(entry: Entry, reading: Reading) -> Family:
    found = shapes.keys(entry, KEYS, reading.mistakes, required=("title", "for_each"))
    if not found:
        return Family(entry)
    table = _shape(entry, found, reading)
    _check_object(found, reading)
    title = shapes.bilingual(found["title"], reading.mistakes) if "title" in found else Text(entry.key, entry.key)
    subject = Subject(CONTACTS, reading.counted_by(entry.place.file, found.get("calendar")))
    when = read_condition(subject, found["when"].value, "when") if "when" in found else EVERYTHING
    said = _said(found.values(), without=(*TABLES, *TEST_KEYS, *_MEANS_NOTHING))
    text = [said, reading.calendar_of_file.get(entry.place.file)]
    thens = (found["then"],) if "then" in found else ()
    was = tuple(node.text for node in shapes.texts(found["was"], reading.mistakes)) if "was" in found else ()
    rule = Draft(entry.key, entry.place, entry, found, title, title, when, thens, text, was=was)
    rows = read_rows(subject, table) if table else ()
    drafts = (rule,) if table is None else tuple(_of_table(rule, table, rows, reading))
    for draft in drafts:
        _check_groups(draft, reading)
    return Family(entry, drafts, table, rows, when)


def _shape(entry: Entry, found: Mapping[str, Entry], reading: Reading) -> Entry | None:
    """The table, where the rule is one."""
    special = [found[key] for key in (*TABLES, SCORE) if key in found]
    for other in special[1:]:
        reading.mistakes.add(other.place, "two_shapes", word=other.key, other=special[0].key)
    for key in () if special else ("when", "then"):
        if key not in found:
            reading.mistakes.add(entry.place, "missing_key", word=key)
    return special[0] if special and special[0].key in TABLES else None


def _check_object(found: Mapping[str, Entry], reading: Reading) -> None:
    if "for_each" in found and shapes.text(found["for_each"], reading.mistakes) not in (None, "contact"):
        node = found["for_each"].value
        reading.mistakes.add(node.place, "expected_choice", near=["contact"], key="for_each", word=plain(node))


def _said(entries: Collection[Entry], without: Collection[str]) -> dict[str, object]:
    return {one.key: plain(one.value) for one in entries if one.key not in without}


def _of_table(rule: Draft, table: Entry, rows: Sequence[Row], reading: Reading) -> list[Draft]:
    """`allowed` is one rule; of the others each row is."""
    said = [_said(row.entries, without=_MEANS_NOTHING) for row in rows]
    if table.key == ALLOWED:
        if not rule.thens:
            reading.mistakes.add(rule.place, "missing_key", word="then")
        when = outside(rule.when, rows, Cited(rule.id, rule.title, rule.when))
        return [dataclasses.replace(rule, when=when, text=[rule.text, said])]
    drafts: list[Draft] = []
    for number, row in enumerate(rows):
        in_order = table.key == FIRST_MATCH
        text = [rule.text, said[: number + 1] if in_order else said[number]]
        drafts.append(_of_row(rule, row, rows[:number] if in_order else (), text, reading))
    return drafts


def _of_row(rule: Draft, row: Row, before: Sequence[Row], text: object, reading: Reading) -> Draft:
    as_cited = Cited(rule.id, rule.title, rule.when)
    name = cited(as_cited, row)
    thens = (*rule.thens, *([row.found["then"]] if "then" in row.found else ()))
    if not thens:
        reading.mistakes.add(row.place, "missing_key", word="then")
    return dataclasses.replace(
        rule,
        id=name.rule_id,
        place=row.place,
        cited_as=name.title,
        when=chosen(rule.when, row, before, as_cited),
        thens=thens,
        text=text,
        to=row.found.get("to"),
        was=tuple(_former_ids(rule, row, reading)),
    )


def _former_ids(rule: Draft, row: Row, reading: Reading) -> list[str]:
    """Under every name that rule and row had, but for the one they have now."""
    names = [row.name]
    if "was" in row.found:
        names += [node.text for node in shapes.texts(row.found["was"], reading.mistakes)]
    ids = [f"{rule_id}/{name}" for rule_id in (rule.id, *rule.was) for name in names]
    return ids[1:]


def _check_groups(draft: Draft, reading: Reading) -> None:
    groups = [part for part in walk(draft.when) if isinstance(part, Grouped)]
    if groups and (len(groups) > 1 or grouped_part(draft.when) is None):
        place = draft.found["when"].place if "when" in draft.found else draft.place
        reading.mistakes.add(place, "not_here", word="per")
