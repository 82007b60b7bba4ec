"""Which contacts time alone may have changed: never one too few, and none at all while no limit has moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import ColumnElement

from connector.mirror.tables import MirrorSchema
from connector.records import CONTACTS, DEALS, Kind
from rules.conditions import Comparison, Moment, Operator, Span, SpanUnit, Word
from rules.model import RuleSet
from rules.predicates import contact_scope, holds
from rules.reach import depends_on_now, limits_of, moments_of, reached, windows
from rules.scope import Ground, Scope
from rules.text import Text
from rules.values import value
from rules.words import MEANINGS, stored_as
from rules.world import World
from tests.rules.portal import PEOPLE, TUESDAY, Portal, jst, make_catalogue, rule_text

PortalWith = Callable[[str], Portal]
LATER = TUESDAY + timedelta(days=40)

# An operand that suits each operator; the others take texts.
CREATED = Word(CONTACTS, "created_at", Kind.INSTANT, Text("", ""), "createdate")
OPERANDS: dict[Operator, Any] = {
    **dict.fromkeys((Operator.EARLIER_THAN, Operator.LATER_THAN, Operator.AT_OR_AFTER, Operator.SAME_AS), CREATED),
    **dict.fromkeys(
        (
            Operator.OLDER_THAN,
            Operator.WITHIN_LAST,
            Operator.WITHIN_NEXT,
            Operator.UNCHANGED_FOR,
            Operator.CHANGED_WITHIN,
        ),
        Span(2, SpanUnit.BUSINESS_DAYS),
    ),
    **dict.fromkeys((Operator.BEFORE, Operator.AFTER), Moment(None)),
    **dict.fromkeys((Operator.IS, Operator.IS_NOT), (Moment(None),)),
    **dict.fromkeys((Operator.KNOWN, Operator.UNKNOWN, Operator.LIVE, Operator.NOT_LIVE)),
    **dict.fromkeys((Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE_THAN, Operator.LESS_THAN), 1.0),
}


def reached_names(portal: Portal, then: datetime, now: datetime) -> set[str]:
    statements = reached(portal.rule_set, portal.schema, portal.world(then), portal.world(now))
    return {portal.names[i] for one in statements for i in portal.connection.execute(one).scalars()}


ASKED = Word(CONTACTS, "inquiry_text", Kind.TEXT, Text("", ""), "inquiry_text")
OF_TEXTS = {Operator.CONTAINS, Operator.CONTAINS_NONE, Operator.STARTS_WITH, Operator.ENDS_WITH}

EVERY_COLUMN = MirrorSchema.of(
    {kind: {one.name: one.kind for one in definitions} for kind, definitions in make_catalogue().items()},
    {CONTACTS: ["inquiry_text"]},
)


def differ(make: Callable[[Scope], ColumnElement[Any]], rule_set: RuleSet) -> bool:
    """Whether the SQL is another one at another time."""
    worlds = [World(moment, PEOPLE, rule_set.calendar) for moment in (TUESDAY, LATER)]
    then, now = (make(contact_scope(Ground(rule_set, EVERY_COLUMN, world))).compile() for world in worlds)
    return (str(then), then.params) != (str(now), now.params)


@pytest.mark.parametrize("operator", Operator)
def test_an_operator_that_asks_for_the_time_has_limits(rule_set: RuleSet, operator: Operator) -> None:
    comparison = Comparison(ASKED if operator in OF_TEXTS else CREATED, operator, OPERANDS.get(operator, ("x",)))
    assert bool(limits_of(rule_set, comparison)) is differ(lambda scope: holds(scope, comparison), rule_set)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, words in MEANINGS.items() for name in words])
def test_a_word_that_depends_on_the_time_is_watched(rule_set: RuleSet, kind: str, name: str) -> None:
    word = rule_set.words[kind][name]

    def make(scope: Scope) -> ColumnElement[Any]:
        record = EVERY_COLUMN.table(stored_as(kind)).alias()
        return value(scope if kind == CONTACTS else scope.inside(record, kind), word)

    assert depends_on_now(word) is differ(make, rule_set)


@pytest.mark.parametrize(
    ("kind", "name"),
    [(of, name) for of, words in MEANINGS.items() for name, one in words.items() if one.kind is Kind.INSTANT],
)
def test_every_word_of_a_time_says_where_its_moments_are(rule_set: RuleSet, kind: str, name: str) -> None:
    assert moments_of(rule_set, rule_set.words[kind][name])


def test_a_derived_word_without_a_place_is_refused(rule_set: RuleSet) -> None:
    known = rule_set.words[CONTACTS]["revived_at"]
    with pytest.raises(KeyError, match="nobody_knows"):
        moments_of(rule_set, Word(CONTACTS, "nobody_knows", Kind.INSTANT, known.label))


def test_within_one_day_no_limit_of_days_moves(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("x", "created_at: {older_than: 2 business days}"))
    assert windows(portal.rule_set, portal.world(jst("11-24 00:00")), portal.world(jst("11-24 23:59"))) == []


@pytest.mark.parametrize(
    ("then", "now", "moves"),
    [
        ("11-20 23:59", "11-21 00:00", False),  # into the weekend: its last open day is still Friday
        ("11-22 12:00", "11-23 12:00", False),  # Monday is a holiday
        ("11-23 23:59", "11-24 00:00", True),
        ("12-28 12:00", "2027-01-03 12:00", False),  # the firm is closed from 12-29 to 01-03
        ("12-28 12:00", "2027-01-04 00:00", True),
    ],
)
def test_limits_of_business_days_move_into_open_days(
    portal_with: PortalWith, then: str, now: str, *, moves: bool
) -> None:
    portal = portal_with(rule_text("x", "created_at: {older_than: 2 business days}"))
    assert bool(windows(portal.rule_set, portal.world(jst(then)), portal.world(jst(now)))) is moves


CASES = [
    # A contact made at 11-20 09:30, with a meeting until 11-20 10:30 and a deal made at 11-20 08:30.
    ("created_at: {older_than: 4 hours}", "11-20 13:30", "11-20 13:31", True),
    ("created_at: {older_than: 4 hours}", "11-20 13:31", "11-20 13:59", False),
    ("created_at: {older_than: 1 business day}", "11-24 23:59", "11-25 00:00", True),
    ("status_since: {older_than: 4 hours}", "11-20 13:00", "11-20 14:00", True),
    ("cycle_start: {older_than: 4 hours}", "11-20 13:00", "11-20 14:00", True),
    ("round_start: {older_than: 4 hours}", "11-20 13:00", "11-20 14:00", True),
    ("not: {created_at: {older_than: 4 hours}}", "11-20 13:00", "11-20 14:00", True),
    ("last_activity_at: {known: true}", "11-20 19:59", "11-20 20:00", True),  # a call planned for 20:00
    ("last_activity_at: {known: true}", "11-20 20:01", "11-20 21:00", False),
    ("last_activity_at: {earlier_than: created_at}", "11-20 19:59", "11-20 20:00", True),
    ("created_at: {earlier_than: last_activity_at}", "11-20 19:59", "11-20 20:00", True),
    ("lead_status: NEW", "11-20 13:00", "12-20 14:00", False),
    ("lead_status: {unchanged_for: 4 hours}", "11-20 13:00", "11-20 14:00", True),  # never set: since it was made
    ("owner: {unchanged_for: 4 hours}", "11-21 12:59", "11-21 13:01", True),  # given to somebody at 11-21 09:00
    ("owner: {unchanged_for: 4 hours}", "11-21 13:01", "11-21 14:00", False),
    ("owner: {changed_within: 4 hours}", "11-21 12:59", "11-21 13:01", True),
    ("owner: {changed_within: 1 day}", "11-22 23:59", "11-23 00:00", True),
    ("created_at: {within_last: 4 hours}", "11-20 09:29", "11-20 09:30", True),  # it lay ahead
    ("created_at: {within_last: 4 hours}", "11-20 13:30", "11-20 13:31", True),
    ("created_at: {within_next: 2 days}", "11-17 23:59", "11-18 00:00", True),
    ("created_at: {within_next: 2 days}", "11-20 09:30", "11-20 09:31", True),
    ("created_at: {before: now}", "11-20 09:30", "11-20 09:31", True),
    ("created_at: {before: now}", "11-20 09:31", "11-20 10:00", False),
    ("created_at: {before: 2026-11-21}", "11-20 13:00", "12-20 14:00", False),
    ("next_contact_date: {after: now}", "11-21 23:59", "11-22 00:00", True),
    ("next_contact_date: {is: now, or_missing: true}", "11-22 23:59", "11-23 00:00", True),
    ("next_contact_date: {within_next: 2 days}", "11-19 23:59", "11-20 00:00", True),
    ("deals: {any: {dealstage: {changed_within: 2 hours}}}", "11-20 16:59", "11-20 17:01", True),  # won at 15:00
    ("deals: {any: {dealstage: {changed_within: 2 hours}}}", "11-20 17:01", "11-20 18:00", False),
    ("next_contact_date: {older_than: 2 days}", "11-24 23:59", "11-25 00:00", True),  # of 11-22
    ("next_contact_date: {older_than: 2 days}", "11-22 23:59", "11-23 00:00", False),
    ("deals: {any: {created_at: {older_than: 2 hours}}}", "11-20 10:29", "11-20 10:31", True),
    ("deals: {none: {closed_at: {older_than: 2 hours}}}", "11-20 10:29", "11-20 10:31", True),  # not closed: made
    (
        "deals: {count: {at_least: 1, where: {record_created_at: {older_than: 2 hours}}}}",
        "11-20 10:00",
        "11-20 11:00",
        True,
    ),
    ("meetings: {latest: {by: ends_at, ends_at: {older_than: 2 hours}}}", "11-20 12:00", "11-20 13:00", True),
    ("meetings: {latest: {by: ends_at, ends_at: {older_than: 2 hours}}}", "11-20 13:00", "11-20 14:00", False),
    ("deals: {per: service, any: {created_at: {older_than: 2 hours}}}", "11-20 10:00", "11-20 11:00", True),
]


@pytest.mark.parametrize(("when", "then", "now", "is_reached"), CASES)
def test_whoever_a_limit_passes_is_reached(
    portal_with: PortalWith, when: str, then: str, now: str, *, is_reached: bool
) -> None:
    listed = "list: {name: 'x {service}', kind: won, one_per: service, leave: when no longer true}"
    portal = portal_with(rule_text("x", when, listed) if "per:" in when else rule_text("x", when))
    made = jst("11-20 09:30")
    planned = {"notes_last_contacted": jst("11-20 20:00"), "next_contact_date": "2026-11-22"}
    contact = portal.contact("ours", created=made, **planned)
    portal.version(contact, 0, "2", jst("11-21 09:00"), "hubspot_owner_id")
    deal = portal.deal(contact, created=jst("11-20 08:30"), service="crm_setup")
    portal.version(deal, 0, "closedwon", jst("11-20 15:00"), "dealstage", DEALS)
    portal.meeting(contact, made, created=jst("11-01"))
    portal.contact("another", created=jst("06-01"))
    assert reached_names(portal, jst(then), jst(now)) == ({"ours"} if is_reached else set())


AMERICAN = """calendars:
  jp: {time_zone: Asia/Tokyo}
  us: {time_zone: America/New_York}
"""


@pytest.mark.parametrize("when", ["{is: now, known: true}", "{after: now}", "{within_next: 2 days}"])
@pytest.mark.parametrize(("then", "now", "moves"), [("23:59", "00:01", False), ("13:59", "14:01", True)])
def test_a_date_is_reached_by_the_day_of_the_calendar_that_its_rule_names(
    portal_with: PortalWith, when: str, then: str, now: str, *, moves: bool
) -> None:
    """The 22nd begins at 14:00 in Tokyo for a rule that counts by New York."""
    rule = rule_text("x", f"next_contact_date: {when}").replace("    when:", "    calendar: us\n    when:")
    portal = portal_with(rule + AMERICAN)
    days = ("11-21", "11-22") if then > now else ("11-22", "11-22")
    moved = windows(portal.rule_set, portal.world(jst(f"{days[0]} {then}")), portal.world(jst(f"{days[1]} {now}")))
    assert bool(moved) is moves


RELATION = "relations:\n  old_deals: {label: old, from: deals, where: {created_at: {older_than: 2 hours}}}\n"


@pytest.mark.parametrize("when", ["old_deals: {exists: false}", "lead_status: NEW"])
def test_what_a_named_relation_asks_counts_whoever_uses_it(portal_with: PortalWith, when: str) -> None:
    """A relation that no rule names may still say who receives a reminder."""
    portal = portal_with(rule_text("x", when) + RELATION)
    portal.deal(portal.contact("ours"), created=jst("11-20 08:30"))
    assert reached_names(portal, jst("11-20 10:00"), jst("11-20 11:00")) == {"ours"}


def test_a_follow_up_that_falls_due_reaches_its_contact(portal_with: PortalWith) -> None:
    """30 days after the deal was lost on 10-23."""
    listed = "list: {name: 'x {service}', kind: lost, one_per: service, leave: when no longer true, touches: [30 days]}"
    lost = rule_text("x", "deals: {per: service, latest: {by: closed_at, state: lost}}", listed)
    portal = portal_with(lost + rule_text("due", "touch_at: {known: true}"))
    portal.deal(portal.contact("ours"), "lost", closedate=jst("10-23 15:00"), service="crm_setup")
    assert reached_names(portal, jst("11-21 23:59"), jst("11-22 00:00")) == {"ours"}
    assert reached_names(portal, jst("11-22 00:00"), jst("11-22 23:59")) == set()
