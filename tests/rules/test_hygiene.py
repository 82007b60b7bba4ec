"""The hygiene rules as shipped, for Sunday 2026-11-22."""

from __future__ import annotations

from tests.rules.portal import GONE_IS, IS_OWNER, NOBODY_KNOWN, TUESDAY, Portal, jst

H1, H2, H3 = "h1-untouched-inquiry", "h2-stalled-progress", "h3-missed-hand-over"


def test_h1_asks_for_an_activity_since_the_inquiry(portal: Portal) -> None:
    def inquiry(name: str, since: str, activity: str | None = None) -> str:
        return portal.contact(name, "NEW", jst(since), notes_last_contacted=jst(activity) if activity else None)

    inquiry("untouched", "11-18")  # 19, 20 = 2, more than 1
    inquiry("young", "11-19")  # 20 = 1
    inquiry("touched before", "11-18 12:00", "11-18 11:59")
    inquiry("touched at once", "11-18 12:00", "11-18 12:00")
    inquiry("touched after", "11-18 12:00", "11-20")
    inquiry("touch planned", "11-18", "11-25")
    portal.deal(inquiry("open deal", "11-01"))
    assert portal.findings(H1) == {"untouched", "touched before", "touch planned"}


def test_h1_moves_by_one_business_day_over_the_holiday(portal: Portal) -> None:
    portal.contact("19th", "NEW", jst("11-19"))  # 20, 24 = 2
    portal.contact("20th", "NEW", jst("11-20"))  # 24 = 1
    assert portal.findings(H1, TUESDAY) == {"19th"}


def test_h2_waits_five_business_days_without_activity_or_meeting(portal: Portal) -> None:
    def at_work(name: str, since: str = "11-01", activity: str | None = None) -> str:
        return portal.contact(name, "IN_PROGRESS", jst(since), notes_last_contacted=jst(activity) if activity else None)

    at_work("stalled", "11-12")  # 13, 16, 17, 18, 19, 20 = 6
    at_work("young", "11-13")  # 5
    at_work("old activity", activity="11-12")
    at_work("recent activity", activity="11-13")
    portal.deal(at_work("open deal"))
    portal.meeting(at_work("meeting ahead"), jst("11-30"), created=jst("11-20"))
    portal.meeting(at_work("meeting of IS"), jst("11-30"), hubspot_owner_id=IS_OWNER)
    assert portal.findings(H2) == {"stalled", "old activity", "meeting of IS"}


def test_h3_waits_from_when_the_meeting_was_recorded(portal: Portal) -> None:
    def agreed(name: str, recorded: str, since: str = "11-01", start: str = "11-30") -> str:
        contact = portal.contact(name, "IN_PROGRESS", jst(since))
        portal.meeting(contact, jst(start), created=jst(recorded))
        return contact

    agreed("due", "11-18")  # 19, 20 = 2, more than 1
    agreed("recorded lately", "11-19")
    agreed("status young", "11-18", since="11-19")
    agreed("held already", "11-10", start="11-12")
    portal.deal(agreed("open deal", "11-10"))
    assert portal.findings(H3) == {"due", "held already"}


def test_h4_adds_up_what_the_text_says(portal: Portal) -> None:
    for name, text in {
        "70": "貴社のＨＰを拝見しました。売上を３倍に。15分だけお時間を。30分でも",  # 20 + 25 + 20, in full width too
        "50": "ご提案です。配信停止はこちら",  # 20 + 30
        "45": "事業内容を拝見。コスト削減",  # 20 + 25
        "40": "ご提案です。配信停止はこちら。日程調整。費用を教えて",  # 20 + 30 + 20 - 30
        "missing": None,
    }.items():
        portal.contact(name, "NEW", inquiry_text=text)
        portal.contact(f"{name} at work", "IN_PROGRESS", inquiry_text=text)
    assert portal.findings("h4-looks-like-a-pitch") == {"70", "50"}


def test_h5_finds_pitches_that_somebody_answered(portal: Portal) -> None:
    def pitch(name: str, object_type: str, at: str | None, reason: str = "sales_pitch", **said: str) -> None:
        contact = portal.contact(
            name, "UNQUALIFIED", jst("11-10"), inquiry_date=jst("11-02"), unqualified_reason=reason
        )
        portal.activity(contact, object_type, jst(at) if at else None, **said)

    pitch("called", "calls", "11-02 12:00", hs_call_direction="OUTBOUND")  # at the very moment of the inquiry
    pitch("called before", "calls", "11-02 11:59", hs_call_direction="OUTBOUND")
    pitch("call planned", "calls", "11-23", hs_call_direction="OUTBOUND")
    pitch("no time", "calls", None, hs_call_direction="OUTBOUND")
    pitch("called us", "calls", "11-03", hs_call_direction="INBOUND")
    pitch("written to", "emails", "11-20", hs_email_direction="EMAIL")
    pitch("wrote to us", "emails", "11-20", hs_email_direction="INCOMING_EMAIL")
    pitch("no pitch", "emails", "11-20", reason="no_fit", hs_email_direction="EMAIL")
    assert portal.findings("h5-pitch-answered") == {"called", "written to"}


CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"


def test_h6_asks_for_a_conversation_in_the_cycle(portal: Portal) -> None:
    def parked(name: str, object_type: str | None = None, at: str = "11-10", **said: str) -> None:
        contact = portal.contact(name, "BAD_TIMING", jst("11-18"), inquiry_date=jst("11-02"))
        if object_type == "meetings":
            portal.meeting(contact, jst(at), **said)
        elif object_type:
            portal.activity(contact, object_type, jst(at), **said)

    parked("nothing")
    parked("talked", "calls", "11-02 12:00", hs_call_disposition=CONNECTED)  # at the very moment of the inquiry
    parked("talked before", "calls", "11-02 11:59", hs_call_disposition=CONNECTED)
    parked("nobody answered", "calls", hs_call_disposition="73a0d17f-1163-4015-bdd5-ec830791da20")
    parked("met", "meetings", hs_meeting_outcome="COMPLETED", hubspot_owner_id=IS_OWNER)
    parked("will meet", "meetings", "11-30", hs_meeting_outcome="COMPLETED")
    parked("no show", "meetings", hs_meeting_outcome="NO_SHOW")
    parked("wrote to us", "emails", hs_email_direction="INCOMING_EMAIL")
    parked("written to", "emails", hs_email_direction="EMAIL")
    parked("noted", "notes", hs_note_body="<p>【会話】来期に再検討</p>")
    parked("noted without a mark", "notes", hs_note_body="会話なし")
    assert portal.findings("h6-bad-timing-unproven") == {
        "nothing", "talked before", "nobody answered", "will meet", "no show", "written to", "noted without a mark",
    }  # fmt: skip


def test_h6_waits_one_business_day(portal: Portal) -> None:
    portal.contact("due", "BAD_TIMING", jst("11-18"))  # 19, 20 = 2, more than 1
    portal.contact("young", "BAD_TIMING", jst("11-19"))
    assert portal.findings("h6-bad-timing-unproven") == {"due"}


def test_h7_and_h8_wait_three_business_days(portal: Portal) -> None:
    for status in ("OPEN", "nonsense", "連絡済み", "open_deal", "Open", None, "NEW", "UNQUALIFIED"):
        portal.contact(f"{status} due", status, jst("11-16"))  # 17, 18, 19, 20 = 4, more than 3
        portal.contact(f"{status} young", status, jst("11-17"))
    assert portal.findings("h7-undefined-status") == {
        "OPEN due", "nonsense due", "連絡済み due", "open_deal due", "Open due",
    }  # fmt: skip
    assert portal.findings("h8-blank-status") == {"None due"}


def test_h9_wants_a_known_service_of_everybody_on_a_recycle_list(portal: Portal) -> None:
    portal.contact("none", "BAD_TIMING", inquiry_service=None)
    portal.contact("unknown", "ATTEMPTED_TO_CONTACT", inquiry_service="gone_service;CRM_SETUP")
    portal.contact("known", "BAD_TIMING", inquiry_service="gone_service;crm_setup")
    portal.contact("unqualified", "UNQUALIFIED", inquiry_service=None)
    assert portal.findings("h9-recycle-without-service") == {"none", "unknown"}


def test_h10_wants_an_owner_who_is_there(portal: Portal) -> None:
    for name, owner in {"nobody": None, "left": GONE_IS, "unknown": NOBODY_KNOWN, "live": IS_OWNER}.items():
        portal.contact(f"{name} new", "NEW", hubspot_owner_id=owner)
        portal.contact(f"{name} progress", "IN_PROGRESS", hubspot_owner_id=owner)
        portal.contact(f"{name} parked", "BAD_TIMING", hubspot_owner_id=owner)
    expected = {f"{name} {status}" for name in ("nobody", "left", "unknown") for status in ("new", "progress")}
    assert portal.findings("h10-owner-missing-or-gone") == expected
