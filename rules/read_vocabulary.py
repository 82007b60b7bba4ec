"""Reading `vocabulary`: the lead statuses, their names, and which role may take which step; not its `guards`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from connector.records import CONTACTS
from rules import shapes
from rules.conditions import Word
from rules.mistakes import Mistakes
from rules.model import ROLES, Status, StatusGroup, Vocabulary
from rules.reason_words import ReasonWords
from rules.step_guard import Step
from rules.text import Text
from rules.words import Dictionary
from rules.yaml_nodes import Entry, ListNode, MappingNode, plain

BLANK = "blank"
_STATUS_KEYS = ("label", "aliases", "group", "reasons")


def read_vocabulary(section: Entry, dictionary: Dictionary, mistakes: Mistakes) -> Vocabulary:
    found = shapes.keys(section, ("statuses", "reasons", "steps", "guards"), mistakes, required=("statuses", "steps"))
    entries = shapes.entries(found["statuses"], mistakes) if "statuses" in found else ()
    statuses = tuple(_status(entry, dictionary, mistakes) for entry in entries)
    _refuse_double_names(entries, statuses, mistakes)
    read = list(_steps(found["steps"], statuses, mistakes)) if "steps" in found else []
    steps = {step: roles for step, roles, _ in read}
    company_wide = {step: covered for step, _, covered in read if covered}
    reasons = dict(_reasons(found["reasons"], dictionary, mistakes)) if "reasons" in found else {}
    content = json.dumps(plain(section.value), ensure_ascii=False, sort_keys=True)
    version = hashlib.sha256(content.encode()).hexdigest()[:16]
    property_name = dictionary.fields.property(CONTACTS, "lead_status") or "hs_lead_status"
    return Vocabulary(property_name, statuses, steps, version, reasons, company_wide)


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


def _reasons(section: Entry, dictionary: Dictionary, mistakes: Mistakes) -> Iterator[tuple[str, ReasonWords]]:
    for entry in shapes.entries(section, mistakes):
        word = dictionary.word(CONTACTS, entry.key)
        if word is None:
            near = dictionary.fields.properties[CONTACTS]
            mistakes.add_about(entry.place, "unknown_word", Text("コンタクト", "a contact"), near=near, word=entry.key)
        found = shapes.keys(entry, ("label", "options"), mistakes, required=("label",))
        options = shapes.entries(found["options"], mistakes) if "options" in found else ()
        if word is not None:
            _warn_of_unknown_options(word, options, mistakes)
        label = shapes.bilingual(found["label"], mistakes) if "label" in found else Text(entry.key, entry.key)
        said = {option.key: shapes.bilingual(option, mistakes) for option in options}
        yield dictionary.fields.property(CONTACTS, entry.key) or entry.key, ReasonWords(label, said)


def _warn_of_unknown_options(word: Word, options: tuple[Entry, ...], mistakes: Mistakes) -> None:
    """A warning: a label for an option that this portal lacks is never shown. Only where its options are known."""
    known = [option.value for option in word.options]
    for option in options:
        if known and option.key not in known:
            mistakes.warn_about(option.place, "no_such_option", word.label, word=option.key)


def _refuse_double_names(entries: tuple[Entry, ...], statuses: tuple[Status, ...], mistakes: Mistakes) -> None:
    meant: dict[str, str] = {}
    for entry, status in zip(entries, statuses, strict=True):
        for name in {status.value, status.label.ja, status.label.en, *status.aliases}:
            if meant.setdefault(name.lower(), status.value) != status.value:
                mistakes.add(entry.place, "duplicate_status", word=name)


def _steps(
    section: Entry, statuses: tuple[Status, ...], mistakes: Mistakes
) -> Iterator[tuple[Step, frozenset[str], tuple[str, ...]]]:
    """Each with its roles, and with the statuses of others at the company that it may be taken for."""
    values = [status.value for status in statuses]
    for row in shapes.entries(section, mistakes):
        if row.key != BLANK and row.key not in values:
            mistakes.add(row.place, "unknown_status", near=[BLANK, *values], word=row.key)
        for cell in shapes.entries(row, mistakes):
            if cell.key not in values:
                mistakes.add(cell.place, "unknown_status", near=values, word=cell.key)
            found = {"roles": cell}
            if isinstance(cell.value, MappingNode):
                found = shapes.keys(cell, ("roles", "company_wide"), mistakes, required=("roles",))
            roles = frozenset(_roles(found["roles"], mistakes)) if "roles" in found else frozenset[str]()
            covered = _covered(found["company_wide"], cell.key, values, mistakes) if "company_wide" in found else ()
            yield (None if row.key == BLANK else row.key, cell.key), roles, tuple(covered)


def _roles(entry: Entry, mistakes: Mistakes) -> Iterator[str]:
    for node in shapes.texts(entry, mistakes):
        if node.text not in ROLES:
            mistakes.add(node.place, "unknown_role", near=ROLES, word=node.text)
        yield node.text


def _covered(entry: Entry, wanted: str, values: list[str], mistakes: Mistakes) -> Iterator[str]:
    """Whoever has the status already that the step leads to is in no need of it."""
    nodes, able = shapes.texts(entry, mistakes), [value for value in values if value != wanted]
    if isinstance(entry.value, ListNode) and not entry.value.items:
        mistakes.add(entry.value.place, "expected_text", word=entry.key)
    for node in nodes:
        if node.text not in values:
            mistakes.add(node.place, "unknown_status", near=able, word=node.text)
        elif node.text == wanted:
            mistakes.add(node.place, "not_here", word=node.text)
        yield node.text
