"""Whose task a rule makes, by when, and what of the contact that relies on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rules.compile import creation_hits
from rules.conditions import Span, SpanUnit
from rules.model import CreateAction, Mode
from tests.rules.portal import FS_OWNER, GONE_FS, IS_OWNER, SUNDAY, Portal, jst, rule_text, rules_from

PortalWith = Callable[[str], Portal]
TASK = "task: {title: {ja: 電話する, en: Call}, to: %s, due: 2 business days}"


def action_of(folder: Path, then: str, when: str = "- lead_status: NEW") -> CreateAction:
    (action,) = rules_from(folder, rule_text("call", when, then)).rule("call").creations
    return action


def tasks(portal: Portal) -> dict[str, str | None]:
    """Contact to whom its task goes."""
    portal.derive()
    rule = portal.rule_set.rule("call")
    query = creation_hits(portal.rule_set, rule, rule.creations[0], portal.schema, portal.world(SUNDAY))
    return {portal.names[row.record_id]: row.receiver_owner_id for row in portal.connection.execute(query)}


def test_a_task_goes_to_the_first_receiver_that_there_is(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("call", "- lead_status: NEW", TASK % "[owner, {role: FS}]"))
    portal.contact("owned", "NEW", hubspot_owner_id=IS_OWNER)
    portal.contact("left behind", "NEW", hubspot_owner_id=GONE_FS)
    portal.contact("another", "OPEN_DEAL")
    assert tasks(portal) == {"owned": IS_OWNER, "left behind": FS_OWNER}


def test_where_there_is_nobody_the_task_is_nobodys(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("call", "- lead_status: NEW", TASK % "owner"))
    portal.contact("left behind", "NEW", hubspot_owner_id=GONE_FS)
    assert tasks(portal) == {"left behind": None}


def test_it_relies_on_what_its_rule_reads_of_the_contact_and_on_the_owner(tmp_path: Path) -> None:
    when = "- {lead_status: NEW, company: {name: {known: true}}, deals: {none: {is_closed: false}}}"
    assert action_of(tmp_path, TASK % "owner", when).relies_on == ("hs_lead_status", "hubspot_owner_id")
    assert action_of(tmp_path, TASK % "{role: FS}", when).relies_on == ("hs_lead_status",)
    assert action_of(tmp_path, "note: {text: Called}", when).relies_on == ("hs_lead_status",)


def test_without_a_mode_it_waits_for_approval(tmp_path: Path) -> None:
    rule_set = rules_from(tmp_path, rule_text("call", "- lead_status: NEW", TASK % "owner"))
    assert rule_set.rule("call").mode is Mode.PLAN


# 2026-11-20 is a Friday, 11-23 a holiday; the firm is open from 9 to 18.
@pytest.mark.parametrize(
    ("now", "span", "due"),
    [
        ("11-20 10:00", Span(0, SpanUnit.BUSINESS_DAYS), "11-20 18:00"),
        ("11-20 10:00", Span(1, SpanUnit.BUSINESS_DAYS), "11-24 18:00"),  # over weekend and holiday
        ("11-21 10:00", Span(2, SpanUnit.BUSINESS_DAYS), "11-25 18:00"),  # from a Saturday: Tuesday, Wednesday
        ("11-20 23:00", Span(2, SpanUnit.DAYS), "11-22 18:00"),  # calendar days stop nowhere
        ("11-20 10:00", Span(4, SpanUnit.HOURS), "11-20 14:00"),
        ("11-20 16:00", Span(4, SpanUnit.BUSINESS_HOURS), "11-24 11:00"),  # two on Friday, two on Tuesday
    ],
)
def test_a_task_is_due_at_closing_time_of_its_last_day(tmp_path: Path, now: str, span: Span, due: str) -> None:
    calendar = rules_from(tmp_path, rule_text("call", "- lead_status: NEW", TASK % "owner")).calendar
    assert calendar.due(jst(now), span) == jst(due)
