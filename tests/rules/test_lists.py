"""The list rules as shipped: members, and who is held beside them."""

from __future__ import annotations

from tests.rules.portal import Portal, jst

L5, LOST = "l5-conflicting-parking", "lost-lists"


def test_a_parked_contact_is_on_the_recycle_list_of_each_known_service(portal: Portal) -> None:
    portal.contact("two", "BAD_TIMING", inquiry_service="crm_setup;web_report;gone_service")
    portal.contact("none", "ATTEMPTED_TO_CONTACT", inquiry_service="gone_service")
    for status in ("NEW", "UNQUALIFIED", "OPEN", None, "CONNECTED"):
        portal.contact(f"{status}", status, inquiry_service="crm_setup")
    assert portal.lists("recycle-lists") == {
        ("two", "リサイクル: CRM導入支援", None),
        ("two", "リサイクル: Web解析レポート", None),
    }


def test_a_conflict_or_a_lost_deal_holds_from_every_recycle_list(portal: Portal) -> None:
    conflict = portal.contact("conflict", "BAD_TIMING", inquiry_service="crm_setup;web_report")
    portal.deal(conflict, service="crm_setup")
    lost = portal.contact("lost", "ATTEMPTED_TO_CONTACT", inquiry_service="crm_setup")
    portal.deal(lost, "lost", service="web_report", closedate=jst("11-01"))
    l3 = portal.contact("L3 alone", "BAD_TIMING", inquiry_service="crm_setup")
    portal.deal(l3, service="web_report")
    assert portal.lists("recycle-lists") == {
        ("conflict", "リサイクル: CRM導入支援", L5),
        ("conflict", "リサイクル: Web解析レポート", L5),
        ("lost", "リサイクル: CRM導入支援", LOST),
        ("L3 alone", "リサイクル: CRM導入支援", None),
    }


def test_the_lost_list_follows_the_newest_closed_deal_of_a_service(portal: Portal) -> None:
    def deals(name: str, *found: tuple[str, str]) -> None:
        contact = portal.contact(name, "OPEN_DEAL")
        for state, closed in found:
            portal.deal(contact, state, service="crm_setup", closedate=jst(closed))

    deals("lost", ("lost", "11-01"))
    deals("won after", ("lost", "11-01"), ("won", "11-02"))
    deals("lost after", ("won", "11-01"), ("lost", "11-02"))
    deals("open beside", ("lost", "11-01"), ("open", "11-30"))
    deals("same moment, larger id lost", ("won", "11-01"), ("lost", "11-01"))
    deals("same moment, larger id won", ("lost", "11-01"), ("won", "11-01"))
    names = {"lost", "lost after", "same moment, larger id lost"}
    assert portal.lists(LOST) == {(name, "失注フォロー: CRM導入支援", None) for name in names}


def test_each_service_has_its_own_lost_list(portal: Portal) -> None:
    contact = portal.contact("x", "NEW")
    portal.deal(contact, "lost", service="crm_setup")
    portal.deal(contact, "open", service="web_report")
    portal.deal(contact, "lost", service="no option")  # names its list as it stands
    portal.deal(contact, "lost", service=None)  # is on no list
    assert portal.lists(LOST) == {("x", "失注フォロー: CRM導入支援", None), ("x", "失注フォロー: no option", None)}


def test_everybody_on_a_won_deal_is_on_the_won_list_once(portal: Portal) -> None:
    first, second = portal.contact("first", None), portal.contact("second", "OPEN_DEAL")
    deal = portal.deal(first, "won", service="crm_setup")
    portal.link(second, "deals", deal)
    portal.link(second, "deals", deal, type_id=200)
    portal.deal(first, "won", service="crm_setup")
    portal.deal(first, "open", service="crm_setup")
    assert portal.lists("won-lists") == {(name, "アップセル: CRM導入支援", None) for name in ("first", "second")}


def test_deals_that_are_gone_put_nobody_on_a_list(portal: Portal) -> None:
    contact = portal.contact("x", "NEW")
    portal.deal(contact, "won", service="crm_setup", row={"archived_at": jst("11-01")})
    portal.deal(contact, "lost", service="crm_setup", row={"merged_into": "1"})
    assert portal.lists("won-lists") | portal.lists(LOST) == set()
