"""Random conditions out of every operator, on words of every kind, nested and asked of related records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from connector.records import CONTACTS, Kind
from rules.conditions import (
    All,
    AnyOf,
    Cited,
    Comparison,
    Condition,
    Count,
    First,
    Grouped,
    Moment,
    Not,
    Operator,
    Pick,
    Quantifier,
    Related,
    Relation,
    Span,
    SpanUnit,
    Sum,
    Word,
)
from rules.text import Text
from tests.rules.odd_records import (
    CHOICES,
    DAYS,
    ITEMS,
    NUMBERS,
    OWNERS,
    PARTS,
    SERVICES,
    STAGES,
    STATUSES,
    TYPES,
    words,
)
from tests.rules.portal import SUNDAY

_EQUAL = (Operator.IS, Operator.IS_NOT)
_KNOWN = (Operator.KNOWN, Operator.UNKNOWN, Operator.SAME_AS)
_SPANS = (Operator.OLDER_THAN, Operator.WITHIN_LAST, Operator.WITHIN_NEXT)
_WORDS = (Operator.EARLIER_THAN, Operator.LATER_THAN, Operator.AT_OR_AFTER, Operator.SAME_AS)
_TIMES = (*_EQUAL, *_KNOWN, *_SPANS, *_WORDS, Operator.BEFORE, Operator.AFTER)
_OPERATORS: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (
        *_EQUAL, *_KNOWN, Operator.CONTAINS, Operator.CONTAINS_NONE, Operator.STARTS_WITH, Operator.ENDS_WITH,
    ),
    Kind.CHOICE: (*_EQUAL, *_KNOWN),
    Kind.MULTI: (*_KNOWN, Operator.HAS_ANY, Operator.HAS_NONE, Operator.HAS_ALL, Operator.HAS_EXACTLY),
    Kind.NUMBER: (
        *_EQUAL, *_KNOWN, Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE_THAN, Operator.LESS_THAN,
    ),
    Kind.INSTANT: _TIMES,
    Kind.DATE: _TIMES,
    Kind.OWNER: (*_EQUAL, *_KNOWN, Operator.HAS_ROLE, Operator.HAS_NOT_ROLE, Operator.LIVE, Operator.NOT_LIVE),
}  # fmt: skip
_OF_HISTORIES = (Operator.UNCHANGED_FOR, Operator.CHANGED_WITHIN, Operator.WAS_EVER)
_REMEMBERED = ("lead_status", "owner", "dealstage")
_NOTHING = (
    Operator.KNOWN, Operator.UNKNOWN, Operator.LIVE, Operator.NOT_LIVE, Operator.IN_VOCABULARY,
    Operator.NOT_IN_VOCABULARY,
)  # fmt: skip


def comparisons(object_type: str) -> st.SearchStrategy[Comparison]:
    return st.sampled_from(sorted(_by_operator(object_type), key=lambda one: one.value)).flatmap(
        lambda operator: compared_by(object_type, operator)
    )


def one_of_each(object_type: str) -> st.SearchStrategy[Condition]:
    """A comparison by every operator that there is for this kind of record."""
    return st.tuples(*(compared_by(object_type, operator) for operator in _by_operator(object_type))).map(All)


def compared_by(object_type: str, operator: Operator) -> st.SearchStrategy[Comparison]:
    about = st.sampled_from(_by_operator(object_type)[operator])
    return about.flatmap(
        lambda word: st.builds(Comparison, st.just(word), st.just(operator), _operand(word, operator), st.booleans())
    )


def _by_operator(object_type: str) -> dict[Operator, list[Word]]:
    found: dict[Operator, list[Word]] = {}
    for word in words(object_type):
        for operator in _operators(word):
            found.setdefault(operator, []).append(word)
    return found


def _operators(word: Word) -> tuple[Operator, ...]:
    of_the_status = (Operator.IN_VOCABULARY, Operator.NOT_IN_VOCABULARY) if word.name == "lead_status" else ()
    return (*_OPERATORS[word.kind], *of_the_status, *(_OF_HISTORIES if word.name in _REMEMBERED else ()))


def _operand(word: Word, operator: Operator) -> st.SearchStrategy[Any]:
    if operator in _NOTHING:
        return st.none()
    if operator in _WORDS:
        others = [one for of in {CONTACTS, word.object_type} for one in words(of) if one.kind is word.kind]
        return st.sampled_from(sorted(others, key=lambda one: (one.object_type, one.name)))
    if operator in (*_SPANS, Operator.UNCHANGED_FOR, Operator.CHANGED_WITHIN):
        dates_only = word.kind is Kind.DATE and operator in _SPANS
        units = [unit for unit in SpanUnit if not (dates_only and unit in (SpanUnit.HOURS, SpanUnit.BUSINESS_HOURS))]
        return st.builds(Span, st.integers(0, 12), st.sampled_from(units))
    if operator in (Operator.BEFORE, Operator.AFTER):
        return _moments(word.kind)
    if word.kind is Kind.NUMBER and operator not in _EQUAL:
        return st.sampled_from(NUMBERS)
    return st.lists(_items(word, operator), min_size=1, max_size=3).map(tuple)


def _items(word: Word, operator: Operator) -> st.SearchStrategy[Any]:
    if operator in (Operator.HAS_ROLE, Operator.HAS_NOT_ROLE):
        return st.sampled_from(("IS", "FS", "Manager"))
    if word.kind in (Kind.INSTANT, Kind.DATE):
        return _moments(word.kind)
    of_words = {"lead_status": STATUSES, "dealstage": STAGES, "services": SERVICES[:3]}
    of_kinds = {Kind.TEXT: PARTS, Kind.CHOICE: CHOICES, Kind.MULTI: ITEMS, Kind.NUMBER: NUMBERS, Kind.OWNER: OWNERS}
    return st.sampled_from(of_words.get(word.name) or of_kinds[word.kind])


def _moments(kind: Kind) -> st.SearchStrategy[Moment]:
    days = st.sampled_from(DAYS).map(lambda days: Moment((SUNDAY + dt.timedelta(days=days)).date()))
    if kind is Kind.DATE:
        return days | st.just(Moment(None))
    naive = st.sampled_from(DAYS).map(
        lambda days: Moment((SUNDAY + dt.timedelta(days=days)).replace(hour=0, tzinfo=None))
    )
    exact = st.sampled_from((-4, 0, 4)).map(
        lambda hours: Moment((SUNDAY + dt.timedelta(hours=hours)).astimezone(dt.UTC))
    )
    return days | naive | exact | st.just(Moment(None))


def of_the_first(relation: Relation, inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """Asked of one related record, so that the explanation has a line for each part."""
    times = [one for one in words(relation.object_type) if one.kind is Kind.INSTANT]
    return st.builds(First, st.just(relation), st.builds(Pick, st.sampled_from(times), st.booleans()), inner)


def conditions(relations: Mapping[str, Relation]) -> st.SearchStrategy[Condition]:
    """Of a contact; related records are asked plain conditions, as rule files can say them."""
    filled = [relation for relation in relations.values() if relation.object_type in TYPES]
    asked = st.one_of([_asked(relation) for relation in filled])
    return trees(comparisons(CONTACTS) | asked) | st.one_of(
        [_grouped(relation) for relation in filled if relation.pick is None]
    )


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda items: All(tuple(items))),
            st.lists(inner, min_size=2, max_size=3).map(lambda items: AnyOf(tuple(items))),
            inner.map(Not),
            inner.map(lambda condition: Cited("other", Text("別", "other"), condition)),
        ),
        max_leaves=6,
    )


def _asked(relation: Relation) -> st.SearchStrategy[Any]:
    inner = trees(comparisons(relation.object_type))
    if relation.pick is not None:
        return inner.map(lambda condition: Related(relation, Quantifier.ANY, condition)) | st.sampled_from(
            [Related(relation, Quantifier.ANY), Related(relation, Quantifier.NONE)]
        )
    return _parts(relation, inner)


def _parts(relation: Relation, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    bound = st.none() | st.integers(0, 2)
    amount = st.none() | st.sampled_from(NUMBERS)
    numbers = [one for one in words(relation.object_type) if one.kind is Kind.NUMBER]
    return st.one_of(
        st.builds(Related, st.just(relation), st.sampled_from(Quantifier), inner | st.none()),
        st.builds(Count, st.just(relation), inner | st.none(), bound, bound),
        st.builds(Sum, st.just(relation), st.sampled_from(numbers), inner | st.none(), amount, amount),
        of_the_first(relation, inner),
    )


def _grouped(relation: Relation) -> st.SearchStrategy[Any]:
    per = [one for one in words(relation.object_type) if one.kind is Kind.CHOICE]
    parts = st.lists(_parts(relation, comparisons(relation.object_type)), min_size=1, max_size=2).map(tuple)
    return st.builds(Grouped, st.just(relation), st.sampled_from(per), parts)
