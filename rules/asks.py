"""Which records and properties of the CRM a rule or queue asks about, so that it can rest where these cannot be read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from connector.records import COMPANIES, CONTACTS
from rules.conditions import Comparison, Condition, Grouped, OfRecords, Relation, Sum, Via, Word, walk
from rules.model import Queue, Receiver, Rule, RuleSet, family_of
from rules.text import Text
from rules.words import MEANINGS, stored_as

# An object type, or one property of it.
Source = str | tuple[str, str]


def of_rule(rule: Rule, rule_set: RuleSet) -> frozenset[Source]:
    found: set[Source] = set()
    for condition in rule.asked:
        found.update(_of(condition))
    for action in rule.lists:
        found.update(_of_word(action.one_per))
    receivers = [*(rule.remind.to if rule.remind else ()), *(one for action in rule.creations for one in action.to)]
    for receiver in receivers:
        found.update(_of_receiver(receiver, rule_set))
    return frozenset(found)


def of_queue(queue: Queue) -> frozenset[Source]:
    return frozenset((*_of(queue.when), *_of_word(queue.since)))


def judges_owner(rule: Rule) -> bool:
    """Whether it holds for what the contact's owner is, so that another owner may settle the matter."""
    comparisons = (part for part in walk(rule.when) if isinstance(part, Comparison))
    return any((one.word.object_type, one.word.name) == (CONTACTS, "owner") for one in comparisons)


def resting(rule_set: RuleSet, unread: Mapping[Source, Text]) -> dict[str, Text]:
    """By id the rules that cannot judge, each with the reason: they ask for what cannot be read, or do what follows from
    another rule that does.
    """
    found: dict[str, Text] = {}
    if not unread:
        return found
    for rule in rule_set.rules:
        cause = next((unread[source] for source in sorted(of_rule(rule, rule_set) & unread.keys(), key=str)), None)
        if cause is not None:
            found[rule.id] = cause
    while True:
        more = {
            rule.id: cause
            for rule in rule_set.rules
            if rule.id not in found and (cause := _behind(rule, rule_set, found))
        }
        if not more:
            return found
        found |= more


def _behind(rule: Rule, rule_set: RuleSet, found: Mapping[str, Text]) -> Text | None:
    """Another rule decides about what this one does, and nobody knows what it says."""
    ids = {other for action in rule.lists for other in action.hold}
    ids |= {one.id for name in rule.writes for one in rule_set.ahead_of(rule, name)}
    return next((found[one] for one in sorted(found) if one in ids or family_of(one) in ids), None)


def _of(condition: Condition) -> Iterator[Source]:
    for part in walk(condition):
        if isinstance(part, Comparison):
            yield from _of_word(part.word)
            if isinstance(part.operand, Word):
                yield from _of_word(part.operand)
        elif isinstance(part, OfRecords):
            yield from _of_relation(part.relation)
            if isinstance(part, Sum):
                yield from _of_word(part.of)
            if isinstance(part, Grouped):
                yield from _of_word(part.per)


def _of_relation(relation: Relation) -> Iterator[Source]:
    yield stored_as(relation.object_type)
    if relation.via in (Via.COMPANY, Via.SIBLINGS, Via.OLDER_TWINS):
        yield COMPANIES
    if relation.where is not None:
        yield from _of(relation.where)
    if relation.pick is not None:
        yield from _of_word(relation.pick.by)


def _of_word(word: Word) -> Iterator[Source]:
    kind = stored_as(word.object_type)
    yield kind
    if word.property is not None:
        yield kind, word.property
    meaning = MEANINGS.get(word.object_type, {}).get(word.name)
    if meaning is not None:
        yield from (stored_as(of) for of, _ in meaning.reads)
    for point in word.points.items if word.points else ():
        yield from _of(point.when)


def _of_receiver(receiver: Receiver, rule_set: RuleSet) -> Iterable[Source]:
    relation = rule_set.relations.get(receiver.relation) if receiver.relation else None
    return () if relation is None else _of_relation(relation)


def rest_of(queues: Collection[Queue], unread: Collection[Source]) -> frozenset[str]:
    """The queues that cannot be counted."""
    return frozenset(one.id for one in queues if not one.findings and of_queue(one) & set(unread))
