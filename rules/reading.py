"""What the readers of rule files share: the mistakes, the words there are, and the properties that were used."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from connector.records import COMPANIES, CONTACTS, DEALS, MEETINGS
from rules.conditions import Relation, Word
from rules.mistakes import Mistakes, nearest
from rules.model import Vocabulary
from rules.text import Text
from rules.words import Dictionary
from rules.yaml_nodes import Entry

OBJECT_NAMES: Mapping[str, Text] = {
    CONTACTS: Text("コンタクト", "a contact"),
    COMPANIES: Text("会社", "a company"),
    DEALS: Text("取引", "a deal"),
    MEETINGS: Text("ミーティング", "a meeting"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """`used` collects (object type, CRM property) of every word that is understood."""

    mistakes: Mistakes
    dictionary: Dictionary
    vocabulary: Vocabulary
    relations: Mapping[str, Relation]
    used: set[tuple[str, str]] = dataclasses.field(default_factory=set[tuple[str, str]])

    def word(self, entry: Entry, object_type: str) -> Word | None:
        """The word that a key names; what is not there is reported."""
        return self.word_named(entry.key, entry, object_type)

    def word_named(self, name: str, entry: Entry, object_type: str, also: tuple[str, ...] = ()) -> Word | None:
        """`also` are further names that would be right in this place."""
        word = self.dictionary.word(object_type, name)
        if word is None:
            self._report_unknown(name, entry, object_type, also)
            return None
        for kind, property_name in self.dictionary.missing(word):
            self.mistakes.add(entry.place, "property_gone", word=name, of=kind, property=property_name)
        self.used.update(self.dictionary.reads(word))
        return word

    def _report_unknown(self, name: str, entry: Entry, object_type: str, also: tuple[str, ...]) -> None:
        near = [*self.dictionary.names(object_type), *also]
        portal_known = self.dictionary.definitions is not None
        if not self.dictionary.checks(object_type) and (portal_known or nearest(name, near) is None):
            self.mistakes.warn(entry.place, "unchecked_word", word=name)
            # To be needed is what has the type's definitions read, after which the word is checked.
            self.used.add((object_type, name))
            return
        of = OBJECT_NAMES[object_type]
        self.mistakes.add_about(entry.place, "unknown_word", of, near=near, word=name)
