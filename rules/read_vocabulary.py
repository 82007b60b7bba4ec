"""Reading `vocabulary`: the lead statuses, their names, and which role may take which step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from connector.records import CONTACTS
from rules import shapes
from rules.mistakes import Mistakes
from rules.model import ROLES, Status, StatusGroup, Vocabulary
from rules.text import Text
from rules.words import Dictionary
from rules.yaml_nodes import Entry, plain

BLANK = "blank"
_STATUS_KEYS = ("label", "aliases", "group", "reasons")


def read_vocabulary(section: Entry, dictionary: Dictionary, mistakes: Mistakes) -> Vocabulary:
    found = shapes.keys(section, ("statuses", "steps"), mistakes, required=("statuses", "steps"))
    entries = shapes.entries(found["statuses"], mistakes) if "statuses" in found else ()
    statuses = tuple(_status(entry, dictionary, mistakes) for entry in entries)
    _refuse_double_names(entries, statuses, mistakes)
    steps = dict(_steps(found["steps"], statuses, mistakes)) if "steps" in found else {}
    content = json.dumps(plain(section.value), ensure_ascii=False, sort_keys=True)
    version = hashlib.sha256(content.encode()).hexdigest()[:16]
    property_name = dictionary.fields.property(CONTACTS, "lead_status") or "hs_lead_status"
    return Vocabulary(property_name, statuses, steps, version)


def _status(entry: Entry, dictionary: Dictionary, mistakes: Mistakes) -> Status:
    found = shapes.keys(entry, _STATUS_KEYS, mistakes, required=("label", "group"))
    words = shapes.texts(found["reasons"], mistakes) if "reasons" in found else ()
    for node in words:
        if dictionary.fields.property(CONTACTS, node.text) is None:
            near = dictionary.fields.properties[CONTACTS]
            mistakes.add_about(node.place, "unknown_word", Text("コンタクト", "a contact"), near=near, word=node.text)
    reasons = (dictionary.fields.property(CONTACTS, node.text) for node in words)
    group = shapes.choice(found["group"], StatusGroup, mistakes) if "group" in found else None
    return Status(
        entry.key,
        shapes.bilingual(found["label"], mistakes) if "label" in found else Text(entry.key, entry.key),
        group or StatusGroup.OTHER,
        tuple(node.text for node in shapes.texts(found["aliases"], mistakes)) if "aliases" in found else (),
        tuple(reason for reason in reasons if reason),
    )


def _refuse_double_names(entries: tuple[Entry, ...], statuses: tuple[Status, ...], mistakes: Mistakes) -> None:
    meant: dict[str, str] = {}
    for entry, status in zip(entries, statuses, strict=True):
        for name in {status.value, status.label.ja, status.label.en, *status.aliases}:
            if meant.setdefault(name.lower(), status.value) != status.value:
                mistakes.add(entry.place, "duplicate_status", word=name)


def _steps(
    section: Entry, statuses: tuple[Status, ...], mistakes: Mistakes
) -> Iterator[tuple[tuple[str | None, str], frozenset[str]]]:
    values = [status.value for status in statuses]
    for row in shapes.entries(section, mistakes):
        if row.key != BLANK and row.key not in values:
            mistakes.add(row.place, "unknown_status", near=[BLANK, *values], word=row.key)
        for cell in shapes.entries(row, mistakes):
            if cell.key not in values:
                mistakes.add(cell.place, "unknown_status", near=values, word=cell.key)
            roles = shapes.texts(cell, mistakes)
            for node in roles:
                if node.text not in ROLES:
                    mistakes.add(node.place, "unknown_role", near=ROLES, word=node.text)
            yield (None if row.key == BLANK else row.key, cell.key), frozenset(node.text for node in roles)
