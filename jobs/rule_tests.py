"""Runs the tests that stand in rule files, each on what it gives alone, and says what came of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from jobs.rule_bench import Bench, Seen
from rules.creation_kind import CreationKind
from rules.explain import Explained
from rules.model import Loaded, Rule
from rules.portal_options import with_options
from rules.read_tests import rows_of
from rules.rule_tests import Expected, Given, Outcome, RuleTest, RuleTests, Timeline, Who
from rules.words import Catalogue


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """A rule, or a row of its table, and why it holds or not."""

    rule: Rule
    lines: Sequence[Explained]


@dataclasses.dataclass(frozen=True, slots=True)
class Ran:
    """One test that was run. `reasons` where it failed, and of every test where they are asked for."""

    rule: str
    name: str
    file: str
    line: int
    expected: str
    got: str
    reasons: Sequence[Reason]

    @property
    def passed(self) -> bool:
        return self.expected == self.got

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "name": self.name,
            "file": self.file,
            "line": self.line,
            "passed": self.passed,
            "expected": self.expected,
            "got": self.got,
            "reasons": [
                {"rule": one.rule.id, "conditions": [line.as_json() for line in one.lines]} for one in self.reasons
            ],
        }


def run_tests(loaded: Loaded, catalogue: Catalogue | None, *, explain_all: bool = False) -> list[Ran]:
    """Nothing where the files have mistakes: these come first."""
    if loaded.rule_set is None or not loaded.tests.number:
        return []
    rule_set = with_options(loaded.rule_set, loaded.tests.options)
    bench = Bench(rule_set, catalogue, _people(loaded.tests))
    runner = _Runner(bench, rule_set.rules, explain_all)
    try:
        tests = [runner.test(test) for test in loaded.tests.tests]
        return [*tests, *(runner.timeline(one) for one in loaded.tests.timelines)]
    finally:
        bench.close()


@dataclasses.dataclass(frozen=True, slots=True)
class _Runner:
    bench: Bench
    rules: Sequence[Rule]
    explain_all: bool

    def test(self, test: RuleTest) -> Ran:
        rows = rows_of(self.rules, test.rule)
        self.bench.put(test.given)
        seen = self.bench.look(rows, test.now)
        expected, got = str(_in_order(test.expected, test.rule, rows)), str(_got(test, seen))
        if test.told is not None:
            expected += f", told: {self.bench.name_of(self.bench.id_of(test.told))}"
            got += "".join(f", told: {self.bench.name_of(_told(one))}" for one in seen if _acts(one))
        reasons = self._reasons(rows, test.now, expected, got)
        return Ran(test.rule, test.name, test.file, test.line, expected, got, reasons)

    def timeline(self, timeline: Timeline) -> Ran:
        """Ends at the first moment that is not as expected."""
        rows = tuple(rows_of(self.rules, timeline.rule))
        self.bench.forget_findings()
        at, expected, got = timeline.moments[0], "", ""
        for moment in timeline.moments:
            self.bench.put(moment.given)
            self.bench.round(rows, moment.at)
            at, expected, got = moment, str(moment.expected), self._finding(rows)
            if expected != got:
                break
        name = f"timeline, {at.at:%Y-%m-%d %H:%M}"
        return Ran(
            timeline.rule, name, timeline.file, at.line, expected, got, self._reasons(rows, at.at, expected, got)
        )

    def _reasons(self, rows: Sequence[Rule], now: datetime, expected: str, got: str) -> list[Reason]:
        if expected == got and not self.explain_all:
            return []
        return [Reason(row, self.bench.reasons(row, now)) for row in rows]

    def _finding(self, rows: Sequence[Rule]) -> str:
        states = self.bench.finding_states(rows)
        if not states:
            return Outcome.NOTHING.value
        return (Outcome.FINDING_OPEN if any(states) else Outcome.FINDING_CLOSED).value


def _got(test: RuleTest, seen: Sequence[Seen]) -> Expected:
    """In the words of what was expected, so that both can be compared."""
    hits = [one for one in seen if _acts(one)]
    if not hits:
        return Expected(Outcome.NOTHING)
    outcome = test.expected.outcome
    if outcome is Outcome.MATCH:
        return Expected(outcome)
    if outcome in (Outcome.TASK, Outcome.NOTE):
        made = any(CreationKind(outcome.value) in one.made for one in hits)
        return Expected(outcome if made else Outcome.MATCH)
    if outcome is Outcome.VALUE:
        values = tuple("empty" if value is None else value for one in hits for value in one.values)
        return Expected(outcome, values) if values else Expected(Outcome.NOTHING)
    if outcome is Outcome.ROW or any(one.rule.id != test.rule for one in hits):
        return Expected(Outcome.ROW, tuple(_row_name(one.rule, test.rule) for one in hits))
    return _places(hits) if any(one.rule.lists for one in hits) else Expected(Outcome.MATCH)


def _acts(one: Seen) -> bool:
    """Whether anything comes of the rule. One that sets values does nothing where they are right already."""
    if one.rule.finding is not None:
        return one.matched
    if one.made:
        return True
    return bool(one.items or one.values) if one.rule.lists or one.rule.writes else one.matched


def _told(one: Seen) -> str | None:
    """Who is reminded; of a rule that reminds nobody, whose task it is."""
    return one.receiver if one.rule.remind is not None else one.made.get(CreationKind.TASK, one.receiver)


def _places(hits: Sequence[Seen]) -> Expected:
    """A rule that holds a contact holds it off all lists alike."""
    holders = sorted({holder for one in hits for holder in one.items.values() if holder})
    if holders:
        return Expected(Outcome.HELD_BY, tuple(holders))
    labels = (_labels(one.rule).get(item, item) for one in hits for item in one.items)
    return Expected(Outcome.MEMBER_OF, tuple(sorted(labels)))


def _in_order(expected: Expected, rule_id: str, rows: Sequence[Rule]) -> Expected:
    """Rows as they stand in the file, lists by their labels: the order in which a test names them says nothing."""
    if expected.outcome is Outcome.ROW:
        names = [_row_name(row, rule_id) for row in rows]
        return Expected(expected.outcome, tuple(name for name in names if name in expected.names))
    if expected.outcome is not Outcome.MEMBER_OF:
        return expected
    labels = {item: label for row in rows for item, label in _labels(row).items()}
    return Expected(expected.outcome, tuple(sorted(labels.get(name, name) for name in expected.names)))


def _row_name(row: Rule, rule_id: str) -> str:
    return row.id.removeprefix(f"{rule_id}/")


def _labels(rule: Rule) -> dict[str, str]:
    return {option.value: option.label for action in rule.lists for option in action.one_per.options}


def _people(tests: RuleTests) -> Iterator[Who]:
    for test in tests.tests:
        yield from _mentioned(test.given)
        if test.told is not None:
            yield test.told
    for timeline in tests.timelines:
        for moment in timeline.moments:
            yield from _mentioned(moment.given)


def _mentioned(given: Given) -> Iterator[Who]:
    values = (value for record in given.records for value in record.properties.values())
    yield from (value for value in values if isinstance(value, Who))
    yield from (step.by for step in given.history if step.by is not None)
