"""Reading `relations`: names for linked records, such as the first meeting of a round."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from connector.records import CALLS, COMPANIES, CONTACTS, DEALS, EMAILS, MEETINGS, NOTES, TASKS
from rules import shapes
from rules.conditions import All, Condition, Pick, Relation, Via
from rules.read_conditions import Subject, read_condition, read_pick
from rules.reading import Reading
from rules.text import Text
from rules.words import OTHER_CONTACTS
from rules.yaml_nodes import Entry

_KEYS = ("label", "from", "where", "pick")
PLAIN: Mapping[str, Relation] = {
    DEALS: Relation(DEALS, DEALS, Text("取引", "deals")),
    MEETINGS: Relation(MEETINGS, MEETINGS, Text("ミーティング", "meetings")),
    CALLS: Relation(CALLS, CALLS, Text("電話", "calls")),
    EMAILS: Relation(EMAILS, EMAILS, Text("メール", "e-mails")),
    NOTES: Relation(NOTES, NOTES, Text("メモ", "notes")),
    TASKS: Relation(TASKS, TASKS, Text("タスク", "tasks")),
    COMPANIES: Relation(COMPANIES, COMPANIES, Text("関連する会社", "companies")),
    "company": Relation("company", COMPANIES, Text("会社", "company"), via=Via.COMPANY),
    "siblings": Relation(
        "siblings", OTHER_CONTACTS, Text("同じ会社の他のコンタクト", "other contacts of the company"), via=Via.SIBLINGS
    ),
    "older_twins": Relation(
        "older_twins",
        OTHER_CONTACTS,
        Text("同一人物と思われる古いコンタクト", "older contacts of probably the same person"),
        via=Via.OLDER_TWINS,
    ),
}


def read_relations(sections: Sequence[Entry], reading: Reading) -> dict[str, Relation]:
    """Every relation by name, those that every portal has (`deals`, `meetings`) included."""
    named: dict[str, Entry] = {}
    for section in sections:
        for entry in shapes.entries(section, reading.mistakes):
            if entry.key in PLAIN or reading.dictionary.word(CONTACTS, entry.key) is not None:
                reading.mistakes.add(entry.place, "relation_is_word", word=entry.key)
            named[entry.key] = entry
    circle = _Resolution(named, reading, dict(PLAIN))
    for name in named:
        circle.resolve(name, ())
    return circle.done


@dataclasses.dataclass(frozen=True, slots=True)
class _Resolution:
    named: Mapping[str, Entry]
    reading: Reading
    done: dict[str, Relation]
    broken: set[str] = dataclasses.field(default_factory=set[str])

    def resolve(self, name: str, asked_by: tuple[str, ...]) -> Relation | None:
        """Relations may be made from others in any order, never from themselves."""
        if name in self.done:
            return self.done[name]
        entry = self.named.get(name)
        if entry is None or name in self.broken:
            return None
        relation = None
        if name in asked_by:
            self.reading.mistakes.add(entry.place, "relation_circle", word=name)
        else:
            relation = self._read(entry, (*asked_by, name))
        if relation is None:
            self.broken.add(name)
        else:
            self.done[name] = relation
        return relation

    def _read(self, entry: Entry, asked_by: tuple[str, ...]) -> Relation | None:
        mistakes = self.reading.mistakes
        found = shapes.keys(entry, _KEYS, mistakes, required=("from",))
        source = shapes.text(found["from"], mistakes) if "from" in found else None
        if source is None:
            return None
        origin = self.resolve(source, asked_by)
        if origin is None:
            if source not in self.named:
                mistakes.add(found["from"].value.place, "unknown_relation", near=[*PLAIN, *self.named], word=source)
            return None
        if origin.pick is not None or (origin.is_one and "pick" in found):
            mistakes.add(found["from"].value.place, "picked_twice", word=source)
        label = shapes.bilingual(found["label"], mistakes) if "label" in found else Text(entry.key, entry.key)
        subject = Subject(origin.object_type, self.reading.counted_by(entry.place.file, None))
        where = read_condition(subject, found["where"].value, "where") if "where" in found else None
        pick = self._pick(subject, found["pick"]) if "pick" in found else None
        return Relation(entry.key, origin.object_type, label, _both(origin.where, where), pick, origin.via)

    def _pick(self, subject: Subject, entry: Entry) -> Pick | None:
        found = shapes.keys(entry, ("latest", "earliest"), self.reading.mistakes)
        return read_pick(subject, next(iter(found.values()))) if found else None


def _both(first: Condition | None, second: Condition | None) -> Condition | None:
    if first is None or second is None:
        return first or second
    return All((first, second))
