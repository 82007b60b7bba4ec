"""What the readers of rule files share: the mistakes, the words there are, and the properties that were used."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from connector.records import ALWAYS_MIRRORED, CALLS, COMPANIES, CONTACTS, DEALS, EMAILS, MEETINGS, NOTES, TASKS
from rules import shapes
from rules.conditions import Relation, Via, Word
from rules.mistakes import Mistakes, nearest
from rules.model import People, Vocabulary
from rules.text import Text
from rules.words import OTHER_CONTACTS, Dictionary, stored_as
from rules.yaml_nodes import Entry

OBJECT_NAMES: Mapping[str, Text] = {
    CONTACTS: Text("コンタクト", "a contact"),
    OTHER_CONTACTS: Text("コンタクト", "a contact"),
    COMPANIES: Text("会社", "a company"),
    DEALS: Text("取引", "a deal"),
    MEETINGS: Text("ミーティング", "a meeting"),
    CALLS: Text("電話", "a call"),
    EMAILS: Text("メール", "an e-mail"),
    NOTES: Text("メモ", "a note"),
    TASKS: Text("タスク", "a task"),
}
# Field-map words, or CRM properties, whose earlier values the mirror can keep.
HISTORIES: Mapping[str, tuple[str, ...]] = {CONTACTS: ("lead_status", "owner"), DEALS: ("dealstage",)}

_FOUND_BY: Mapping[Via, Sequence[tuple[str, str]]] = {
    Via.OLDER_TWINS: (
        *((CONTACTS, word) for word in ("email", "last_name", "first_name", "phone", "mobile_phone", "company_name")),
        (COMPANIES, "name"),
    ),
}
_ITS_TIME: Mapping[str, str] = {TASKS: "due_at"}


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """`scores` are words that the files themselves define. `used` collects (object type, CRM property) of every word that
    is understood, `searched` of those texts that are compared without regard to width and case, `remembered` of those
    whose history is asked for, `ways` how related records are found that are asked about. `calendar` is the one that days
    are counted by; None is the first. `people` None: nobody is known yet.
    """

    mistakes: Mistakes
    dictionary: Dictionary
    vocabulary: Vocabulary
    relations: Mapping[str, Relation]
    scores: Mapping[str, Word] = dataclasses.field(default_factory=dict[str, Word])
    used: set[tuple[str, str]] = dataclasses.field(default_factory=set[tuple[str, str]])
    searched: set[tuple[str, str]] = dataclasses.field(default_factory=set[tuple[str, str]])
    remembered: set[tuple[str, str]] = dataclasses.field(default_factory=set[tuple[str, str]])
    calendars: tuple[str, ...] = ()
    calendar_of_file: Mapping[str, str] = dataclasses.field(default_factory=dict[str, str])
    calendar: str | None = None
    ways: set[Via] = dataclasses.field(default_factory=set[Via])
    people: People | None = None

    def related(self, name: str) -> Relation | None:
        """The relation of that name; what finds its records is needed from then on, as far as the portal has it."""
        relation = self.relations.get(name)
        if relation is not None:
            self.ways.add(relation.via)
            needed = [*_FOUND_BY.get(relation.via, ())]
            # What is not always mirrored is read only where a property of it is needed.
            if relation.via is Via.LINKS and relation.object_type not in ALWAYS_MIRRORED:
                needed.append((relation.object_type, _ITS_TIME.get(relation.object_type, "at")))
            self.used.update(self.dictionary.existing(needed))
        return relation

    def word(self, entry: Entry, object_type: str) -> Word | None:
        """The word that a key names; what is not there is reported."""
        return self.word_named(entry.key, entry, object_type)

    def word_named(self, name: str, entry: Entry, object_type: str, also: tuple[str, ...] = ()) -> Word | None:
        """`also` are further names that would be right in this place."""
        if object_type == CONTACTS and name in self.scores:
            return self.scores[name]
        word = self.dictionary.word(object_type, name)
        if word is None:
            self._report_unknown(name, entry, object_type, also)
            return None
        for kind, property_name in self.dictionary.missing(word):
            self.mistakes.add(entry.place, "property_gone", word=name, of=kind, property=property_name)
        self.used.update(self.dictionary.reads(word))
        return word

    def counted_by(self, file: str, said: Entry | None) -> Reading:
        """The reading of one rule or relation, by the calendar that it names itself, or that its file does."""
        name = self.calendar_of_file.get(file) if said is None else self.calendar_named(said)
        return dataclasses.replace(self, calendar=name)

    def calendar_named(self, said: Entry) -> str | None:
        name = shapes.text(said, self.mistakes)
        if name is not None and name not in self.calendars:
            self.mistakes.add(said.value.place, "unknown_calendar", near=self.calendars, word=name)
            return None
        return name

    def has_history(self, word: Word) -> bool:
        """Whether the CRM is asked what the word's property once was; that costs calls, so it is asked of few."""
        fields = self.dictionary.fields
        kept = (fields.property(word.object_type, name) or name for name in HISTORIES.get(word.object_type, ()))
        return word.property is not None and word.property in kept

    def remember(self, word: Word) -> None:
        if word.property is not None:
            self.remembered.add((word.object_type, word.property))

    def search(self, word: Word) -> None:
        if word.property is not None:
            self.searched.add((stored_as(word.object_type), word.property))

    def _report_unknown(self, name: str, entry: Entry, object_type: str, also: tuple[str, ...]) -> None:
        near = [*self.dictionary.names(object_type), *(self.scores if object_type == CONTACTS else ()), *also]
        portal_known = self.dictionary.definitions is not None
        if not self.dictionary.checks(object_type) and (portal_known or nearest(name, near) is None):
            self.mistakes.warn(entry.place, "unchecked_word", word=name)
            # To be needed is what has the type's definitions read, after which the word is checked.
            self.used.add((object_type, name))
            return
        of = OBJECT_NAMES[object_type]
        self.mistakes.add_about(entry.place, "unknown_word", of, near=near, word=name)
