"""What conditions mean in SQL: every operator, missing values, related records, and exact complements."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from connector.records import CONTACTS, DEALS
from rules.conditions import All, AnyOf, Comparison, Condition, Count, Not, Operator, Quantifier, Related, walk
from rules.predicates import holds
from rules.scope import Ground, contact_scope
from tests.rules.portal import FS_OWNER, GONE_FS, IS_OWNER, SUNDAY, Portal, jst, rule_text

PortalWith = Callable[[str], Portal]

CASES = [
    # condition, the contacts it holds for out of those of `people_in`
    ("lead_score: {at_least: 40}", {"forty", "seventy"}),
    ("lead_score: {more_than: 40}", {"seventy"}),
    ("lead_score: {at_most: 40}", {"forty"}),
    ("lead_score: {less_than: 70.5, or_missing: true}", {"forty", "seventy", "bare"}),
    ("lead_score: {between: [40, 70]}", {"forty", "seventy"}),
    ("lead_score: 40", {"forty"}),
    ("not: {lead_score: {at_least: 41}}", {"forty", "bare"}),
    ("jobtitle: 部長", {"forty"}),
    ("jobtitle: {is_not: 部長, or_missing: true}", {"seventy", "bare"}),
    ("jobtitle: {is_not: 部長, known: true}", {"seventy"}),
    ("jobtitle: {known: false}", {"bare"}),
    ("services: crm_setup", {"forty"}),  # not CRM_SETUP
    ("services: [crm_setup, web_report]", {"forty", "seventy"}),
    ("services: {has_none: crm_setup, or_missing: true}", {"seventy", "bare"}),
    ("services: {known: true}", {"forty", "seventy"}),
    ("owner: {role: FS}", {"forty", "seventy"}),
    ("owner: {role: FS, live: true}", {"forty"}),
    ("owner: {role: {is_not: FS}}", {"bare"}),
    ("owner: {live: false}", {"seventy", "bare"}),
    ("owner: {known: true}", {"forty", "seventy"}),
    ("next_contact_date: {older_than: 3 days}", {"forty"}),  # more than 3 lie in (11-18, 11-22]
    ("last_activity_at: {older_than: 4 hours}", {"forty"}),
    ("last_activity_at: {known: true}", {"forty"}),  # what lies ahead is not known
    ("last_activity_at: {later_than: created_at}", {"forty"}),
    ("any: [lead_score: 40, jobtitle: 課長]", {"forty", "seventy"}),
    ("all: [lead_score: 40, jobtitle: 課長]", set()),
    ("deals: {exists: true}", {"forty", "seventy"}),
    ("deals: {none: {}}", {"bare"}),
    ("deals: {any: {state: open}}", {"forty"}),
    ("deals: {none: {state: open}}", {"seventy", "bare"}),
    ("deals: {all: {state: [open, won]}}", {"forty"}),
    ("deals: {all: {state: lost}}", {"seventy"}),  # says nothing about a contact without deals
    ("deals: {count: {at_least: 2}}", {"forty"}),
    ("deals: {count: {at_most: 1}}", {"seventy", "bare"}),
    ("deals: {count: {at_least: 1, at_most: 1, where: {state: won}}}", {"forty"}),
    ("deals: {latest: {by: created_at, state: won}}", {"forty"}),
    ("deals: {earliest: {by: created_at, state: won}}", set()),
    ("deals: {latest: {by: created_at, service: {known: false}}}", {"forty", "seventy"}),
    ("newest_open_deal: {owner: {role: FS}}", {"forty"}),
    ("newest_open_deal: {exists: false}", {"seventy", "bare"}),
]


def people_in(portal: Portal) -> None:
    forty = portal.contact(
        "forty", lead_score="40", jobtitle="部長", inquiry_service="crm_setup;web_report", next_contact_date="2026-11-18",
        notes_last_contacted=jst("11-22 07:59"),
    )  # fmt: skip
    portal.deal(forty, "open", created=jst("08-01"))
    portal.link(forty, DEALS, portal.deal(forty, "won", created=jst("09-01"), closedate=jst("10-01")), type_id=200)
    seventy = portal.contact(
        "seventy", lead_score="70", jobtitle="課長", inquiry_service="CRM_SETUP;web_report", next_contact_date="2026-11-19",
        hubspot_owner_id=GONE_FS, notes_last_contacted=jst("11-23"),
    )  # fmt: skip
    portal.deal(seventy, "lost", closedate=jst("10-01"))
    portal.contact("bare", None, hubspot_owner_id=None)


def test_every_operator_means_what_it_says(portal_with: PortalWith) -> None:
    portal = portal_with("".join(rule_text(f"r{n}", f"- {when}") for n, (when, _) in enumerate(CASES)))
    people_in(portal)
    found = {when: portal.findings(f"r{n}") for n, (when, _) in enumerate(CASES)}
    assert found == dict(CASES)


def test_a_negation_holds_exactly_where_the_condition_does_not(portal_with: PortalWith) -> None:
    """Plain SQL would lose the contacts whose value is missing."""
    both = "".join(
        rule_text(f"r{n}", f"- {when}") + rule_text(f"not-{n}", f"- not: {{{when}}}")
        for n, (when, _) in enumerate(CASES)
    )
    portal = portal_with(both)
    people_in(portal)
    for number, (when, expected) in enumerate(CASES):
        assert portal.findings(f"not-{number}") == {"forty", "seventy", "bare"} - expected, when


def test_the_latest_is_that_of_the_same_contact(portal_with: PortalWith) -> None:
    """Two levels down SQLAlchemy would join the contacts again, and every contact would see all deals."""
    portal = portal_with(rule_text("lost", "- deals: {latest: {by: closed_at, state: lost}}"))
    for name, states in {"lost last": ("won", "lost"), "won last": ("lost", "won")}.items():
        contact = portal.contact(name)
        for day, state in enumerate(states, start=1):
            portal.deal(contact, state, closedate=jst(f"10-{day:02}"))
    assert portal.findings("lost") == {"lost last"}


def test_equal_times_the_larger_id_is_later(portal_with: PortalWith) -> None:
    portal = portal_with(
        rule_text("latest-won", "- deals: {latest: {by: closed_at, state: won}}")
        + rule_text("earliest-won", "- deals: {earliest: {by: closed_at, state: won}}")
    )
    contact = portal.contact("x")
    for state in ("lost", "won"):
        portal.deal(contact, state, closedate=jst("10-01"))
    assert (portal.findings("latest-won"), portal.findings("earliest-won")) == ({"x"}, set())


SEEN: dict[str, dict[str, Any]] = {
    name: {"lead_status": status, "lead_score": score, "owner": owner, "deals": deals}
    for name, status, score, owner, deals in (
        ("a", "NEW", 10.0, IS_OWNER, []),
        ("b", None, None, None, [("open", 5.0)]),
        ("c", "OPEN_DEAL", 50.0, FS_OWNER, [("won", None), ("open", 70.0)]),
        ("d", "weird", None, GONE_FS, [("lost", 20.0)]),
        ("e", None, 70.0, "99", [("lost", None), ("lost", 60.0)]),
    )
}


def random_condition(chance: random.Random, words: dict[str, Any], depth: int) -> Condition:
    if depth and chance.random() < 0.6:
        items = tuple(random_condition(chance, words, depth - 1) for _ in range(chance.randrange(1, 4)))
        return chance.choice((All(items), AnyOf(items), Not(items[0])))
    return chance.choice((random_comparison, random_relation))(chance, words, depth)


def random_comparison(chance: random.Random, words: dict[str, Any], depth: int) -> Condition:
    or_missing = chance.random() < 0.2
    if chance.random() < 0.5:
        operator = chance.choice((Operator.IS, Operator.IS_NOT, Operator.KNOWN, Operator.UNKNOWN))
        values = tuple(chance.sample(("NEW", "OPEN_DEAL", "weird", "x"), chance.randrange(1, 3)))
        return Comparison(words["lead_status"], operator, values, or_missing)
    operator = chance.choice((Operator.AT_LEAST, Operator.LESS_THAN, Operator.KNOWN, Operator.UNKNOWN))
    return Comparison(words["lead_score"], operator, float(chance.choice((10, 20, 50, 60))), or_missing)


def random_relation(chance: random.Random, words: dict[str, Any], depth: int) -> Condition:
    relation = words["relation"]
    amount = Comparison(words["amount"], Operator.MORE_THAN, float(chance.choice((10, 50))))
    state = Comparison(words["state"], chance.choice((Operator.IS, Operator.IS_NOT)), (chance.choice(("won", "lost")),))
    inner: Condition = chance.choice((amount, state, Not(amount), All((amount, state)), AnyOf((Not(amount), state))))
    if chance.random() < 0.2:
        return Count(relation, inner, chance.choice((None, 1)), chance.choice((None, 1)))
    return Related(relation, chance.choice([*Quantifier]), inner)


def interpret(condition: Any, record: dict[str, Any]) -> bool:
    """The same in plain Python, with two answers only."""
    if isinstance(condition, All | AnyOf):
        return (all if isinstance(condition, All) else any)(interpret(item, record) for item in condition.items)
    if isinstance(condition, Not):
        return not interpret(condition.item, record)
    if isinstance(condition, Comparison):
        return compare(condition, record.get(condition.word.name))
    fitting = [interpret(condition.condition, {"state": s, "amount": a}) for s, a in record["deals"]]
    if isinstance(condition, Count):
        low, high = condition.at_least, condition.at_most
        return (low is None or sum(fitting) >= low) and (high is None or sum(fitting) <= high)
    if condition.quantifier is Quantifier.ALL:
        return bool(fitting) and all(fitting)
    return any(fitting) is (condition.quantifier is Quantifier.ANY)


def compare(condition: Any, value: Any) -> bool:
    if value is None and condition.or_missing:
        return True
    return {
        Operator.IS: lambda: value in condition.operand,
        Operator.IS_NOT: lambda: value not in condition.operand,
        Operator.KNOWN: lambda: value is not None,
        Operator.UNKNOWN: lambda: value is None,
        Operator.AT_LEAST: lambda: value is not None and value >= condition.operand,
        Operator.LESS_THAN: lambda: value is not None and value < condition.operand,
        Operator.MORE_THAN: lambda: value is not None and value > condition.operand,
    }[condition.operator]()


@pytest.mark.parametrize("seed", range(4))
def test_random_conditions_mean_the_same_in_sql_and_in_python(portal_with: PortalWith, seed: int) -> None:
    portal = portal_with(rule_text("x", "- lead_score: 1\n      - deals: {any: {amount: 1, state: open}}"))
    for name, seen in SEEN.items():
        contact = portal.contact(
            name, seen["lead_status"], lead_score=seen["lead_score"], hubspot_owner_id=seen["owner"]
        )
        for state, amount in seen["deals"]:
            portal.deal(contact, state, amount=amount)
    portal.derive()
    chance, scope = random.Random(seed), contact_scope(Ground(portal.rule_set, portal.schema, portal.world(SUNDAY)))
    words: dict[str, Any] = {**portal.rule_set.words[CONTACTS], **named_words(portal)}
    for _ in range(60):
        condition = random_condition(chance, words, 3)
        source = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
        query = select(scope.contact.c.id).select_from(source).where(holds(scope, condition))
        found = {portal.names[i] for i in portal.connection.execute(query).scalars()}
        assert found == {name for name, seen in SEEN.items() if interpret(condition, seen)}, condition


def named_words(portal: Portal) -> dict[str, Any]:
    """Words and relations that only the rule itself knows."""
    parts = [*walk(portal.rule_set.rules[0].when)]
    words = {part.word.name: part.word for part in parts if isinstance(part, Comparison)}
    return {**words, "relation": next(part.relation for part in parts if isinstance(part, Related))}
