from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Row

from rules.compile import finding_hits, list_hits, set_hits
from rules.model import People, SetAction
from tests.rules.portal import (
    FS_OWNER,
    GONE_FS,
    IS_OWNER,
    MANAGER,
    OPS,
    OTHER_FS,
    SUNDAY,
    Portal,
    jst,
    rule_text,
)

PortalWith = Callable[[str], Portal]


def receivers(portal: Portal, rule_id: str) -> dict[str, tuple[str | None, str | None]]:
    portal.derive()
    query = finding_hits(portal.rule_set, portal.rule_set.rule(rule_id), portal.schema, portal.world(SUNDAY))
    return {
        portal.names[row.record_id]: (row.receiver_owner_id, row.receiver_role)
        for row in portal.connection.execute(query)
    }


def test_a_leak_goes_to_the_owner_else_the_deals_else_the_host_else_a_manager(portal: Portal) -> None:
    def lost(name: str, owner: str | None, *deal_owners: str, host: str | None = None) -> None:
        contact = portal.contact(name, "OPEN_DEAL", jst("11-01"), hubspot_owner_id=owner)
        for day, deal_owner in enumerate(deal_owners, start=1):
            portal.deal(
                contact, "lost", closedate=jst("11-10"), created=jst(f"06-{day:02}"), hubspot_owner_id=deal_owner
            )
        if host:
            portal.meeting(contact, jst("11-02"), hubspot_owner_id=host)

    lost("owner", FS_OWNER, OTHER_FS)
    lost("owner is IS", IS_OWNER, OTHER_FS)
    lost("newest deal", None, FS_OWNER, OTHER_FS)
    lost("newest deal's owner left", None, OTHER_FS, GONE_FS, host=OTHER_FS)  # only the newest one counts
    lost("nobody", None, GONE_FS, host=GONE_FS)
    assert receivers(portal, "l4-lost-but-still-open") == {
        "owner": (FS_OWNER, None),
        "owner is IS": (OTHER_FS, None),
        "newest deal": (OTHER_FS, None),
        "newest deal's owner left": (OTHER_FS, None),
        "nobody": (MANAGER, "Manager"),
    }


def test_an_inquiry_goes_to_its_owner_in_is_else_to_is(portal: Portal) -> None:
    portal.contact("own", "NEW", jst("11-01"), hubspot_owner_id=IS_OWNER)
    portal.contact("of FS", "NEW", jst("11-01"), hubspot_owner_id=FS_OWNER)
    assert receivers(portal, "h1-untouched-inquiry") == {"own": (IS_OWNER, None), "of FS": (IS_OWNER, "IS")}


def test_data_repair_goes_to_ops(portal: Portal) -> None:
    portal.contact("blank", None, jst("11-01"))
    assert receivers(portal, "h8-blank-status") == {"blank": (OPS, "Ops")}


def test_who_set_the_status_is_told_if_still_there(portal_with: PortalWith) -> None:
    then = "finding: {severity: info}\n      - remind: {to: [setter, owner]}"
    portal = portal_with(rule_text("any", "- lead_status: NEW", then))
    for name, user in {"set by FS": 102, "left": 106, "nobody's user": 999, "no user": None}.items():
        portal.contact(name, "NEW", jst("11-01"), by=user, hubspot_owner_id=IS_OWNER)
    owner = (IS_OWNER, None)
    assert receivers(portal, "any") == {
        "set by FS": (FS_OWNER, None), "left": owner, "nobody's user": owner, "no user": owner,
    }  # fmt: skip


def test_a_setter_can_be_asked_for_a_role(portal_with: PortalWith) -> None:
    then = "finding: {severity: info}\n      - remind: {to: [setter: {role: IS}, role: Manager]}"
    portal = portal_with(rule_text("any", "- lead_status: NEW", then))
    portal.contact("set by FS", "NEW", jst("11-01"), by=102)
    assert receivers(portal, "any") == {"set by FS": (MANAGER, "Manager")}


def test_nobody_in_the_role_is_nobody(portal_with: PortalWith) -> None:
    then = "finding: {severity: info}\n      - remind: {to: {role: Telemarketing}}"
    portal = portal_with(rule_text("any", "- lead_status: NEW", then))
    portal.people = People(())
    portal.contact("x")
    assert receivers(portal, "any") == {"x": (None, "Telemarketing")}


def test_a_rule_without_reminder_has_no_receiver(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("any", "- lead_status: NEW"))
    portal.contact("x")
    assert receivers(portal, "any") == {"x": (None, None)}


def values(portal: Portal, action: SetAction) -> list[Row[tuple[object, ...]]]:
    portal.derive()
    query = set_hits(portal.rule_set, portal.rule_set.rules[0], action, portal.schema, portal.world(SUNDAY))
    return sorted(portal.connection.execute(query), key=lambda row: row.record_id)


def test_a_set_action_shows_what_would_change(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("hot", "- lead_score: {at_least: 70}", "set: {lead_rank: HOT}"))
    (action,) = portal.rule_set.rules[0].sets
    portal.contact("cool", lead_score="80", lead_rank="COOL")
    portal.contact("none", lead_score="70.0")
    portal.contact("empty", lead_score="71", lead_rank="")
    portal.contact("already", lead_score="90", lead_rank="HOT")
    portal.contact("low", lead_score="69")
    rows = [(portal.names[row.record_id], row.property, row.present, row.wanted) for row in values(portal, action)]
    assert rows == [(n, "lead_rank", p, "HOT") for n, p in (("cool", "COOL"), ("none", None), ("empty", None))]


def test_a_set_action_can_clear(portal_with: PortalWith) -> None:
    portal = portal_with(rule_text("clear", "- lead_status: NEW", "set: {lead_rank: null}"))
    portal.contact("has", lead_rank="COOL")
    portal.contact("has none")
    (row,) = values(portal, portal.rule_set.rules[0].sets[0])
    assert (portal.names[row.record_id], row.present, row.wanted) == ("has", "COOL", None)


@pytest.mark.parametrize("ids", [[], ["1001"], ["1002", "1001", "1002"], ["1003"], [str(n) for n in range(1002, 3000)]])
def test_looking_at_some_contacts_finds_the_same_of_them(portal: Portal, ids: list[str]) -> None:
    for name in ("1001", "1002"):
        portal.deal(portal.contact(name, "OPEN_DEAL", hubspot_owner_id=None), "won", service="crm_setup")
    everything = portal.findings("l7-nobody-to-remind")
    assert everything == {"1001", "1002"}
    assert portal.findings("l7-nobody-to-remind", only=ids) == {portal.names[i] for i in ids if i in portal.names}


def test_some_contacts_can_also_be_chosen_after_deriving_all(portal: Portal) -> None:
    first, _ = (portal.contact(name, "OPEN_DEAL", hubspot_owner_id=None) for name in ("a", "b"))
    portal.deal(first, "won", service="crm_setup")
    portal.derive()
    leak, won = (portal.rule_set.rule(name) for name in ("l7-nobody-to-remind", "won-lists"))
    place = (portal.schema, portal.world(SUNDAY), [first])
    assert len(portal.connection.execute(finding_hits(portal.rule_set, leak, *place)).all()) == 1
    assert len(portal.connection.execute(list_hits(portal.rule_set, won, won.lists[0], *place)).all()) == 1
