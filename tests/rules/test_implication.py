"""What is said of two conditions without any record is true of every record."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.records import CONTACTS, Kind, Option
from rules.conditions import All, AnyOf, Comparison, Condition, Not, Operator, Word
from rules.implication import exclude, implies
from rules.text import Text
from tests.rules.portal import rule_text, rules_from

STATUS = Word(CONTACTS, "status", Kind.CHOICE, Text("s", "s"), "status", tuple(Option(v, v) for v in "abc"))
SCORE = Word(CONTACTS, "score", Kind.NUMBER, Text("n", "n"), "score")
VALUES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3, unique=True).map(tuple)
BOUNDS = (Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE_THAN, Operator.LESS_THAN)
COMPARISONS = st.one_of(
    st.builds(Comparison, st.just(STATUS), st.sampled_from((Operator.IS, Operator.IS_NOT)), VALUES, st.booleans()),
    st.builds(Comparison, st.just(SCORE), st.sampled_from(BOUNDS), st.integers(0, 3), st.booleans()),
    st.builds(
        Comparison, st.sampled_from((STATUS, SCORE)), st.sampled_from((Operator.KNOWN, Operator.UNKNOWN)), st.none()
    ),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: All(tuple(items))),
        st.lists(inner, max_size=3).map(lambda items: AnyOf(tuple(items))),
        inner.map(Not),
    ),
    max_leaves=6,
)
RECORDS = [{"status": status, "score": score} for status in (None, *"abc") for score in (None, 0, 1, 2, 3, 4)]


def true_of(condition: Condition, record: dict[str, str | int | None]) -> bool:
    if isinstance(condition, All | AnyOf):
        found = [true_of(item, record) for item in condition.items]
        return all(found) if isinstance(condition, All) else any(found)
    if isinstance(condition, Not):
        return not true_of(condition.item, record)
    assert isinstance(condition, Comparison)
    return compared(condition, record[condition.word.name])


def compared(condition: Comparison, seen: str | int | None) -> bool:
    operator, operand = condition.operator, condition.operand
    if operator in {Operator.KNOWN, Operator.UNKNOWN}:
        return (seen is not None) == (operator is Operator.KNOWN)
    if seen is None:
        return condition.or_missing or operator is Operator.IS_NOT
    if isinstance(operand, tuple):
        return (seen in operand) == (operator is Operator.IS)
    assert isinstance(seen, int)
    assert isinstance(operand, int)
    holds = {Operator.AT_LEAST: seen >= operand, Operator.AT_MOST: seen <= operand}
    return {**holds, Operator.MORE_THAN: seen > operand, Operator.LESS_THAN: seen < operand}[operator]


@given(CONDITIONS, CONDITIONS)
def test_what_follows_holds_wherever_the_first_holds(first: Condition, second: Condition) -> None:
    if implies(first, second):
        assert [r for r in RECORDS if true_of(first, r) and not true_of(second, r)] == []


@given(CONDITIONS, CONDITIONS)
def test_what_is_excluded_never_holds_together(first: Condition, second: Condition) -> None:
    if exclude(first, second):
        assert [r for r in RECORDS if true_of(first, r) and true_of(second, r)] == []


def conditions(folder: Path, first: str, second: str) -> tuple[Condition, Condition]:
    rule_set = rules_from(folder, rule_text("one", f"- {first}") + rule_text("two", f"- {second}"))
    return rule_set.rule("one").when, rule_set.rule("two").when


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("lead_status: NEW", "lead_status: [NEW, OPEN_DEAL]"),
        ("{lead_status: NEW, lead_score: {at_least: 50}}", "lead_score: {more_than: 49}"),
        ("lead_score: {between: [10, 20]}", "lead_score: {at_most: 20}"),
        ("lead_score: {at_least: 1}", "lead_score: {known: true}"),
        ("lead_status: {known: false}", "lead_status: {is_not: NEW, or_missing: true}"),
        ("created_at: {older_than: 5 days}", "created_at: {older_than: 3 days}"),
        ("services: crm_setup", "services: [crm_setup, web_report]"),
        ("owner: {role: FS}", "owner: {role: [FS, IS]}"),
        ("lead_status: NEW", "any: [{lead_status: NEW}, {lead_score: 5}]"),
    ],
)
def test_what_surely_follows_is_recognised(tmp_path: Path, first: str, second: str) -> None:
    one, other = conditions(tmp_path, first, second)
    assert (implies(one, other), implies(other, one)) == (True, False)


@pytest.mark.parametrize(
    ("first", "second", "excluded"),
    [
        ("lead_status: NEW", "lead_status: OPEN_DEAL", True),
        ("lead_score: {at_least: 50}", "lead_score: {less_than: 50}", True),
        ("lead_score: {at_least: 50}", "lead_score: {at_most: 50}", False),
        ("lead_score: {known: false}", "lead_score: {less_than: 50}", True),
        ("lead_score: {known: false}", "lead_score: {less_than: 50, or_missing: true}", False),
        ("services: crm_setup", "services: web_report", False),  # a contact can have both
        ("jobtitle: A", "jobtitle: B", False),  # texts may be equal in more ways than letter by letter
    ],
)
def test_what_surely_cannot_be_is_recognised(tmp_path: Path, first: str, second: str, excluded: bool) -> None:
    one, other = conditions(tmp_path, first, second)
    assert (exclude(one, other), exclude(other, one)) == (excluded, excluded)
