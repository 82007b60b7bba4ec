"""What conditions mean in SQL: every operator, missing values, related records, and exact complements."""

from __future__ import annotations

from collections.abc import Callable

from connector.records import DEALS
from tests.rules.portal import GONE_FS, OTHER_FS, Portal, jst, rule_text

PortalWith = Callable[[str], Portal]

CASES: list[tuple[str, set[str]]] = [
    # condition, the contacts it holds for out of those of `people_in`
    ("lead_score: {at_least: 40}", {"forty", "seventy"}),
    ("lead_score: {more_than: 40}", {"seventy"}),
    ("lead_score: {at_most: 40}", {"forty"}),
    ("lead_score: {less_than: 70.5, or_missing: true}", {"forty", "seventy", "bare"}),
    ("lead_score: {between: [40, 70]}", {"forty", "seventy"}),
    ("lead_score: 40", {"forty"}),
    ("not: {lead_score: {at_least: 41}}", {"forty", "bare"}),
    ("lead_score: [40, 70]", {"forty", "seventy"}),
    ("lead_score: {is_not: 40, or_missing: true}", {"seventy", "bare"}),
    ("jobtitle: 部長", {"forty"}),
    ("jobtitle: [ｂｕｃｈｏ, 課長(代理)]", {"seventy"}),  # 課長（代理） in the CRM
    ("jobtitle: {contains: 長}", {"forty", "seventy"}),
    ("jobtitle: {contains: [社, （代]}", {"seventy"}),
    ("jobtitle: {contains: '%'}", set()),  # a percent sign, not anything at all
    ("jobtitle: {contains_none: 部, or_missing: true}", {"seventy", "bare"}),
    ("jobtitle: {starts_with: 課}", {"seventy"}),
    ("jobtitle: {ends_with: [長, 社]}", {"forty"}),
    ("email: {starts_with: FORTY@}", {"forty"}),
    ("inquiry_source: {contains: web}", {"forty"}),  # by the label: Web問い合わせ
    ("jobtitle: {is_not: 部長, or_missing: true}", {"seventy", "bare"}),
    ("jobtitle: {is_not: 部長, known: true}", {"seventy"}),
    ("jobtitle: {known: false}", {"bare"}),
    ("services: crm_setup", {"forty"}),  # not CRM_SETUP
    ("services: [crm_setup, web_report]", {"forty", "seventy"}),
    ("services: {has_none: crm_setup, or_missing: true}", {"seventy", "bare"}),
    ("services: {has_all: [web_report, crm_setup]}", {"forty"}),
    ("services: {has_all: [crm_setup, factory_navi]}", set()),
    ("services: {has_exactly: [web_report, crm_setup, web_report]}", {"forty"}),
    ("services: {contains: 導入}", {"forty"}),  # the label of crm_setup, as one of several choices
    ("services: {contains_none: [導入], or_missing: true}", {"seventy", "bare"}),
    ("services: {starts_with: ｗｅｂ}", {"forty", "seventy"}),
    ("services: {ends_with: 支援}", {"forty"}),
    ("services: {has_exactly: web_report}", {"seventy"}),  # CRM_SETUP is no service
    ("services: {known: true}", {"forty", "seventy"}),
    ("owner: {role: FS}", {"forty", "seventy"}),
    ("owner: {role: FS, live: true}", {"forty"}),
    ("owner: {role: {is_not: FS}}", {"bare"}),
    ("owner: {live: false}", {"seventy", "bare"}),
    ("owner: {known: true}", {"forty", "seventy"}),
    ("owner: 2", {"forty"}),
    ("owner: [2, 6]", {"forty", "seventy"}),
    ("owner: {is_not: 2, or_missing: true}", {"seventy", "bare"}),
    ("owner: {was_ever: 3}", {"forty", "seventy"}),  # earlier, and also where the present owner is another
    ("owner: {was_ever: [2, 3], live: true}", {"forty"}),
    ("owner: {unchanged_for: 2 days}", {"forty", "bare"}),  # 11-19 12:00; never, and made long ago
    ("owner: {changed_within: 2 days}", {"seventy"}),
    ("owner: {unchanged_for: 20 hours}", {"forty", "seventy", "bare"}),
    ("lead_status: {was_ever: OPEN_DEAL}", {"forty"}),
    ("lead_status: {was_ever: [NEW, OPEN_DEAL]}", {"forty", "seventy"}),  # what is never told is what it is now
    ("lead_status: {changed_within: 3 business days}", {"forty"}),
    ("next_contact_date: 2026-11-18", {"forty"}),
    ("next_contact_date: {is_not: 2026-11-18, or_missing: true}", {"seventy", "bare"}),
    ("next_contact_date: {before: 2026-11-19}", {"forty"}),
    ("next_contact_date: {after: 2026-11-18}", {"seventy"}),
    ("next_contact_date: {before: now}", {"forty", "seventy"}),
    ("next_contact_date: {within_last: 3 days}", {"seventy"}),
    ("next_contact_date: {within_last: 4 days}", {"forty", "seventy"}),
    ("next_contact_date: {within_next: 3 days}", set()),
    ("inquiry_date: 2026-11-22", {"forty"}),  # 11-22 00:00 in Tokyo is 11-21 in UTC
    ("inquiry_date: {before: 2026-11-22}", set()),
    ("inquiry_date: {after: 2026-11-22}", {"seventy"}),
    ("inquiry_date: {after: 2026-11-22 00:00}", {"seventy"}),
    ("inquiry_date: {after: '2026-11-21T14:59:59Z'}", {"forty", "seventy"}),
    ("inquiry_date: {after: now}", {"seventy"}),
    ("inquiry_date: {within_last: 1 day}", {"forty"}),
    ("inquiry_date: {within_next: 1 day}", set()),  # the 24th is two days ahead
    ("inquiry_date: {within_next: 1 business day}", {"seventy"}),  # the 23rd is a holiday
    ("inquiry_date: {within_next: 48 hours}", {"seventy"}),
    ("inquiry_date: {within_next: 44 hours}", set()),
    ("inquiry_date: {same_as: last_activity_at}", set()),
    ("lead_status: {same_as: previous_status}", set()),
    ("next_contact_date: {older_than: 3 days}", {"forty"}),  # more than 3 lie in (11-18, 11-22]
    ("last_activity_at: {older_than: 4 hours}", {"forty"}),
    ("last_activity_at: {known: true}", {"forty"}),  # what lies ahead is not known
    ("last_activity_at: {later_than: created_at}", {"forty"}),
    ("any: [lead_score: 40, jobtitle: 課長（代理）]", {"forty", "seventy"}),
    ("all: [lead_score: 40, jobtitle: 課長（代理）]", set()),
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
    ("deals: {any: {dealstage: {was_ever: appointmentscheduled}}}", {"forty"}),
    ("deals: {any: {dealstage: {changed_within: 5 days}}}", {"forty"}),
    ("deals: {all: {dealstage: {unchanged_for: 5 days}}}", {"seventy"}),  # never: since the deal was made
    ("deals: {any: {dealname: {contains: ＣＲＭ}}}", {"forty"}),
    ("deals: {any: {closed_at: {within_last: 60 days}}}", {"forty", "seventy"}),
    ("deals: {any: {closed_at: {same_as: inquiry_date}}}", set()),
    ("deals: {earliest: {by: created_at, state: won}}", set()),
    ("deals: {latest: {by: created_at, service: {known: false}}}", {"forty", "seventy"}),
    ("newest_open_deal: {owner: {role: FS}}", {"forty"}),
    ("newest_open_deal: {exists: false}", {"seventy", "bare"}),
]


def people_in(portal: Portal) -> None:
    forty = portal.contact(
        "forty", history=[("OPEN_DEAL", jst("11-01")), ("NEW", jst("11-20"))], lead_score="40", jobtitle="部長",
        email="forty@firm.example", inquiry_source="web_form", inquiry_service="crm_setup;web_report",
        next_contact_date="2026-11-18", inquiry_date=jst("11-22 00:00"), notes_last_contacted=jst("11-22 07:59"),
    )  # fmt: skip
    portal.version(forty, 0, OTHER_FS, jst("11-01"), "hubspot_owner_id")
    portal.version(forty, 1, "2", jst("11-19"), "hubspot_owner_id")
    scheduled = portal.deal(forty, "open", created=jst("08-01"), dealname="crm一式", dealstage="closedwon")
    portal.version(scheduled, 0, "appointmentscheduled", jst("11-18"), "dealstage", DEALS)
    portal.link(forty, DEALS, portal.deal(forty, "won", created=jst("09-01"), closedate=jst("10-01")), type_id=200)
    seventy = portal.contact(
        "seventy", lead_score="70", jobtitle="課長（代理）", inquiry_service="CRM_SETUP;web_report",
        next_contact_date="2026-11-19", inquiry_date=jst("11-24 09:00"), hubspot_owner_id=GONE_FS,
        notes_last_contacted=jst("11-23"),
    )  # fmt: skip
    portal.version(seventy, 0, OTHER_FS, jst("11-21"), "hubspot_owner_id")
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
