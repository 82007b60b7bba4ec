"""Reading what a rule would write: an owner to assign, a score with its rank; and the users that rules name."""

from __future__ import annotations

from collections.abc import Mapping

from connector.records import CONTACTS, Kind
from rules import shapes
from rules.conditions import Word
from rules.model import NamedOwner, Rank, ScoreAction, SetAction
from rules.read_conditions import Subject
from rules.read_points import KEYS as POINTS_KEYS
from rules.read_points import read_points
from rules.read_values import is_lead_status, read_option
from rules.reading import Reading
from rules.yaml_nodes import Entry, MappingNode, Node, ScalarNode

OF_THE_ROW = "to"


def writable(entry: Entry, reading: Reading) -> Word | None:
    """A word of the contact that stands for a property of the CRM."""
    word = reading.word(entry, CONTACTS)
    if word is not None and word.property is None:
        reading.mistakes.add(entry.place, "not_here", word=entry.key)
    return word


def read_assign(entry: Entry, to: Entry | None, reading: Reading) -> list[SetAction]:
    """`assign: {owner: mail-or-id}`, or `assign: to` for what the row of the table says under `to`."""
    if isinstance(entry.value, ScalarNode) and entry.value.text == OF_THE_ROW:
        if to is None:
            reading.mistakes.add(entry.value.place, "no_to_in_row")
            return []
        entry = to
    node = entry.value
    if isinstance(node, MappingNode) or entry is not to:
        found = shapes.keys(entry, ("owner",), reading.mistakes)
        if "owner" not in found:
            if isinstance(node, MappingNode) and not node.entries:
                reading.mistakes.add(entry.place, "missing_key", word="owner")
            return []
        node = found["owner"].value
    owner = read_owner(node, reading)
    word = reading.word_named("owner", entry, CONTACTS)
    return [SetAction(word.property, owner)] if owner and word and word.property else []


def read_owner(node: Node, reading: Reading) -> NamedOwner | None:
    """A user's mail address or id; one whom nobody knows, or who has left, is pointed out."""
    said = node.text.strip() if isinstance(node, ScalarNode) else ""
    if not said.isdecimal() and "@" not in said:
        reading.mistakes.add(node.place, "not_a_user", word=said)
        return None
    owner = NamedOwner(said)
    if reading.people is None:
        return owner
    person = reading.people.named(owner)
    if person is None:
        near = [one.email for one in reading.people.persons if one.email]
        reading.mistakes.warn(node.place, "unknown_user", near=near, word=said)
    elif not person.live:
        reading.mistakes.warn(node.place, "user_gone", word=said)
    return owner


def read_score(entry: Entry, reading: Reading) -> ScoreAction | None:
    found = shapes.keys(entry, ("into", *POINTS_KEYS, "rank"), reading.mistakes, required=("into", "points"))
    word = _into(found, reading)
    points = read_points(Subject(CONTACTS, reading), found)
    rank = _rank(found["rank"], reading) if "rank" in found else None
    if word is None or word.property is None or points is None:
        return None
    if word.kind not in (Kind.NUMBER, Kind.TEXT):
        reading.mistakes.add_about(found["into"].value.place, "not_a_number", word.label)
    return ScoreAction(word.property, points, rank)


def _into(found: Mapping[str, Entry], reading: Reading) -> Word | None:
    name = shapes.text(found["into"], reading.mistakes) if "into" in found else None
    if name is None:
        return None
    return writable(Entry(name, found["into"].value.place, found["into"].value), reading)


def _rank(entry: Entry, reading: Reading) -> Rank | None:
    """`bands` are options with the smallest number of each: `{HOT: 60, WARM: 30}`."""
    found = shapes.keys(entry, ("into", "bands"), reading.mistakes, required=("into", "bands"))
    word = _into(found, reading)
    if word is None or word.property is None or "bands" not in found:
        return None
    if is_lead_status(word):
        reading.mistakes.add(found["into"].value.place, "status_needs_person", word=word.name)
    bands: dict[int, str] = {}
    for one in shapes.entries(found["bands"], reading.mistakes):
        option = read_option(word, one, ScalarNode(one.place, one.key, one.key), reading)
        floor = shapes.signed_number(one, reading.mistakes)
        if floor in bands:
            reading.mistakes.add(one.place, "same_band", word=one.key, other=bands[floor])
        elif option is not None and floor is not None:
            bands[floor] = option
    if isinstance(found["bands"].value, MappingNode) and not found["bands"].value.entries:
        reading.mistakes.add(found["bands"].place, "no_bands")
    return Rank(word.property, tuple((bands[floor], floor) for floor in sorted(bands, reverse=True)))
