"""Reading a folder of rule files into one rule set, or into every mistake that is in them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from connector.records import CONTACTS
from rules import shapes
from rules.business_calendar import Calendar
from rules.drafts import read_families
from rules.fields import FieldMap
from rules.lint import lint
from rules.mistakes import Mistakes, Place
from rules.model import Loaded, People, Queue, Rule, RuleSet, Vocabulary
from rules.read_calendar import read_calendars
from rules.read_given import Giving
from rules.read_guards import read_guards
from rules.read_order import read_order
from rules.read_queues import read_queues
from rules.read_relations import read_relations
from rules.read_rules import read_rules
from rules.read_scores import read_scores
from rules.read_tests import read_tests, without_tests
from rules.read_vocabulary import read_vocabulary
from rules.reading import Reading
from rules.rule_tests import RuleTests
from rules.words import MEANINGS, Catalogue, Dictionary
from rules.yaml_nodes import LARGEST_FILE, Entry, MappingNode, plain, read_nodes

LIBRARY = Path(__file__).parent / "library"
FORMAT = "1"
SECTIONS = ("calendar", "vocabulary", "calendars", "relations", "scores", "rules", "queues", "order", "rule_tests")
_ONCE = ("vocabulary", "calendars", "order")
# What a folder does not say itself is taken from the shipped files, so that it need hold only what differs.
_SHIPPED: Mapping[str, str] = {
    "vocabulary": "vocabulary.yaml",
    "calendars": "calendars.yaml",
    "relations": "terms.yaml",
}
Asked = tuple[Mapping[str, bytes], Catalogue | None, FieldMap, People | None]
# What was read last, and of what. Each round reads the files again and nearly always finds them as they were; to make rules
# of them again would take longer than all else that a quiet round does.
_KEPT = 8
_read_last: list[tuple[Asked, Loaded]] = []


def load(folder: Path, catalogue: Catalogue | None, fields: FieldMap, people: People | None = None) -> Loaded:
    """`catalogue` None checks without the CRM: structure and standard words only. `people` None: nobody that rules name
    is looked up. A single file will do for `folder`.
    """
    mistakes = Mistakes()
    files: dict[str, bytes] = {}
    for path in _rule_files(folder, mistakes):
        name = path.name if path == folder else path.relative_to(folder).as_posix()
        content = _content(name, path, mistakes)
        if content is not None:
            files[name] = content
    return _load(files, catalogue, fields, people, mistakes)


def load_files(
    files: Mapping[str, bytes], catalogue: Catalogue | None, fields: FieldMap, people: People | None = None
) -> Loaded:
    """The same of files that were read already, by name."""
    return _load(files, catalogue, fields, people, Mistakes())


def _load(
    files: Mapping[str, bytes],
    catalogue: Catalogue | None,
    fields: FieldMap,
    people: People | None,
    mistakes: Mistakes,
) -> Loaded:
    asked = (files, catalogue, fields, people)
    readable = not mistakes.errors and not mistakes.warnings
    if readable and (kept := next((loaded for known, loaded in _read_last if known == asked), None)):
        _keep(asked, kept)
        return kept
    sections: dict[str, list[Entry]] = {name: [] for name in SECTIONS}
    for name, content in files.items():
        _read_file(name, content, sections, mistakes)
    for name, file in _SHIPPED.items():
        if not sections[name]:
            _read_file(file, (LIBRARY / file).read_bytes(), sections, mistakes)
    rule_set, tests = _rule_set(sections, Dictionary.of(catalogue, fields), people, mistakes)
    errors = mistakes.errors
    loaded = Loaded(None if errors else rule_set, errors, mistakes.warnings, files, tests)
    if readable and not errors:
        _keep(asked, loaded)
    return loaded


def _keep(asked: Asked, loaded: Loaded) -> None:
    others = [one for one in _read_last if one[1] is not loaded]
    _read_last[:] = [(asked, loaded), *others[: _KEPT - 1]]


def _rule_files(folder: Path, mistakes: Mistakes) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        mistakes.add(Place(str(folder), 1, 1), "no_folder")
        return []
    for path in sorted(folder.rglob("*.yml")):
        mistakes.warn(Place(path.relative_to(folder).as_posix(), 1, 1), "other_extension")
    found = sorted(folder.rglob("*.yaml"))
    if not found:
        mistakes.add(Place(str(folder), 1, 1), "no_files")
    return found


def _content(name: str, path: Path, mistakes: Mistakes) -> bytes | None:
    """Never more than a rule file may hold, however large the file is; what is no plain file is not opened at all."""
    if path.is_dir():
        return None
    problem = "not a plain file"
    try:
        if path.is_file():
            with path.open("rb") as file:
                return file.read(LARGEST_FILE + 1)
    except OSError as error:
        problem = error.strerror or str(error)
    mistakes.add(Place(name, 1, 1), "unreadable", problem=problem)
    return None


def _read_file(name: str, content: bytes, sections: Mapping[str, list[Entry]], mistakes: Mistakes) -> None:
    node = read_nodes(name, content, mistakes)
    if node is None or not _has_format(name, node, mistakes):
        return
    found = shapes.known_keys(node, node.place, ("format", *SECTIONS), mistakes)
    for section in SECTIONS:
        if section not in found:
            continue
        if section in _ONCE and sections[section]:
            first = sections[section][0].place.file
            mistakes.add(found[section].place, "duplicate_section", word=section, file=first)
        sections[section].append(found[section])


def _has_format(name: str, node: MappingNode, mistakes: Mistakes) -> bool:
    first = node.entries[0] if node.entries else None
    if first is None or first.key != "format":
        mistakes.add(Place(name, 1, 1), "no_format")
        return False
    said = str(plain(first.value))
    if said != FORMAT:
        mistakes.add(first.value.place, "unknown_format", word=said)
    return said == FORMAT


def _rule_set(
    sections: Mapping[str, list[Entry]], dictionary: Dictionary, people: People | None, mistakes: Mistakes
) -> tuple[RuleSet | None, RuleTests]:
    if not sections["vocabulary"] or not sections["calendars"]:
        return None, RuleTests()
    vocabulary = read_vocabulary(sections["vocabulary"][0], dictionary, mistakes)
    calendars = read_calendars(sections["calendars"][0], mistakes)
    bare = _by_calendars(
        Reading(mistakes, dictionary, vocabulary, {}, calendars=tuple(calendars)), sections["calendar"]
    )
    relations = read_relations(sections["relations"], bare)
    plain_words = dataclasses.replace(bare, relations=relations, people=people)
    reading = dataclasses.replace(plain_words, scores=read_scores(sections["scores"], plain_words))
    # Every examination derives these, whatever the rules ask.
    for word in ("round_start", "owner"):
        reading.word_named(word, sections["vocabulary"][0], CONTACTS)
    if vocabulary.company_wide:
        reading.used.update(dictionary.existing([(CONTACTS, "services")]))
    named = (*sections["relations"], *sections["scores"])
    terms = [[plain(one.value), bare.calendar_of_file.get(one.place.file)] for one in named]
    # A mistake among the relations would be said once more of each guard that asks for them.
    guards = () if mistakes.errors else read_guards(sections["vocabulary"][0], reading)
    families = read_families(sections["rules"], reading)
    rules = read_rules(families, terms, reading)
    order = read_order(next(iter(sections["order"]), None), rules, families, reading)
    lint(families, rules, order, reading)
    queues = read_queues(sections["queues"], rules, reading)
    # What only tests mention need not be mirrored: they have a record of their own of what is used.
    giving = Giving(
        dataclasses.replace(reading, used=set(), searched=set(), remembered=set(), ways=set()),
        next(iter(calendars.values())).zone,
        {},
    )
    tests = read_tests(sections["rules"], sections["rule_tests"], rules, giving)
    rule_set = _assembled(sections, rules, queues, vocabulary, calendars, reading)
    return dataclasses.replace(rule_set, order=order, guards=guards), tests


def _by_calendars(bare: Reading, said: Sequence[Entry]) -> Reading:
    """`calendar: us` at the top of a file holds for all that is in it."""
    named = {entry.place.file: name for entry in said if (name := bare.calendar_named(entry))}
    return dataclasses.replace(bare, calendar_of_file=named)


def _assembled(
    sections: Mapping[str, Sequence[Entry]],
    rules: tuple[Rule, ...],
    queues: tuple[Queue, ...],
    vocabulary: Vocabulary,
    calendars: Mapping[str, Calendar],
    reading: Reading,
) -> RuleSet:
    dictionary = reading.dictionary
    words = {
        kind: {name: word for name in meanings if (word := dictionary.word(kind, name))}
        for kind, meanings in MEANINGS.items()
    }
    remembered = {*reading.remembered, (CONTACTS, vocabulary.property)}
    said = {name: [_meaning(section) for section in found] for name, found in sections.items() if name != "rule_tests"}
    fields = {kind: dict(properties) for kind, properties in dictionary.fields.properties.items()}
    content = json.dumps([said, fields], ensure_ascii=False, sort_keys=True)
    version = hashlib.sha256(content.encode()).hexdigest()[:16]
    return RuleSet(
        rules,
        vocabulary,
        next(iter(calendars.values())),
        calendars,
        dict(reading.relations),
        words,
        needs=_by_type(reading.used),
        version=version,
        searched=_by_type(reading.searched),
        histories=_by_type(remembered),
        ways=frozenset(reading.ways),
        queues=queues,
    )


def _by_type(properties: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for object_type, name in properties:
        found[object_type].add(name)
    return {object_type: frozenset(names) for object_type, names in found.items()}


def _meaning(section: Entry) -> object:
    """What a section says, without the tests that stand beneath its rules."""
    if section.key != "rules" or not isinstance(section.value, MappingNode):
        return plain(section.value)
    return {rule.key: plain(without_tests(rule.value)) for rule in section.value.entries}
