"""Reading the tests of rules: beneath a rule, or in `rule_tests` under the rule's id."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from rules import shapes
from rules.model import Rule
from rules.read_given import HISTORY, Giving, read_given, read_moment, read_who
from rules.rule_tests import Expected, Given, Moment, Outcome, RuleTest, RuleTests, Step, Timeline
from rules.yaml_nodes import Entry, MappingNode, Node, ScalarNode, plain

TEST_KEYS = ("tests", "timeline")
_OF_A_RULE = (Outcome.MATCH, Outcome.NOTHING)
_OF_A_FINDING = (Outcome.FINDING_OPEN, Outcome.FINDING_CLOSED, Outcome.NOTHING)
_NAMED = {Outcome.ROW, Outcome.MEMBER_OF, Outcome.HELD_BY, Outcome.VALUE}
# What a test says itself takes the place of these among what is given to all tests of a rule.
_REPLACES: Mapping[str, tuple[str, ...]] = {HISTORY: ("lead_status", "status_since"), "status_since": (HISTORY,)}


def without_tests(rule: Node) -> Node:
    """A rule's meaning, which its tests do not change."""
    if not isinstance(rule, MappingNode):
        return rule
    return MappingNode(rule.place, tuple(entry for entry in rule.entries if entry.key not in TEST_KEYS))


def read_tests(
    rule_sections: Sequence[Entry], test_sections: Sequence[Entry], rules: Sequence[Rule], giving: Giving
) -> RuleTests:
    """`rules` are those that `rule_sections` came to."""
    tests: list[RuleTest] = []
    timelines: list[Timeline] = []
    mistakes = giving.reading.mistakes
    blocks = [
        (rule.key, {one.key: one for one in rule.value.entries if one.key in TEST_KEYS})
        for section in rule_sections
        if isinstance(section.value, MappingNode)
        for rule in section.value.entries
        if isinstance(rule.value, MappingNode)
    ]
    for section in test_sections:
        for entry in shapes.entries(section, mistakes):
            if not rows_of(rules, entry.key):
                mistakes.add(entry.place, "unknown_rule", near=[rule.id for rule in rules], word=entry.key)
            blocks.append((entry.key, shapes.keys(entry, TEST_KEYS, mistakes)))
    for rule, found in blocks:
        reader = _Reader(rule, rows_of(rules, rule), rules, giving)
        tests += reader.tests(found["tests"]) if "tests" in found else []
        timelines += reader.timelines(found["timeline"]) if "timeline" in found else []
    options = {of: tuple(values) for of, values in giving.options.items()}
    return RuleTests(tuple(tests), tuple(timelines), options)


def rows_of(rules: Sequence[Rule], rule_id: str) -> list[Rule]:
    """The rule of this id, or the rows of the table of this id."""
    return [rule for rule in rules if rule.id == rule_id or rule.id.startswith(f"{rule_id}/")]


@dataclasses.dataclass(frozen=True, slots=True)
class _Shared:
    """What all tests of a block start from."""

    now: Entry | None = None
    given: tuple[Entry, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the tests of one rule; `rows` are what the rule came to."""

    rule: str
    rows: Sequence[Rule]
    rules: Sequence[Rule]
    giving: Giving

    def tests(self, entry: Entry) -> list[RuleTest]:
        """A list, or `cases` with what they share."""
        mistakes = self.giving.reading.mistakes
        if not isinstance(entry.value, MappingNode):
            nodes = shapes.items(entry, mistakes)
            return [test for number, node in enumerate(nodes, 1) if (test := self._test(node, number, _Shared()))]
        found = shapes.keys(entry, ("now", "given", "cases"), mistakes, required=("cases",))
        given = shapes.entries(found["given"], mistakes) if "given" in found else ()
        nodes = shapes.items(found["cases"], mistakes) if "cases" in found else ()
        shared = _Shared(found.get("now"), given)
        return [test for number, node in enumerate(nodes, 1) if (test := self._test(node, number, shared))]

    def _test(self, node: Node, number: int, shared: _Shared) -> RuleTest | None:
        mistakes = self.giving.reading.mistakes
        entry = Entry("tests", node.place, node)
        required = ("expect",) if shared.now else ("now", "expect")
        found = shapes.keys(entry, ("name", "now", "given", "expect", "told"), mistakes, required=required)
        said = found.get("now", shared.now)
        now = read_moment(said.value, self.giving) if said else None
        expected = self._expected(found["expect"]) if "expect" in found else None
        own = shapes.entries(found["given"], mistakes) if "given" in found else ()
        if now is None or expected is None:
            return None
        given = read_given(_laid_over(shared.given, own), now, self.giving)
        told = read_who(found["told"].value, "told", self.giving) if "told" in found else None
        if given is None:
            return None
        name = shapes.text(found["name"], mistakes) if "name" in found else None
        return RuleTest(self.rule, name or f"{number}", now, given, expected, told, node.place.file, node.place.line)

    def _expected(self, entry: Entry) -> Expected | None:
        outcomes = [*_OF_A_RULE]
        if any(rule.id != self.rule for rule in self.rows):
            outcomes.append(Outcome.ROW)
        if any(rule.lists for rule in self.rows):
            outcomes += [Outcome.MEMBER_OF, Outcome.HELD_BY]
        if any(rule.writes for rule in self.rows):
            outcomes.append(Outcome.VALUE)
        outcomes += [Outcome(kind) for kind in sorted({one.kind.value for rule in self.rows for one in rule.creations})]
        expected = self._outcome(entry, outcomes)
        if expected is None:
            return None
        mistakes = self.giving.reading.mistakes
        known = {
            Outcome.ROW: [rule.id.removeprefix(f"{self.rule}/") for rule in self.rows],
            Outcome.HELD_BY: [rule.id for rule in self.rules],
        }.get(expected.outcome, expected.names)
        sentence = "unknown_row" if expected.outcome is Outcome.ROW else "unknown_rule"
        for name in expected.names:
            if name not in known:
                mistakes.add(entry.value.place, sentence, near=known, word=name)
        return expected

    def _outcome(self, entry: Entry, outcomes: Sequence[Outcome]) -> Expected | None:
        text = entry.value.text if isinstance(entry.value, ScalarNode) else ""
        for outcome in outcomes:
            rest = text.removeprefix(outcome.value)
            if outcome not in _NAMED and text == outcome.value:
                return Expected(outcome)
            if outcome in _NAMED and rest != text and rest.strip():
                return Expected(outcome, tuple(name.strip() for name in rest.split(",")))
        possible = [outcome.value + (" …" if outcome in _NAMED else "") for outcome in outcomes]
        self.giving.reading.mistakes.add(entry.value.place, "bad_expect", near=possible, word=text)
        return None

    def timelines(self, entry: Entry) -> list[Timeline]:
        moments: list[Moment] = []
        entries: tuple[Entry, ...] = ()
        history: tuple[Step, ...] = ()
        for node in shapes.items(entry, self.giving.reading.mistakes):
            found = shapes.keys(
                Entry("timeline", node.place, node),
                ("at", "set", "expect"),
                self.giving.reading.mistakes,
                required=("at", "expect"),
            )
            at = read_moment(found["at"].value, self.giving) if "at" in found else None
            expected = self._outcome(found["expect"], _OF_A_FINDING) if "expect" in found else None
            if at is None or expected is None:
                continue
            if moments and at <= moments[-1].at:
                self.giving.reading.mistakes.add(found["at"].value.place, "not_later", word=plain(found["at"].value))
            own = self._changes(found["set"]) if "set" in found else ()
            entries = _laid_over(entries, own)
            given = read_given(entries, moments[0].at if moments else at, self.giving)
            if given is None:
                return []
            if any(one.key == "lead_status" for one in own):
                history = (*history, Step(_status(given, self.giving), at))
            given = dataclasses.replace(given, history=history)
            moments.append(Moment(at, given, expected, node.place.line))
        return [Timeline(self.rule, tuple(moments), entry.place.file, entry.place.line)] if moments else []

    def _changes(self, entry: Entry) -> tuple[Entry, ...]:
        """History comes about by itself: each `lead_status` that is set is a change at that time."""
        found = shapes.entries(entry, self.giving.reading.mistakes)
        for one in found:
            if one.key in (HISTORY, "status_since"):
                self.giving.reading.mistakes.add(one.place, "not_here", word=one.key)
        return tuple(one for one in found if one.key not in (HISTORY, "status_since"))


def _status(given: Given, giving: Giving) -> str | None:
    status = given.contact.properties.get(giving.reading.vocabulary.property)
    return status if isinstance(status, str) else None


def _laid_over(shared: Sequence[Entry], own: Sequence[Entry]) -> tuple[Entry, ...]:
    replaced = {name for one in own for name in (one.key, *_REPLACES.get(one.key, ()))}
    return (*(one for one in shared if one.key not in replaced), *own)
