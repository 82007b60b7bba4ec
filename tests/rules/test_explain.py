from __future__ import annotations

from collections.abc import Callable

from rules.explain import Explained, explain, read_explanation
from tests.rules.portal import SUNDAY, Portal, jst, rule_text

FS_USER, NO_OWNERS_USER = 102, 999


def explained(portal: Portal, rule_id: str, contact: str) -> tuple[bool, list[Explained]]:
    portal.derive(only=[contact])
    rule = portal.rule_set.rule(rule_id)
    query, shape = explain(portal.rule_set, rule, portal.schema, portal.world(SUNDAY), [contact])
    row = portal.connection.execute(query).one()
    assert row.record_id == contact
    return bool(row.verdict), read_explanation(shape, row)


def test_each_line_shows_what_was_seen_and_whether_it_held(portal: Portal) -> None:
    contact = portal.contact("x", "OPEN_DEAL", jst("11-19"))
    portal.meeting(contact, jst("11-17 10:00"))
    verdict, lines = explained(portal, "l1-meeting-without-outcome", contact)
    assert not verdict
    assert [(line.depth, line.value, line.held, line.text.en) for line in lines] == [
        (0, "OPEN_DEAL", True, "Lead status is Open deal"),
        (0, "0", True, "there is none of: deals of the round"),
        (0, "1", True, "of the first FS meeting"),
        (1, "2026-11-17 11:00", True, "End: more than 2 business days ago (before 2026-11-18)"),
        (0, "2026-11-19 12:00", False, "Lead status: last changed more than 2 business days ago (before 2026-11-18)"),
    ]
    assert lines[0].text.ja == "リードステータスが「オープン取引」"


def test_what_is_asked_of_a_record_that_is_not_there_is_neither_true_nor_false(portal: Portal) -> None:
    contact = portal.contact("x", "OPEN_DEAL", jst("11-01"))
    verdict, lines = explained(portal, "l1-meeting-without-outcome", contact)
    assert not verdict
    assert [(line.value, line.held) for line in lines[2:4]] == [("0", False), (None, None)]


def test_people_services_and_numbers_are_shown_as_people_know_them(
    portal_with: Callable[[str], Portal],
) -> None:
    when = "any: [owner: {known: true}, services: {known: true}, lead_score: {at_least: 3}, next_contact_date: {known: true}]"
    portal = portal_with(rule_text("all-kinds", when))
    contact = portal.contact(
        "x", inquiry_service="web_report;crm_setup", lead_score="3.0", next_contact_date="2026-11-20"
    )
    _, lines = explained(portal, "all-kinds", contact)
    shown = [line.value for line in lines]
    assert shown == [None, "2 (person 2)", "crm_setup;web_report", "3", "2026-11-20"]


def test_an_excluded_rule_is_explained_inside(portal: Portal) -> None:
    contact = portal.contact("x", "BAD_TIMING", jst("11-01"), inquiry_service="crm_setup")
    portal.deal(contact, service="crm_setup")
    verdict, lines = explained(portal, "l3-deal-without-status", contact)
    cited = next(line for line in lines if "Conflicting parking" in line.text.en)
    assert (verdict, cited.held) == (False, True)


def test_a_list_per_group_tells_how_many_groups_there_are(portal: Portal) -> None:
    contact = portal.contact("x")
    for service in ("crm_setup", "web_report", "web_report"):
        portal.deal(contact, "won", service=service)
    verdict, (line,) = explained(portal, "won-lists", contact)
    assert (verdict, line.held, line.value) == (True, True, "2")


TEXTS = [
    ("jobtitle: {contains: [部, 課]}", "Job Titleに「部・課」を含む", "Job Title contains 部 or 課"),
    ("jobtitle: {contains_none: 部, or_missing: true}", "Job Titleに「部」を含まない（空でもよい）", "Job Title does not contain 部 (or missing)"),
    ("jobtitle: {starts_with: 部}", "Job Titleが「部」で始まる", "Job Title starts with 部"),
    ("jobtitle: {ends_with: 長}", "Job Titleが「長」で終わる", "Job Title ends with 長"),
    ("services: {has_all: [crm_setup, web_report]}", "お問い合わせサービスに「CRM導入支援・Web解析レポート」をすべて含む", "Services asked about has CRM導入支援 and Web解析レポート"),
    ("services: {has_exactly: crm_setup}", "お問い合わせサービスが「CRM導入支援」だけ", "Services asked about is exactly CRM導入支援"),
    ("created_at: {within_last: 3 business days}", "作成日時が過去3営業日以内（2026-11-17 以後）", "Created: within the last 3 business days (since 2026-11-17)"),
    ("created_at: {within_next: 1 day}", "作成日時が今後1日以内（2026-11-24 より前）", "Created: within the next 1 day (before 2026-11-24)"),
    ("created_at: {before: 2026-11-18}", "作成日時が2026-11-18より前", "Created is before 2026-11-18"),
    ("created_at: {after: now}", "作成日時が現在（2026-11-22 12:00）より後", "Created is after now (2026-11-22 12:00)"),
    ("created_at: '2026-11-18 10:30'", "作成日時が「2026-11-18 10:30」", "Created is 2026-11-18 10:30"),
    ("created_at: {same_as: inquiry_date}", "作成日時が「お問い合わせ日時」と同じ", "Created is the same as: Time of the inquiry"),
    ("owner: {unchanged_for: 4 hours}", "コンタクト担当者の最後の変更から4時間を過ぎた（2026-11-22 08:00 より前）", "Contact owner: last changed more than 4 hours ago (before 2026-11-22 08:00)"),
    ("owner: {changed_within: 1 day}", "コンタクト担当者の最後の変更が過去1日以内（2026-11-21 以後）", "Contact owner: last changed within the last 1 day (since 2026-11-21)"),
    ("services: {contains: [web, 導入]}", "お問い合わせサービスに「Web解析レポート・CRM導入支援」を含む", "Services asked about has Web解析レポート or CRM導入支援"),
    ("deals: {sum: {of: amount, where: {state: open}, at_least: 25000}}", "「取引の状態が「進行中」」の取引のAmountの合計が25000以上", "the sum of Amount of the deals where State of the deal is open is at least 25000"),
    ("lead_status: {was_ever: OPEN_DEAL}", "リードステータスが一度は「オープン取引」だった", "Lead status was ever Open deal"),
]  # fmt: skip


def test_every_operator_reads_like_a_sentence(portal_with: Callable[[str], Portal]) -> None:
    portal = portal_with(rule_text("x", "any:\n" + "".join(f"        - {when}\n" for when, _, _ in TEXTS)))
    _, lines = explained(portal, "x", portal.contact("x"))
    assert [(line.text.ja, line.text.en) for line in lines[1:]] == [(ja, en) for _, ja, en in TEXTS]


def test_what_was_asked_of_a_history_shows_when_it_changed(portal_with: Callable[[str], Portal]) -> None:
    portal = portal_with(rule_text("x", "- owner: {changed_within: 3 days}"))
    contact = portal.contact("x")
    portal.version(contact, 0, "2", jst("11-20 10:00"), "hubspot_owner_id")
    verdict, (line,) = explained(portal, "x", contact)
    assert (verdict, line.value) == (True, "2026-11-20 10:00")


def test_it_can_be_kept_as_json(portal: Portal) -> None:
    contact = portal.contact("x", "NEW")
    _, lines = explained(portal, "h8-blank-status", contact)
    assert lines[0].as_json() == {
        "text": "Lead status is missing",
        "text_ja": "リードステータスがない",
        "value": "NEW",
        "held": False,
        "depth": 0,
        "since": "2026-06-01 12:00",
    }


def test_the_status_is_shown_with_when_it_was_set_and_by_whom(portal: Portal) -> None:
    by_fs = portal.contact("x", "BAD_TIMING", jst("11-02 10:00"), by=FS_USER)
    by_form = portal.contact("y", "BAD_TIMING", jst("11-02 10:00"), by=NO_OWNERS_USER)
    for contact, by in ((by_fs, "person 2"), (by_form, "CRM_UI")):
        _, lines = explained(portal, "h9-recycle-without-service", contact)
        assert [(line.since, line.by) for line in lines] == [("2026-11-02 10:00", by), (None, None)]


def test_twins_are_shown_with_what_they_have_in_common(portal: Portal) -> None:
    said = {"email": "a@firm.example", "company": "A", "lastname": "山田", "firstname": "太郎"}
    one, two = portal.contact("a", **said), portal.contact("b", email="a@firm.example")
    three = portal.contact("c", **said)
    verdict, (line,) = explained(portal, "h12-probable-duplicate", three)
    assert (verdict, line.value) == (True, f"{one} (mail), {one} (name), {two} (mail)")
    _, (line,) = explained(portal, "h12-probable-duplicate", one)
    assert (line.held, line.value) == (False, None)
