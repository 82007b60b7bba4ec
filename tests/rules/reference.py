"""What a condition means, once more, in plain Python over plain values: slow, and as the rule files are explained to people.

It shares nothing with the compiler but the tree itself.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

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
from rules.model import People
from tests.rules.portal import TOKYO

LEAD_STATUS = "hs_lead_status"
_HOLIDAYS = {
    date.fromisoformat(day)
    for day in (
        "2026-07-20", "2026-08-11", "2026-09-21", "2026-09-22", "2026-09-23", "2026-10-12", "2026-11-03", "2026-11-23",
        "2027-01-01", "2027-01-11", "2027-02-11", "2027-02-23", "2027-03-22",
    )
}  # fmt: skip


@dataclasses.dataclass
class Seen:
    """One record as the CRM tells it: values by property, versions oldest first, the live records linked to it."""

    id: str
    created: datetime
    values: Mapping[str, str]
    past: Mapping[str, list[tuple[str, datetime]]] = dataclasses.field(default_factory=dict[str, Any])
    linked: dict[str, list[Seen]] = dataclasses.field(default_factory=dict[str, Any])


@dataclasses.dataclass(frozen=True)
class Reference:
    now: datetime
    people: People
    statuses: frozenset[str]

    def holds(self, condition: Condition, contact: Seen, record: Seen) -> bool:
        """`record` is the contact itself, or the related record that is asked."""
        if isinstance(condition, All | AnyOf):
            items = [self.holds(item, contact, record) for item in condition.items]
            return all(items) if isinstance(condition, All) else any(items)
        if isinstance(condition, Not):
            return not self.holds(condition.item, contact, record)
        if isinstance(condition, Cited):
            return self.holds(condition.condition, contact, record)
        if isinstance(condition, Comparison):
            return self.compares(condition, contact, record)
        if isinstance(condition, Grouped):
            return self.groups(condition, contact) > 0
        return self.asks(condition, contact, self.related(condition.relation, contact))

    def related(self, relation: Relation, contact: Seen) -> list[Seen]:
        where = relation.where or All(())
        found = [one for one in contact.linked.get(relation.object_type, []) if self.holds(where, contact, one)]
        return found if relation.pick is None else [*filter(None, [self.first(relation.pick, found)])]

    def first(self, pick: Pick, records: list[Seen]) -> Seen | None:
        """Records without a time come last, either way."""
        timed = [(at, int(one.id), one) for one in records if (at := self.value(pick.by, one)) is not None]
        if timed:
            return (max if pick.latest else min)(timed, key=lambda one: one[:2])[2]
        return (max if pick.latest else min)(records, key=lambda one: int(one.id), default=None)

    def asks(self, condition: Related | First | Count | Sum, contact: Seen, records: list[Seen]) -> bool:
        if isinstance(condition, First):
            first = self.first(condition.pick, records)
            return first is not None and self.holds(condition.condition, contact, first)
        fitting = [one for one in records if self.holds(condition.condition or All(()), contact, one)]
        if isinstance(condition, Count | Sum):
            low, high = condition.at_least, condition.at_most
            of = [1 if isinstance(condition, Count) else self.value(condition.of, one) or 0 for one in fitting]
            return (low is None or sum(of) >= low) and (high is None or sum(of) <= high)
        return {
            Quantifier.ANY: bool(fitting),
            Quantifier.NONE: not fitting,
            Quantifier.ALL: bool(records) and len(fitting) == len(records),
        }[condition.quantifier]

    def groups(self, condition: Grouped, contact: Seen) -> int:
        records = self.related(condition.relation, contact)
        groups = {value for one in records if (value := self.value(condition.per, one)) is not None}
        return sum(
            all(
                self.asks(part, contact, [one for one in records if self.value(condition.per, one) == group])
                for part in condition.parts
            )
            for group in groups
        )

    def value(self, word: Word, record: Seen) -> Any:
        """None where it is missing."""
        text = record.values.get(word.property or "", "")
        if word.kind is Kind.MULTI:
            items = frozenset(text.split(";")) - {""}
            return (items & {option.value for option in word.options} if word.only_options else items) or None
        if word.name == "last_activity_at" and text and datetime.fromisoformat(text) > self.now:
            return None
        return _PARSERS.get(word.kind, str)(text) if text else None

    def compares(self, condition: Comparison, contact: Seen, record: Seen) -> bool:
        word, operand, operator = condition.word, condition.operand, condition.operator
        if operator in _COMPLEMENTS:
            positive = dataclasses.replace(condition, operator=_COMPLEMENTS[operator], or_missing=False)
            return not self.compares(positive, contact, record)
        about = contact if word.object_type == CONTACTS else record
        value = self.value(word, about)
        if value is None and condition.or_missing:
            return True
        if operator in _OF_HISTORIES:
            return self.remembers(condition, value, about)
        if isinstance(operand, Word):
            operand = self.value(operand, contact if operand.object_type == CONTACTS else record)
        if value is None or (operand is None and operator not in _ALONE):
            return False
        return self.tells(operator, word.kind, value, operand)

    def remembers(self, condition: Comparison, value: Any, about: Seen) -> bool:
        operator, operand = condition.operator, condition.operand
        if operator is Operator.WAS_EVER:
            past = {said for said, _ in about.past.get(condition.word.property or "", [])}
            return bool({*past, value} & {*_tuple(operand)})
        changed = self.changed(condition.word, about)
        older = self.older(changed, operand)
        return older if operator is Operator.UNCHANGED_FOR else changed <= self.now and not older

    def tells(self, operator: Operator, kind: Kind, value: Any, operand: Any) -> bool:
        if operator in _ALONE:
            return operator is Operator.KNOWN or (
                value in self.statuses if operator is Operator.IN_VOCABULARY else self.is_live(value)
            )
        if operator is Operator.HAS_ROLE:
            person = self.people.person(value)
            return person is not None and bool(person.roles & {*operand})
        if operator in (Operator.OLDER_THAN, Operator.WITHIN_LAST, Operator.WITHIN_NEXT):
            return self.lies(operator, value, operand)
        if operator in (Operator.BEFORE, Operator.AFTER):
            before, after = self.sides(kind, value, operand.at)
            return before if operator is Operator.BEFORE else after
        if operator is Operator.IS and kind in (Kind.DATE, Kind.INSTANT):
            return any(self.sides(kind, value, moment.at) == (False, False) for moment in operand)
        if kind is Kind.TEXT:
            value, operand = fold(value), fold(operand) if isinstance(operand, str) else tuple(map(fold, operand))
        return _PLAIN[operator](value, operand)

    def is_live(self, owner_id: str) -> bool:
        person = self.people.person(owner_id)
        return person is not None and person.live

    def changed(self, word: Word, record: Seen) -> datetime:
        versions = record.past.get(word.property or "", [])
        changes = [at for n, (said, at) in enumerate(versions) if n == 0 or said != versions[n - 1][0]]
        created = record.values.get("createdate") if word.property == LEAD_STATUS else None
        return max(changes) if changes else datetime.fromisoformat(created) if created else record.created

    def older(self, value: date, span: Any) -> bool:
        """More than N days, or business days, lie in (local date, today]; hours are exact."""
        if span.unit is SpanUnit.HOURS:
            return value < self.now - timedelta(hours=span.count)
        if span.unit is SpanUnit.BUSINESS_HOURS:
            return _working_time(value, self.now) > timedelta(hours=span.count)
        return self.counted(_local(value), _local(self.now), span) > span.count

    def lies(self, operator: Operator, value: date, span: Span) -> bool:
        now = self.now if isinstance(value, datetime) else _local(self.now)
        if operator is Operator.OLDER_THAN:
            return self.older(value, span)
        if operator is Operator.WITHIN_LAST:
            return value <= now and not self.older(value, span)
        if span.unit is SpanUnit.HOURS:
            return now <= value <= self.now + timedelta(hours=span.count)
        if span.unit is SpanUnit.BUSINESS_HOURS:
            return value >= now and _working_time(self.now, value) <= timedelta(hours=span.count)
        return value >= now and self.counted(_local(self.now), _local(value), span) <= span.count

    def counted(self, first: date, last: date, span: Span) -> int:
        days = [first + timedelta(days=n + 1) for n in range((last - first).days)]
        return len(days) if span.unit is SpanUnit.DAYS else sum(map(is_open, days))

    def sides(self, kind: Kind, value: date, at: date | datetime | None) -> tuple[bool, bool]:
        """Whether the value lies before the moment, and whether after it; a bare date is a whole local day."""
        if kind is Kind.DATE or (at is not None and not isinstance(at, datetime)):
            day = _local(self.now if at is None else at)
            return _local(value) < day, _local(value) > day
        moment = self.now if at is None else at if at.tzinfo else at.replace(tzinfo=TOKYO)
        return value < moment, value > moment


def fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def is_open(day: date) -> bool:
    in_closure = (
        (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3) or (8, 13) <= (day.month, day.day) <= (8, 15)
    )
    return day.weekday() < 5 and day not in _HOLIDAYS and not in_closure


def _local(value: date) -> date:
    return value.astimezone(TOKYO).date() if isinstance(value, datetime) else value


def _tuple(operand: Any) -> tuple[str, ...]:
    return operand


_PARSERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.NUMBER: float,
    Kind.INSTANT: datetime.fromisoformat,
    Kind.DATE: date.fromisoformat,
}
_OF_HISTORIES = (Operator.UNCHANGED_FOR, Operator.CHANGED_WITHIN, Operator.WAS_EVER)
_ALONE = (Operator.KNOWN, Operator.IN_VOCABULARY, Operator.LIVE)
_COMPLEMENTS = {
    Operator.UNKNOWN: Operator.KNOWN,
    Operator.IS_NOT: Operator.IS,
    Operator.CONTAINS_NONE: Operator.CONTAINS,
    Operator.HAS_NONE: Operator.HAS_ANY,
    Operator.NOT_IN_VOCABULARY: Operator.IN_VOCABULARY,
    Operator.HAS_NOT_ROLE: Operator.HAS_ROLE,
    Operator.NOT_LIVE: Operator.LIVE,
}
_PLAIN: Mapping[Operator, Callable[[Any, Any], bool]] = {
    Operator.IS: lambda value, wanted: value in wanted,
    Operator.CONTAINS: lambda value, wanted: any(one in value for one in wanted),
    Operator.STARTS_WITH: lambda value, wanted: value.startswith(wanted),
    Operator.ENDS_WITH: lambda value, wanted: value.endswith(wanted),
    Operator.HAS_ANY: lambda value, wanted: bool(value & {*wanted}),
    Operator.HAS_ALL: lambda value, wanted: value >= {*wanted},
    Operator.HAS_EXACTLY: lambda value, wanted: value == {*wanted},
    Operator.AT_LEAST: lambda value, wanted: value >= wanted,
    Operator.AT_MOST: lambda value, wanted: value <= wanted,
    Operator.MORE_THAN: lambda value, wanted: value > wanted,
    Operator.LESS_THAN: lambda value, wanted: value < wanted,
    Operator.EARLIER_THAN: lambda value, other: value < other,
    Operator.LATER_THAN: lambda value, other: value > other,
    Operator.AT_OR_AFTER: lambda value, other: value >= other,
    Operator.SAME_AS: lambda value, other: value == other,
}


def _working_time(first: Any, last: Any) -> timedelta:
    """How long the firm was open between two moments."""
    total, day = timedelta(), _local(first)
    while day <= _local(last):
        opening, closing = (datetime.combine(day, time(hour), TOKYO) for hour in (9, 18))
        if is_open(day):
            total += max(min(last, closing) - max(first, opening), timedelta())
        day += timedelta(days=1)
    return total
