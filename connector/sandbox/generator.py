"""Makes a portal that looks real: the same content for the same size and seed, whatever the clock says."""

from __future__ import annotations

import random
from collections import defaultdict

from connector.sandbox.company_records import write_companies
from connector.sandbox.contact_records import Spelled, choose_spelled, contact_histories, contact_values, present_status
from connector.sandbox.deal_records import DealWriter
from connector.sandbox.definitions import pipelines, property_definitions
from connector.sandbox.diary import Diary
from connector.sandbox.identities import Directory, give_identities
from connector.sandbox.leads import Lead, Staff, plan_leads, staff_of
from connector.sandbox.moments import iso
from connector.sandbox.people import crm_owners, demo_people
from connector.sandbox.portal_extras import add_deleted_deals, add_merged, touch_in_bulk
from connector.sandbox.record_book import RecordBook
from connector.sandbox.state import Portal
from connector.sandbox.stories import StoryWriter, attempted_kind
from connector.sandbox.story_meetings import MeetingWriter

PORTAL_ID = 48210377
_PARKED = ("ATTEMPTED_TO_CONTACT", "BAD_TIMING")


def generate(contacts: int, seed: int) -> Portal:
    """`contacts` live contacts; below 100 there is room for clean ones only."""
    rng = random.Random(f"{seed}/{contacts}")
    people = demo_people()
    staff = staff_of(people)
    leads = plan_leads(rng, contacts, staff)
    directory = give_identities(rng, leads, contacts)
    spelled = choose_spelled(rng, leads, contacts)
    book = RecordBook()
    labels: dict[str, list[object]] = defaultdict(list)
    for lead in leads:
        values = contact_values(rng, lead, directory.people[lead.id], spelled)
        book.add("contacts", values, lead.created_at, contact_histories(lead, staff))
    company_ids = write_companies(rng, book, directory, leads)
    _write_stories(rng, book, leads, directory, company_ids, staff, labels)
    labels["merged"] = add_merged(rng, book, leads, contacts)
    labels["deleted_deals"] = add_deleted_deals(rng, book, leads, contacts, staff.field[0])
    labels["bulk_touched"] = touch_in_bulk(book, leads)
    _label(labels, leads, directory, spelled)
    return Portal(
        portal_id=PORTAL_ID,
        time_zone="Asia/Tokyo",
        objects=book.objects,
        associations=book.associations,
        owners=crm_owners(people),
        lists={},
        pipelines=pipelines(),
        definitions=property_definitions(),
        labels={name: ids for name, ids in sorted(labels.items()) if ids},
    )


def _write_stories(
    rng: random.Random,
    book: RecordBook,
    leads: list[Lead],
    directory: Directory,
    company_ids: dict[int, str],
    staff: Staff,
    labels: dict[str, list[object]],
) -> None:
    meetings = MeetingWriter(rng, len(leads), labels)
    stories, deals = StoryWriter(rng, staff, meetings), DealWriter(rng, book)
    diaries: dict[str, Diary] = {}
    attempts = 0
    for lead in leads:
        diary = diaries[lead.id] = Diary(rng, book, lead.id)
        kind = attempted_kind(attempts)
        if present_status(lead) == "ATTEMPTED_TO_CONTACT":
            book.objects["contacts"][lead.id].properties["attempted_kind"] = kind
            attempts += 1
        stories.write(lead, diary, kind)
        meetings.hosted_inside(lead, diary)
        if lead.time_of("deal"):
            who = directory.people[lead.id]
            company_id = None if who.company_key is None else company_ids[who.company_key]
            deals.write(lead, diary, who.company_text, company_id, meetings.first.get(lead.id))
    for lead in leads:
        if lead.main is not None:
            book.link("contacts", lead.id, "deals", deals.deals[lead.main.id])
    for lead in leads:
        _summarise(book, lead, diaries[lead.id], deals)


def _summarise(book: RecordBook, lead: Lead, diary: Diary, deals: DealWriter) -> None:
    """What the CRM itself keeps on a contact about its activities and deals."""
    properties = book.objects["contacts"][lead.id].properties
    linked = lead.id in deals.deals or lead.main is not None
    properties["num_associated_deals"] = "1" if linked else "0"
    if diary.last_contacted is not None:
        properties["notes_last_contacted"] = iso(diary.last_contacted)
        book.touch("contacts", lead.id, diary.last_contacted)


def _label(labels: dict[str, list[object]], leads: list[Lead], directory: Directory, spelled: Spelled) -> None:
    """The generator's notes: which contacts were planted for what, and what each text really is."""
    for lead in leads:
        labels[f"cohort:{lead.name}"].append(lead.id)
        labels[f"text:{lead.kind}"].append(lead.id)
        if lead.hard:
            labels[f"hard_text:{lead.kind}"].append(lead.id)
        if lead.reinquired:
            status = "in_list" if present_status(lead) in _PARKED else present_status(lead).lower()
            labels[f"reinquired:{status}"].append(lead.id)
        if lead.inquired_at is not None and lead.inquired_at != lead.created_at:
            labels["reinquired"].append(lead.id)
        if len(lead.services) > 1:
            labels["several_services"].append(lead.id)
        if not lead.services:
            labels["service_missing"].append(lead.id)
        if lead.owner is None:
            labels["owner_missing"].append(lead.id)
        elif lead.owner.archived:
            labels["owner_left"].append(lead.id)
    labels["duplicates"] = [list(pair) for pair in directory.twins]
    labels["near_misses"] = [list(pair) for pair in directory.near_misses]
    labels["prefecture_forms"] = [*sorted(spelled.odd_prefecture, key=int)]
    labels["prefecture_missing"] = [*sorted(spelled.no_prefecture, key=int)]
    labels["employee_band_forms"] = [*sorted(spelled.odd_band, key=int)]
