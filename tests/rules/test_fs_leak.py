"""The FS leak rules as shipped: cases on both sides of each border, for Sunday 2026-11-22 (Monday is a holiday)."""

from __future__ import annotations

from tests.rules.portal import FS_OWNER, GONE_FS, IS_OWNER, MANAGER, NOBODY_KNOWN, TUESDAY, Portal, jst

L1, L2, L3, L4 = (
    "l1-meeting-without-outcome", "l2-open-deal-with-nothing-behind", "l3-deal-without-status", "l4-lost-but-still-open",
)  # fmt: skip
L5, L6, L7 = "l5-conflicting-parking", "l6-hand-over-asleep", "l7-nobody-to-remind"


def met(portal: Portal, name: str, start: str, since: str = "11-01", **properties: object) -> str:
    """An open deal by status, whose one FS meeting lasted an hour."""
    contact = portal.contact(name, "OPEN_DEAL", jst(since))
    portal.meeting(contact, jst(start), **properties)
    return contact


def test_l1_goes_by_the_local_date_of_the_meetings_end(portal: Portal) -> None:
    met(portal, "due", "11-17 10:00")  # business days after the 17th: 18, 19, 20 = 3, more than 2
    met(portal, "in grace", "11-18 10:00")  # 19, 20 = 2, not more than 2
    met(portal, "ends after midnight", "11-17 23:30")  # its end at 00:30 lies on the 18th
    met(portal, "late evening", "11-17 22:30")  # 23:30 in Tokyo is still the 17th (and 14:30 UTC)
    met(portal, "early morning", "11-18 00:10")  # the 17th in UTC, the 18th in Tokyo
    met(portal, "status changed since", "11-10 10:00", since="11-18")  # 19, 20 = 2
    met(portal, "status due too", "11-10 10:00", since="11-17")  # 18, 19, 20 = 3
    met(portal, "ahead", "11-25 10:00")
    met(portal, "without end", "11-17 10:00", hs_meeting_end_time=None)  # the start counts
    assert portal.findings(L1) == {"due", "late evening", "status due too", "without end"}


def test_l1_moves_by_one_business_day_over_the_holiday(portal: Portal) -> None:
    met(portal, "18th", "11-18 10:00")  # 19, 20, 24 = 3
    met(portal, "19th", "11-19 10:00")  # 20, 24 = 2
    assert portal.findings(L1, TUESDAY) == {"18th"}


def test_l1_asks_for_the_first_meeting_of_fs_in_this_round(portal: Portal) -> None:
    met(portal, "hosted by IS", "11-10", hubspot_owner_id=IS_OWNER)
    met(portal, "hosted by FS who left", "11-10", hubspot_owner_id=GONE_FS)
    for outcome in ("CANCELED", "NO_SHOW", "RESCHEDULED", "SCHEDULED", "COMPLETED", None):
        met(portal, f"outcome {outcome}", "11-10", hs_meeting_outcome=outcome)
    met(portal, "before the round", "2026-05-31")  # the contact was created on 06-01
    later = met(portal, "first one decides", "11-10")
    portal.meeting(later, jst("11-20"))
    earlier = met(portal, "second one ahead of the first", "11-20")
    portal.meeting(earlier, jst("11-10"), hs_meeting_outcome="NO_SHOW")
    assert portal.findings(L1) == {
        "hosted by FS who left", "outcome SCHEDULED", "outcome COMPLETED", "outcome None", "first one decides",
    }  # fmt: skip


def test_l1_ends_with_a_deal_of_the_round_only(portal: Portal) -> None:
    portal.deal(met(portal, "open deal", "11-10"))
    portal.deal(met(portal, "won", "11-10"), "won", closedate=jst("11-15"))
    portal.deal(met(portal, "lost before the round", "11-10"), "lost", closedate=jst("2026-05-31"))
    portal.deal(met(portal, "archived deal", "11-10"), row={"archived_at": jst("11-12")})
    assert portal.findings(L1) == {"lost before the round", "archived deal"}


def test_a_revival_starts_a_new_round(portal: Portal) -> None:
    steps = [("NEW", jst("09-01")), ("BAD_TIMING", jst("10-01")), ("OPEN_DEAL", jst("11-01"))]
    contact = portal.contact("met before the revival", "OPEN_DEAL", history=steps)
    portal.meeting(contact, jst("10-20"))
    again = portal.contact("met after it", "OPEN_DEAL", history=steps)
    portal.meeting(again, jst("11-01"))  # at the very moment of the revival: both ends are included
    assert portal.findings(L1) == {"met after it"}
    assert portal.findings(L2) == {"met before the revival"}


def test_l2_waits_ten_business_days(portal: Portal) -> None:
    portal.contact("due", "OPEN_DEAL", jst("11-05"))  # 6, 9, 10, 11, 12, 13, 16, 17, 18, 19, 20 = 11
    portal.contact("not yet", "OPEN_DEAL", jst("11-06"))  # 10
    portal.contact("not yet, entered at midnight", "OPEN_DEAL", jst("11-06 00:00"))
    portal.contact("without history", "OPEN_DEAL", created=jst("11-05 23:59"))  # since = createdate
    met(portal, "meeting ahead", "11-30")
    met(portal, "IS met only", "11-10", hubspot_owner_id=IS_OWNER)
    assert portal.findings(L2) == {"due", "without history", "IS met only"}


def test_l3_holds_for_any_other_status(portal: Portal) -> None:
    for status in ("NEW", "OPEN", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "CONNECTED", None, "nonsense", "OPEN_DEAL"):
        portal.deal(portal.contact(f"{status}", status, jst("11-01")))
    expected = {"NEW", "OPEN", "IN_PROGRESS", "ATTEMPTED_TO_CONTACT", "CONNECTED", "None", "nonsense"}
    assert portal.findings(L3) == expected


def test_l3_waits_for_the_status_and_for_the_oldest_deal(portal: Portal) -> None:
    portal.deal(portal.contact("both old", since=jst("11-18")), created=jst("11-18"))  # 19, 20 = 2, more than 1
    portal.deal(portal.contact("status young", since=jst("11-19")))  # 20 = 1
    portal.deal(portal.contact("deal young", since=jst("11-01")), created=jst("11-19"))
    two = portal.contact("one deal old", since=jst("11-01"))
    portal.deal(two, created=jst("11-19"))
    portal.deal(two, created=jst("11-18"))
    portal.deal(portal.contact("deal closed", since=jst("11-01")), "lost")
    assert portal.findings(L3) == {"both old", "one deal old"}


def test_l3_and_l5_exclude_each_other(portal: Portal) -> None:
    def parked(name: str, services: str | None, service: str | None, status: str = "BAD_TIMING") -> None:
        contact = portal.contact(name, status, jst("11-01"), inquiry_service=services)
        portal.deal(contact, service=service)

    parked("same", "crm_setup", "crm_setup")
    parked("one of several", "crm_setup;web_report", "web_report")
    parked("other", "crm_setup", "web_report")
    parked("contact names none", None, "web_report")
    parked("contact names nothing known", "gone_service", "gone_service")
    parked("deal names none", "crm_setup", None)
    parked("deal names no option", "crm_setup;gone_service", "gone_service")  # not among the contact's services
    parked("unqualified", "crm_setup", "crm_setup", "UNQUALIFIED")
    parked("attempted", "crm_setup", "crm_setup", "ATTEMPTED_TO_CONTACT")
    conflicts = {
        "same", "one of several", "contact names none", "contact names nothing known", "deal names none", "unqualified",
    }  # fmt: skip
    assert portal.findings(L5) == conflicts
    assert portal.findings(L3) == {"other", "deal names no option", "attempted"}


def test_l4_waits_for_the_newest_close_and_the_status(portal: Portal) -> None:
    def lost(name: str, *closed: str, since: str = "11-01") -> str:
        contact = portal.contact(name, "OPEN_DEAL", jst(since))
        for one in closed:
            portal.deal(contact, "lost", closedate=jst(one))
        return contact

    lost("due", "11-16")  # 17, 18, 19, 20 = 4, more than 3
    lost("not yet", "11-17")  # 3
    lost("newest decides", "11-16", "11-17")
    lost("status young", "11-16", since="11-17")
    lost("closed before the round", "2026-05-31")
    portal.deal(lost("one won", "11-10"), "won", closedate=jst("11-10"))
    portal.deal(lost("one open", "11-10"))
    portal.deal(portal.contact("no close date", "OPEN_DEAL", jst("11-01")), "lost", created=jst("11-16"))
    assert portal.findings(L4) == {"due", "no close date"}


def test_l6_wants_activity_within_five_business_days(portal: Portal) -> None:
    def handed_over(name: str, since: str = "11-01", activity: str | None = None) -> str:
        return portal.contact(name, "CONNECTED", jst(since), notes_last_contacted=jst(activity) if activity else None)

    handed_over("no activity")
    handed_over("old activity", activity="11-12")  # 13, 16, 17, 18, 19, 20 = 6, more than 5
    handed_over("recent activity", activity="11-13")  # 5
    handed_over("activity ahead", activity="11-23")  # planned, so none
    handed_over("young", since="11-13")
    portal.deal(handed_over("open deal"))
    assert portal.findings(L6) == {"no activity", "old activity", "activity ahead"}


def test_l7_names_whoever_cannot_be_reminded(portal: Portal) -> None:
    owners = {"FS": FS_OWNER, "nobody": None, "unknown": NOBODY_KNOWN, "left": GONE_FS, "IS": IS_OWNER, "boss": MANAGER}
    for name, owner in owners.items():
        portal.contact(name, "OPEN_DEAL", hubspot_owner_id=owner)
    portal.contact("connected", "CONNECTED", hubspot_owner_id=None)
    portal.contact("new", "NEW", hubspot_owner_id=None)
    assert portal.findings(L7) == {"nobody", "unknown", "left", "IS", "boss", "connected"}


def test_records_that_are_gone_are_never_found(portal: Portal) -> None:
    portal.contact("live", "OPEN_DEAL", hubspot_owner_id=None)
    portal.contact("archived", "OPEN_DEAL", hubspot_owner_id=None, row={"archived_at": jst("11-01")})
    portal.contact("merged", "OPEN_DEAL", hubspot_owner_id=None, row={"merged_into": "1001"})
    assert portal.findings(L7) == {"live"}
