"""What rules would write: owners, scores with their rank, and which of several rules writes a property."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rules.explain import explain, read_explanation
from rules.model import Mode
from rules.score_hits import value_hits
from tests.rules.portal import FS_OWNER, GONE_FS, IS_OWNER, SUNDAY, Portal, jst, rule_text

PortalWith = Callable[[str], Portal]
ORDER = "order:\n  contact:\n    {property}: [{rules}]\n"
SCORE = """  lead-score:
    title: score
    for_each: contact
    {when}score:
      into: lead_score
      between: [1, 100]
      points:
        - {{add: 25, when: {{lead_status: NEW}}}}
        - {{add: 40, when: {{owner: {{role: FS}}}}}}
        - {{add: 50, when: {{created_at: {{older_than: 30 days}}}}}}
        - {{add: -40, when: {{services: crm_setup}}}}
      rank: {{into: lead_rank, bands: {{HOT: 60, WARM: 30, COOL: 1}}}}
"""


def wanted(portal: Portal, rule_id: str) -> dict[tuple[str, str], tuple[str | None, str | None, str | None]]:
    """(contact, property) to present value, wanted value, and the rule that comes first."""
    portal.derive()
    rule = portal.rule_set.rule(rule_id)
    queries = value_hits(portal.rule_set, rule, portal.schema, portal.world(SUNDAY))
    rows = [row for query in queries for row in portal.connection.execute(query)]
    found = {(portal.names[row.record_id], row.property): (row.present, row.wanted, row.held_by) for row in rows}
    assert len(found) == len(rows), "a value was wanted twice"
    return found


def test_a_score_adds_up_and_gives_the_rank(portal_with: PortalWith) -> None:
    portal = portal_with(SCORE.format(when=""))
    portal.contact("all", "NEW")  # 25 + 40 + 50, at most 100
    portal.contact("some", "NEW", hubspot_owner_id=None, created=jst("11-20"), lead_score="5", lead_rank="HOT")
    portal.contact("none", "OPEN_DEAL", hubspot_owner_id=None, created=jst("11-20"), inquiry_service="crm_setup")
    assert wanted(portal, "lead-score") == {
        ("all", "lead_score"): (None, "100", None),
        ("all", "lead_rank"): (None, "HOT", None),
        ("some", "lead_score"): ("5", "25", None),
        ("some", "lead_rank"): ("HOT", "COOL", None),
        ("none", "lead_score"): (None, "1", None),
        ("none", "lead_rank"): (None, "COOL", None),
    }


def test_the_explanation_of_a_score_shows_each_point(portal_with: PortalWith) -> None:
    portal = portal_with(SCORE.format(when=""))
    portal.contact("some", "NEW", hubspot_owner_id=None, created=jst("11-20"))
    portal.derive()
    rule_set = portal.rule_set
    query, shape = explain(rule_set, rule_set.rule("lead-score"), portal.schema, portal.world(SUNDAY))
    told = read_explanation(shape, portal.connection.execute(query).one())
    assert [(line.text.en.split(":")[0], line.held) for line in told] == [
        ("+25", True), ("+40", False), ("+50", False), ("-40", False),
    ]  # fmt: skip


def test_what_is_right_already_is_not_written(portal_with: PortalWith) -> None:
    portal = portal_with(SCORE.format(when=""))
    portal.contact("same", "NEW", hubspot_owner_id=None, created=jst("11-20"), lead_score="25.0", lead_rank="COOL")
    assert wanted(portal, "lead-score") == {}


def test_only_what_the_rule_is_about_is_scored(portal_with: PortalWith) -> None:
    portal = portal_with(SCORE.format(when="when: [{lead_status: NEW}]\n    "))
    portal.contact("other", "OPEN_DEAL")
    assert wanted(portal, "lead-score") == {}
    assert portal.rule_set.rule("lead-score").mode is Mode.PLAN


@pytest.mark.parametrize("said", [IS_OWNER, "p1@firm.example", "P1@Firm.Example"])
def test_an_owner_is_assigned_by_id_or_mail(portal_with: PortalWith, said: str) -> None:
    portal = portal_with(rule_text("give", "- lead_status: NEW", f"assign: {{owner: '{said}'}}"))
    portal.contact("has", hubspot_owner_id=IS_OWNER)
    portal.contact("has another", hubspot_owner_id=FS_OWNER)
    assert wanted(portal, "give") == {("has another", "hubspot_owner_id"): (FS_OWNER, IS_OWNER, None)}


@pytest.mark.parametrize("said", [GONE_FS, "nobody@firm.example"])
def test_nobody_is_given_to_a_user_who_is_not_there(portal_with: PortalWith, said: str) -> None:
    portal = portal_with(rule_text("give", "- lead_status: NEW", f"assign: {{owner: '{said}'}}"))
    portal.contact("x", hubspot_owner_id=None)
    assert wanted(portal, "give") == {}


def test_each_row_of_a_table_assigns_to_its_own_user(portal_with: PortalWith) -> None:
    portal = portal_with(
        "  give:\n    title: give\n    for_each: contact\n    then: [{assign: to}]\n    first_match:\n"
        f"      - {{lead_status: NEW, to: '{IS_OWNER}'}}\n      - {{otherwise: true, to: {{owner: p2@firm.example}}}}\n"
    )
    portal.contact("new", "NEW", hubspot_owner_id=None)
    portal.contact("later", "OPEN_DEAL", hubspot_owner_id=None)
    assert wanted(portal, "give/row-1") == {("new", "hubspot_owner_id"): (None, IS_OWNER, None)}
    assert wanted(portal, "give/row-2") == {("later", "hubspot_owner_id"): (None, FS_OWNER, None)}


def two_writers(first_mode: str = "plan", order: str = "first, second") -> str:
    set_first = f"set: {{lead_rank: HOT}}\n    mode: {first_mode}"
    rules = rule_text("second", "- lead_status: [NEW, OPEN_DEAL]", "set: {lead_rank: COOL}")
    rules += rule_text("first", "- lead_status: NEW", set_first)
    return rules + ORDER.format(property="lead_rank", rules=order)


def test_the_rule_that_comes_first_writes_and_the_other_is_held_back(portal_with: PortalWith) -> None:
    portal = portal_with(two_writers())
    portal.contact("both", "NEW")
    portal.contact("only second", "OPEN_DEAL")
    assert wanted(portal, "first") == {("both", "lead_rank"): (None, "HOT", None)}
    assert wanted(portal, "second") == {
        ("both", "lead_rank"): (None, "COOL", "first"),
        ("only second", "lead_rank"): (None, "COOL", None),
    }


def test_what_the_first_rule_has_written_stays(portal_with: PortalWith) -> None:
    portal = portal_with(two_writers())
    portal.contact("both", "NEW", lead_rank="HOT")
    assert wanted(portal, "first") == {}
    assert wanted(portal, "second") == {("both", "lead_rank"): ("HOT", "COOL", "first")}


def test_a_rule_that_only_observes_holds_nobody_back(portal_with: PortalWith) -> None:
    portal = portal_with(two_writers(first_mode="observe"))
    portal.contact("both", "NEW")
    assert wanted(portal, "second") == {("both", "lead_rank"): (None, "COOL", None)}


def test_a_score_gives_way_in_the_one_property_that_another_rule_writes(portal_with: PortalWith) -> None:
    rules = SCORE.format(when="") + rule_text("mine", "- lead_status: NEW", "set: {lead_rank: HOT}")
    portal = portal_with(rules + ORDER.format(property="lead_rank", rules="mine, lead-score"))
    portal.contact("x", "NEW", hubspot_owner_id=None, created=jst("11-20"))
    assert wanted(portal, "lead-score") == {
        ("x", "lead_score"): (None, "25", None),
        ("x", "lead_rank"): (None, "COOL", "mine"),
    }


def test_a_suggestion_says_what_to_ask_and_whom(portal_with: PortalWith) -> None:
    then = "suggest: {set: {lead_status: UNQUALIFIED}, ask: [unqualified_reason], to: owner}"
    rule = portal_with(rule_text("ask", "- lead_status: NEW", then)).rule_set.rule("ask")
    assert [(one.value, one.ask) for one in rule.suggests] == [("UNQUALIFIED", ("unqualified_reason",))]
    assert rule.remind
    assert rule.remind.to[0].word
    assert rule.finding, "nobody would see a suggestion without a finding"
