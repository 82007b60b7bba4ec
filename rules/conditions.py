"""The tree that a rule's `when` becomes: words, comparisons of them, and what is asked of related records."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Iterator
from datetime import date, datetime

from connector.records import Kind, Option
from rules.text import Text


@dataclasses.dataclass(frozen=True, slots=True)
class Word:
    """A value of a record that a condition can ask about.

    `property` is the CRM property behind it; None for what code derives (`round_start`). `options` are those of the
    portal; empty where it has none or no portal was given to the loader. `only_options`: any other value counts as
    missing. `not_ahead`: so does a time after now. `points`: a score, made of these.
    """

    object_type: str
    name: str
    kind: Kind
    label: Text
    property: str | None = None
    options: tuple[Option, ...] = ()
    only_options: bool = False
    not_ahead: bool = False
    points: Points | None = None

    def option_label(self, value: str) -> str:
        """The label people see for a value; the value itself where the portal has no such option."""
        return next((option.label for option in self.options if option.value == value), value)


class Operator(enum.Enum):
    """Each pair `X`, `X_NOT` is an exact complement: one of the two holds for every record, also for missing values."""

    IS = "is"
    IS_NOT = "is_not"
    KNOWN = "known"
    UNKNOWN = "unknown"
    IN_VOCABULARY = "in_vocabulary"
    NOT_IN_VOCABULARY = "not_in_vocabulary"
    CONTAINS = "contains"
    CONTAINS_NONE = "contains_none"
    STARTS_WITH = "starts_with"
    ENDS_WITH = "ends_with"
    HAS_ANY = "has_any"
    HAS_NONE = "has_none"
    HAS_ALL = "has_all"
    HAS_EXACTLY = "has_exactly"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    OLDER_THAN = "older_than"
    WITHIN_LAST = "within_last"
    WITHIN_NEXT = "within_next"
    BEFORE = "before"
    AFTER = "after"
    EARLIER_THAN = "earlier_than"
    LATER_THAN = "later_than"
    AT_OR_AFTER = "at_or_after"
    SAME_AS = "same_as"
    UNCHANGED_FOR = "unchanged_for"
    CHANGED_WITHIN = "changed_within"
    WAS_EVER = "was_ever"
    HAS_ROLE = "role"
    HAS_NOT_ROLE = "not_role"
    LIVE = "live"
    NOT_LIVE = "not_live"


# Asked of the moment when a property last changed, not of its value.
ASKED_OF_CHANGES = frozenset((Operator.UNCHANGED_FOR, Operator.CHANGED_WITHIN))


class SpanUnit(enum.Enum):
    BUSINESS_DAYS = "business days"
    DAYS = "days"
    HOURS = "hours"
    BUSINESS_HOURS = "business hours"


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """A length of time as a rule names it; weeks are read as days. `calendar` None is the firm's first."""

    count: int
    unit: SpanUnit
    calendar: str | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as a rule names it: a whole local day, an instant (local where it has no zone), or None for now."""

    at: date | datetime | None
    calendar: str | None = None


# What a value is compared with: values, roles or parts of texts, numbers, times, a span, another word, or nothing.
Operand = tuple[str, ...] | tuple[float, ...] | tuple[Moment, ...] | float | Span | Moment | Word | None


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison. `or_missing` makes it hold for a missing value as well."""

    word: Word
    operator: Operator
    operand: Operand = None
    or_missing: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class All:
    items: tuple[Condition, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class AnyOf:
    items: tuple[Condition, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Not:
    item: Condition


@dataclasses.dataclass(frozen=True, slots=True)
class Cited:
    """The condition of another rule (`unless: [that-rule]`)."""

    rule_id: str
    title: Text
    condition: Condition


@dataclasses.dataclass(frozen=True, slots=True)
class Pick:
    """The one record of a relation that comes first; equal values: the smaller id is earlier, the larger id later."""

    by: Word
    latest: bool


class Via(enum.Enum):
    """How a contact's related records are found; all of them are live.

    LINKS: linked with it. COMPANY: its primary company, else the linked one with the smallest id. SIBLINGS: other
    contacts linked with that company. OLDER_TWINS: older contacts that are probably the same person.
    """

    LINKS = "links"
    COMPANY = "company"
    SIBLINGS = "siblings"
    OLDER_TWINS = "older_twins"


@dataclasses.dataclass(frozen=True, slots=True)
class Relation:
    """The contact's related records that `where` holds for; at most one of them with `pick`."""

    name: str
    object_type: str
    label: Text
    where: Condition | None = None
    pick: Pick | None = None
    via: Via = Via.LINKS

    @property
    def is_one(self) -> bool:
        """Whether it is one record at most."""
        return self.pick is not None or self.via is Via.COMPANY


class Quantifier(enum.Enum):
    """ALL also asks for at least one record: "all deals are lost" says nothing about a contact without deals."""

    ANY = "any"
    NONE = "none"
    ALL = "all"


@dataclasses.dataclass(frozen=True, slots=True)
class Related:
    """`any`, `none` or `all` of the related records fulfil a condition; `any` and None: there is one."""

    relation: Relation
    quantifier: Quantifier
    condition: Condition | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class First:
    """The latest or earliest of the related records fulfils a condition; false where there is none."""

    relation: Relation
    pick: Pick
    condition: Condition


@dataclasses.dataclass(frozen=True, slots=True)
class Count:
    """How many related records there are, both ends included; None is no bound."""

    relation: Relation
    condition: Condition | None
    at_least: int | None
    at_most: int | None


@dataclasses.dataclass(frozen=True, slots=True)
class Sum:
    """What a number of the related records comes to, both ends included; None is no bound. A missing number adds nothing,
    and where there is no such record the sum is 0.
    """

    relation: Relation
    of: Word
    condition: Condition | None
    at_least: float | None
    at_most: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class Grouped:
    """Related records by one of their values; `parts` is asked of each group alone. One match for each group.

    Records without that value are in no group.
    """

    relation: Relation
    per: Word
    parts: tuple[Related | First | Count | Sum, ...]


Condition = All | AnyOf | Not | Cited | Comparison | Related | First | Count | Sum | Grouped
# What is asked of related records.
OfRecords = Related | First | Count | Sum | Grouped


@dataclasses.dataclass(frozen=True, slots=True)
class Point:
    """What is added, or taken away, where a condition holds. `name` None: the condition speaks for itself."""

    add: int
    when: Condition
    name: Text | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Points:
    """A sum of points, kept within bounds, both ends included; None is no bound."""

    items: tuple[Point, ...]
    at_least: int | None = None
    at_most: int | None = None


def parts_of(condition: Condition | None) -> tuple[Condition, ...]:
    """What a condition is directly made of; what is asked of related records and what a score is made of included."""
    if isinstance(condition, Comparison):
        return () if condition.word.points is None else tuple(point.when for point in condition.word.points.items)
    if isinstance(condition, All | AnyOf):
        return condition.items
    if isinstance(condition, Not):
        return (condition.item,)
    if isinstance(condition, Grouped):
        return condition.parts
    if isinstance(condition, Cited | Related | First | Count | Sum):
        return () if condition.condition is None else (condition.condition,)
    return ()


def walk(condition: Condition | None) -> Iterator[Condition]:
    """A condition and everything in it, from the top."""
    if condition is not None:
        yield condition
        for part in parts_of(condition):
            yield from walk(part)


def grouped_part(condition: Condition) -> Grouped | None:
    """The one `per` of a rule; the loader lets it stand at the top of `when` only."""
    tops = condition.items if isinstance(condition, All) else (condition,)
    return next((top for top in tops if isinstance(top, Grouped)), None)
