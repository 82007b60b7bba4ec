"""The contact's company, its colleagues, and older contacts of the same person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from connector.records import COMPANIES
from tests.rules.portal import FS_OWNER, GONE_FS, LONG_AGO, SUNDAY, Portal, jst, rule_text, shipped_rules

PortalWith = Callable[[str], Portal]
H12 = "h12-probable-duplicate"


def test_the_company_is_the_primary_one_else_the_smallest_id(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("of-a", "- company: {name: A}"))
    for name, links in {
        "primary": (("B", 2), ("A", 1)),
        "smallest": (("A", 2), ("B", 2)),
        "other primary": (("A", 2), ("B", 1)),
        "none": (),
    }.items():
        contact = portal.contact(name)
        for company, type_id in links:
            portal.company(contact, company, type_id)
    gone = portal.contact("primary is gone")
    portal.company(gone, "B", 1, row={"archived_at": SUNDAY})
    portal.company(gone, "A", 2)
    assert portal.findings("of-a") == {"primary", "smallest", "primary is gone"}


def test_any_of_the_companies_can_be_asked_for(portal_with: PortalWith) -> None:
    portal = portal_with(
        rule_text("any", "- companies: {any: {owner: {live: false}}}") + rule_text("no", "- company: {exists: false}")
    )
    contact = portal.contact("x")
    portal.company(contact, "A", hubspot_owner_id=FS_OWNER)
    portal.company(contact, "B", 2, hubspot_owner_id=GONE_FS)
    portal.contact("alone")
    assert (portal.findings("any"), portal.findings("no")) == ({"x"}, {"alone"})


@pytest.mark.parametrize("object_type", ["calls", "emails", "notes", "tasks"])
def test_activities_are_asked_for_like_deals(portal_with: PortalWith, object_type: str) -> None:
    portal = portal_with(
        rule_text("one", f"- {object_type}: {{count: {{at_least: 2, where: {{owner: {{role: FS}}}}}}}}")
    )
    twice, once = portal.contact("twice"), portal.contact("once")
    for contact in (twice, twice, once):
        portal.activity(contact, object_type, jst("11-01"), hubspot_owner_id=FS_OWNER)
    portal.activity(once, object_type, jst("11-01"), hubspot_owner_id=FS_OWNER, row={"archived_at": SUNDAY})
    assert portal.findings("one") == {"twice"}


def test_what_is_asked_about_is_mirrored(portal_with: PortalWith) -> None:
    """Of tasks: nothing that is shipped asks about them."""
    assert portal_with(rule_text("x", "- tasks: {exists: true}")).rule_set.needs["tasks"] == {"hs_timestamp"}
    assert "tasks" not in shipped_rules().needs


def test_the_owner_of_the_company_can_be_told(portal_with: PortalWith) -> None:
    then = "finding: {severity: info}\n      - remind: {to: [{company: {owner: {role: FS}}}]}"
    portal = portal_with(rule_text("any", "- lead_status: NEW", then))
    rule = portal.rule_set.rules[0]
    assert rule.remind is not None
    assert [(one.relation, one.must_have_role) for one in rule.remind.to] == [("company", "FS")]


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("siblings: {any: {lead_status: OPEN_DEAL}}", {"b", "stranger"}),  # not a: it is one itself
        ("siblings: {exists: true}", {"a", "b", "stranger"}),
        ("siblings: {none: {}}", {"alone", "only one"}),
        ("siblings: {count: {at_least: 2}}", {"a", "b", "stranger"}),
        ("siblings: {latest: {by: created_at, lead_status: NEW}}", {"a", "stranger"}),
        ("siblings: {all: {owner: {live: true}}}", {"a", "b", "stranger"}),
        ("siblings: {any: {created_at: {later_than: cycle_start}}}", {"a", "stranger"}),  # the outer contact's
        ("siblings: {any: {last_activity_at: {known: true}}}", {"b", "stranger"}),  # ahead is not done
    ],
)
def test_other_contacts_of_the_company_are_asked_in_their_own_words(
    portal_with: PortalWith, when: str, found: set[str]
) -> None:
    portal = portal_with(rule_text("x", f"- {when}"))
    a = portal.contact("a", "OPEN_DEAL", created=jst("06-01"), notes_last_contacted=jst("11-20"))
    b = portal.contact("b", "NEW", created=jst("06-03"), notes_last_contacted=jst("11-30"))
    stranger = portal.contact("stranger", "OPEN", created=jst("06-02"))
    gone = portal.contact("gone", "OPEN_DEAL", row={"archived_at": SUNDAY}, hubspot_owner_id=GONE_FS)
    only_one = portal.contact("only one")
    portal.contact("alone")
    company = portal.company(a, "A")
    for contact, type_id in ((b, 1), (b, 2), (stranger, 2), (gone, 1)):
        portal.link(contact, COMPANIES, company, type_id)
    portal.company(only_one, "B")
    assert portal.findings("x") == found


def test_h12_finds_the_younger_of_two(portal: Portal) -> None:
    def person(name: str, created: str = "06-02", **said: str) -> str:
        return portal.contact(name, created=jst(created), **said)

    person("oldest", "06-01", email="a@firm.example")
    person("younger", email="A@firm.example")
    person("twin by id", email="a@firm.example")
    person("another", email="b@firm.example")
    person("colleague", "06-01", company="㈱あおば", lastname="山田", firstname="太郎", phone="03-1111-2222")
    person("same number at work", company="あおば", lastname="山田", firstname="花子", phone="03-1111-2222")
    person("same name", company="あおば", lastname="山 田", firstname="太郎")
    person("elsewhere", company="みどり", lastname="山田", firstname="太郎")
    assert portal.findings(H12) == {"younger", "twin by id", "same name"}


def test_h12_passes_over_contacts_that_are_gone(portal: Portal) -> None:
    portal.contact("archived", email="a@firm.example", row={"archived_at": SUNDAY})
    portal.contact("merged", email="a@firm.example", row={"merged_into": "5"})
    portal.contact("left", created=jst("06-02"), email="a@firm.example")
    assert portal.findings(H12) == set()


def test_a_linked_company_counts_for_more_than_the_typed_one(portal: Portal) -> None:
    def yamada(name: str, typed: str, *linked: str | None) -> None:
        contact = portal.contact(name, company=typed, lastname="山田", firstname="太郎")
        for company in linked:
            portal.company(contact, company)

    yamada("a", "みどり", "あおば")
    yamada("b", "あおば")
    yamada("c", "あおば", "みどり")
    yamada("d", "あおば", None)  # the company has no name
    assert portal.findings(H12) == {"b"}


def test_the_oldest_one_is_younger_than_nobody_also_when_examined_alone(portal: Portal) -> None:
    first = portal.contact("first", created=LONG_AGO, email="a@firm.example")
    second = portal.contact("second", created=LONG_AGO, email="a@firm.example")
    assert (portal.findings(H12, only=[first]), portal.findings(H12, only=[second])) == (set(), {"second"})


@pytest.mark.parametrize(
    ("more", "escalates"),
    [("", True), (", escalate: true", True), (", escalate: false", False), (", cadence: weekly", False)],
)
def test_others_are_told_unless_the_rule_says_no_or_speaks_weekly(
    portal_with: PortalWith, more: str, escalates: bool
) -> None:
    then = f"finding: {{severity: info}}\n      - remind: {{to: owner{more}}}"
    rule = portal_with(rule_text("any", "- lead_status: NEW", then)).rule_set.rules[0]
    assert rule.remind is not None
    assert rule.remind.escalates is escalates
