"""Reading who is meant by `to`: the contact's people, those of a related record, or a role."""

from __future__ import annotations

from collections.abc import Mapping

from connector.records import CONTACTS, Kind
from rules import shapes
from rules.model import ROLES, Receiver, ReceiverKind
from rules.reading import Reading
from rules.yaml_nodes import Entry, ListNode, MappingNode, Node, ScalarNode

# The contact's own people, and the word that each is read from.
_PEOPLE: Mapping[str, str] = {"owner": "owner", "setter": "status_set_by"}


def read_receivers(to: Entry, reading: Reading) -> tuple[Receiver, ...]:
    nodes = to.value.items if isinstance(to.value, ListNode) else (to.value,)
    return tuple(receiver for node in nodes if (receiver := _receiver(to, node, reading)))


def _receiver(to: Entry, node: Node, reading: Reading) -> Receiver | None:
    """`owner`, `owner: {role: FS}`, `setter`, `role: Manager`, or `newest_open_deal: {owner: {role: FS}}`."""
    if isinstance(node, ScalarNode) and shapes.is_text(node):
        one = Entry(node.text, node.place, MappingNode(node.place, ()))
    elif isinstance(node, MappingNode) and len(node.entries) == 1:
        one = node.entries[0]
    else:
        reading.mistakes.add(node.place, "expected_text", word=to.key)
        return None
    if one.key in _PEOPLE:
        word = reading.word_named(_PEOPLE[one.key], one, CONTACTS)
        return word and Receiver(ReceiverKind.OWNER, must_have_role=_required_role(one, reading), word=word)
    if one.key == "role":
        return Receiver(ReceiverKind.ROLE, role=_role(one, reading))
    return _related_receiver(one, reading)


def _related_receiver(entry: Entry, reading: Reading) -> Receiver | None:
    relation = reading.related(entry.key)
    if relation is None:
        near = [*_PEOPLE, "role", *(name for name, one in reading.relations.items() if one.is_one)]
        reading.mistakes.add(entry.place, "unknown_relation", near=near, word=entry.key)
        return None
    if not relation.is_one:
        reading.mistakes.add(entry.place, "not_picked", word=entry.key)
        return None
    inside = shapes.entries(entry, reading.mistakes)
    if len(inside) != 1:
        reading.mistakes.add(entry.place, "missing_key", word="owner")
        return None
    word = reading.word(inside[0], relation.object_type)
    if word is None:
        return None
    if word.kind is not Kind.OWNER:
        reading.mistakes.add(inside[0].place, "not_here", word=word.name)
    role = _required_role(inside[0], reading)
    return Receiver(ReceiverKind.RELATED_OWNER, relation.name, must_have_role=role, word=word)


def _required_role(entry: Entry, reading: Reading) -> str | None:
    if isinstance(entry.value, ScalarNode) and entry.value.value is None:
        return None
    found = shapes.keys(entry, ("role",), reading.mistakes)
    return _role(found["role"], reading) if "role" in found else None


def _role(entry: Entry, reading: Reading) -> str | None:
    role = shapes.text(entry, reading.mistakes)
    if role is not None and role not in ROLES:
        reading.mistakes.add(entry.value.place, "unknown_role", near=ROLES, word=role)
    return role
