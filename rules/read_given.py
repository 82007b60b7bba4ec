"""Reading what a rule test gives of a contact: words become the CRM properties behind them, local times instants."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from connector.records import CONTACTS, DEALS, MEETINGS, Kind
from rules import shapes
from rules.conditions import Via, Word
from rules.model import ROLES
from rules.read_values import is_lead_status, read_option
from rules.reading import Reading
from rules.rule_tests import Given, GivenRecord, Step, Who
from rules.words import MEANINGS, OTHER_CONTACTS
from rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode

Value = str | Who | None

RAW = "raw"
HISTORY = "history"
_SINCE = "status_since"
_RECORDED = "record_created_at"
_SIBLINGS = "siblings"
# Other contacts, and what relation they are found by: who is somebody's twin is the rules' affair.
_OTHERS: Mapping[str, str] = {OTHER_CONTACTS: CONTACTS, _SIBLINGS: CONTACTS}
# A contact that nothing is said of has been there for so long.
_AGE = timedelta(days=365)
# Another contact is older by so much.
_OLDER = timedelta(days=1)
# What a word is worth where only another one is given. A meeting always has a start in the CRM.
_FOLLOWS: Mapping[tuple[str, str], str] = {(MEETINGS, "starts_at"): "ends_at"}


@dataclasses.dataclass(frozen=True, slots=True)
class Giving:
    """What reading a test needs. `options` collects the choices that tests name; see `RuleTests.options`."""

    reading: Reading
    zone: ZoneInfo
    options: dict[tuple[str, str], dict[str, None]]

    def property(self, object_type: str, word: str) -> str | None:
        return self.reading.dictionary.fields.property(object_type, word)

    def relations(self) -> dict[str, str]:
        """The names under which records can be given, with their object type: relations that are links and no more."""
        found = [one for one in self.reading.relations.values() if one.via is Via.LINKS]
        return {one.name: one.object_type for one in found if one.where is None and one.pick is None}


def read_moment(node: Node, giving: Giving) -> datetime | None:
    """A local time; a day alone means its beginning."""
    text = node.text if isinstance(node, ScalarNode) else ""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        giving.reading.mistakes.add(node.place, "bad_moment", word=text)
        return None
    return found if found.tzinfo else found.replace(tzinfo=giving.zone)


def read_who(node: Node, key: str, giving: Giving) -> Who | None:
    """`FS`, or `{role: FS, live: false, name: 山田}`; what is left out is no role, live and no name."""
    mistakes = giving.reading.mistakes
    if isinstance(node, ScalarNode):
        return Who((node.text,)) if _is_role(node, giving) else None
    found = shapes.keys(Entry(key, node.place, node), ("role", "live", "name", RAW), mistakes)
    roles = shapes.texts(found["role"], mistakes) if "role" in found else ()
    live = shapes.flag(found["live"], mistakes) if "live" in found else True
    name = shapes.text(found["name"], mistakes) if "name" in found else ""
    known = tuple(sorted(role.text for role in roles if _is_role(role, giving)))
    return Who(known, live is not False, name or "")


def _is_role(node: ScalarNode, giving: Giving) -> bool:
    if node.text not in ROLES:
        giving.reading.mistakes.add(node.place, "unknown_role", near=ROLES, word=node.text)
    return node.text in ROLES


def read_given(entries: Iterable[Entry], now: datetime, giving: Giving) -> Given | None:
    """None where a word means nothing, or nothing as long as no portal is known; the mistakes say so."""
    relations = giving.relations()
    own: list[Entry] = []
    linked: list[Entry] = []
    others: dict[str, Entry] = {}
    steps: Entry | None = None
    for entry in entries:
        if entry.key == HISTORY:
            steps = entry
        elif entry.key in _OTHERS:
            others[entry.key] = entry
        elif entry.key in giving.reading.relations:
            linked.append(entry)
        else:
            own.append(entry)
    default = now - _AGE
    contact = _record(CONTACTS, own, default, giving)
    if contact is None:
        return None
    history = _history(steps, own, contact, giving)
    if steps is not None and history:
        contact = _with_status(contact, history[-1].status, giving)
    related = [record for entry in linked for record in _related(entry, relations, contact.recorded_at, giving)]
    before = contact.recorded_at - _OLDER
    found = {name: [*_related(entry, _OTHERS, before, giving)] for name, entry in others.items()}
    if any(record is None for some in (related, *found.values()) for record in some):
        return None
    return Given(
        contact, history, _known(related), _known(found.get(OTHER_CONTACTS, ())), _known(found.get(_SIBLINGS, ()))
    )


def _known(records: Iterable[GivenRecord | None]) -> tuple[GivenRecord, ...]:
    return tuple(record for record in records if record is not None)


def _with_status(contact: GivenRecord, status: str | None, giving: Giving) -> GivenRecord:
    changed = {**contact.properties, giving.reading.vocabulary.property: status}
    return dataclasses.replace(contact, properties=changed)


def _history(steps: Entry | None, own: Sequence[Entry], contact: GivenRecord, giving: Giving) -> tuple[Step, ...]:
    """Either written out, or one change to the present status at `status_since`."""
    since = next((entry for entry in own if entry.key == _SINCE), None)
    if steps is None:
        at = read_moment(since.value, giving) if since and not _is_empty(since.value) else None
        status = contact.properties.get(giving.reading.vocabulary.property)
        return (Step(status if isinstance(status, str) else None, at),) if at else ()
    for entry in own:
        if entry.key in (_SINCE, "lead_status"):
            giving.reading.mistakes.add(entry.place, "beside_history", word=entry.key)
    found = [step for node in shapes.items(steps, giving.reading.mistakes) if (step := _step(steps, node, giving))]
    return tuple(sorted(found, key=lambda step: step.at))


def _step(entry: Entry, node: Node, giving: Giving) -> Step | None:
    found = shapes.keys(
        Entry(entry.key, node.place, node), ("at", "status", "by"), giving.reading.mistakes, required=("at", "status")
    )
    if not {"at", "status"} <= found.keys():
        return None
    word = giving.reading.word_named("lead_status", found["status"], CONTACTS)
    at = read_moment(found["at"].value, giving)
    if word is None or at is None:
        return None
    status = _value(word, found["status"], giving)
    by = read_who(found["by"].value, "by", giving) if "by" in found else None
    return Step(status if isinstance(status, str) else None, at, by)


def _related(
    entry: Entry, relations: Mapping[str, str], default: datetime, giving: Giving
) -> Iterable[GivenRecord | None]:
    """A list of records; a single one may stand without the list."""
    mistakes = giving.reading.mistakes
    if entry.key not in relations:
        mistakes.add(entry.place, "not_given", near=[*relations, *_OTHERS], word=entry.key)
        return
    nodes = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
    for node in nodes:
        if isinstance(node, MappingNode):
            yield _record(relations[entry.key], node.entries, default, giving)
        else:
            mistakes.add(node.place, "expected_mapping", word=entry.key)


def _record(object_type: str, entries: Sequence[Entry], default: datetime, giving: Giving) -> GivenRecord | None:
    """A record is as old as `default` where nothing says when it was made."""
    said = {entry.key: entry for entry in entries}
    for (kind, word), other in _FOLLOWS.items():
        if kind == object_type and word not in said and other in said:
            said[word] = dataclasses.replace(said[other], key=word)
    properties: dict[str, Value] = {}
    recorded: datetime | None = None
    for entry in said.values():
        word = giving.reading.word_named(entry.key, entry, object_type)
        if word is None:
            return None
        if word.name == _SINCE:
            continue
        if word.name == _RECORDED:
            recorded = read_moment(entry.value, giving)
        else:
            properties.update(_values(word, entry, giving))
    created = giving.property(object_type, "created_at")
    if created is None:
        return GivenRecord(object_type, properties, recorded or default)
    made = properties.setdefault(created, _instant(default))
    return GivenRecord(object_type, properties, recorded or datetime.fromisoformat(str(made or _instant(default))))


def _values(word: Word, entry: Entry, giving: Giving) -> Mapping[str, Value]:
    """The CRM properties that a word stands for, with their values."""
    if (word.object_type, word.name) == (DEALS, "state"):
        return _deal_state(word, entry, giving)
    if word.property is None:
        reads = MEANINGS[word.object_type][word.name].reads
        words = ", ".join(dict.fromkeys(name for _, name in reads)) or HISTORY
        giving.reading.mistakes.add(entry.place, "derived_word", word=word.name, words=words)
        return {}
    return {word.property: _value(word, entry, giving)}


def _deal_state(word: Word, entry: Entry, giving: Giving) -> Mapping[str, Value]:
    state = read_option(word, entry, entry.value, giving.reading)
    closed, won = giving.property(DEALS, "is_closed"), giving.property(DEALS, "is_won")
    if state is None or closed is None or won is None:
        return {}
    return {closed: str(state != "open").lower(), won: str(state == "won").lower()}


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value is None


def _value(word: Word, entry: Entry, giving: Giving) -> Value:
    """One value as the CRM writes it; None where it is empty, and where it is wrong, which is reported."""
    if _is_empty(entry.value):
        return None
    raw = entry.value.get(RAW) if isinstance(entry.value, MappingNode) else None
    if raw is not None:
        return shapes.text(Entry(RAW, raw.place, raw), giving.reading.mistakes)
    return _READERS[word.kind](word, entry, giving)


def _text(_word: Word, entry: Entry, giving: Giving) -> Value:
    if isinstance(entry.value, ScalarNode):
        return entry.value.text
    giving.reading.mistakes.add(entry.value.place, "expected_text", word=entry.key)
    return None


def _choices(word: Word, entry: Entry, giving: Giving) -> Value:
    """Values or labels. A portal's choices are its own affair: what it does not have is one of the test's portal."""
    if is_lead_status(word):
        return read_option(word, entry, entry.value, giving.reading)
    nodes = entry.value.items if isinstance(entry.value, ListNode) else (entry.value,)
    return ";".join(value for node in nodes if (value := _choice(word, entry, node, giving)) is not None)


def _choice(word: Word, entry: Entry, node: Node, giving: Giving) -> str | None:
    if isinstance(node, MappingNode) and (raw := node.get(RAW)) is not None:
        return shapes.text(Entry(RAW, raw.place, raw), giving.reading.mistakes)
    if not isinstance(node, ScalarNode) or node.value is None:
        giving.reading.mistakes.add(node.place, "expected_text", word=entry.key)
        return None
    value = next((option.value for option in word.options if option.label == node.text), node.text)
    if word.property is not None:
        giving.options.setdefault((word.object_type, word.property), {})[value] = None
    return value


def _number(_word: Word, entry: Entry, giving: Giving) -> Value:
    if shapes.number(entry.value) is not None and isinstance(entry.value, ScalarNode):
        return entry.value.text
    giving.reading.mistakes.add(entry.value.place, "expected_number", word=entry.key)
    return None


def _moment(_word: Word, entry: Entry, giving: Giving) -> Value:
    found = read_moment(entry.value, giving)
    return _instant(found) if found else None


def _day(_word: Word, entry: Entry, giving: Giving) -> Value:
    text = entry.value.text if isinstance(entry.value, ScalarNode) else ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        giving.reading.mistakes.add(entry.value.place, "bad_day", word=text)
        return None


def _person(_word: Word, entry: Entry, giving: Giving) -> Value:
    return read_who(entry.value, entry.key, giving)


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


_READERS: Mapping[Kind, Callable[[Word, Entry, Giving], Value]] = {
    Kind.TEXT: _text,
    Kind.CHOICE: _choices,
    Kind.MULTI: _choices,
    Kind.NUMBER: _number,
    Kind.INSTANT: _moment,
    Kind.DATE: _day,
    Kind.OWNER: _person,
}
