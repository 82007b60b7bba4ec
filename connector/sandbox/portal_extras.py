"""What lies beside the live contacts: merged-away people, deleted deals, and one night's bulk edit."""

from __future__ import annotations

import random
from datetime import timedelta

from connector.sandbox.cohort_sizes import scale
from connector.sandbox.leads import Lead
from connector.sandbox.moments import iso
from connector.sandbox.people import Person
from connector.sandbox.record_book import RecordBook
from connector.sandbox.work_times import local, next_work

_TOUCHED_AT = "2026-11-18T02:00:00"
_TOUCHED = 10_400


def add_merged(rng: random.Random, book: RecordBook, leads: list[Lead], contacts: int) -> list[object]:
    """Second copies of contacts that somebody merged into the first; (merged-away id, survivor's id)."""
    able = [lead for lead in leads if lead.name == "att_plain" and lead.created_at < local("2026-09-01")]
    pairs: list[object] = []
    for lead in rng.sample(able, min(scale(12, contacts), len(able))):
        survivor = book.objects["contacts"][lead.id]
        created_at = next_work(rng, lead.created_at, (2, 9))
        values = {name: survivor.properties.get(name, "") for name in ("lastname", "firstname", "company", "phone")}
        merged_id = book.add("contacts", values | {"email": f"old-{survivor.properties['email']}"}, created_at)
        merged = book.objects["contacts"][merged_id]
        merged.archived_at = next_work(rng, created_at, (5, 30))
        merged.merged_into = lead.id
        survivor.properties["hs_merged_object_ids"] = merged_id
        book.touch("contacts", lead.id, merged.archived_at)
        pairs.append([merged_id, lead.id])
    return pairs


def add_deleted_deals(
    rng: random.Random, book: RecordBook, leads: list[Lead], contacts: int, owner: Person
) -> list[object]:
    """Deals entered by mistake and deleted; the CRM drops the links with them."""
    ids: list[object] = []
    able = [lead for lead in leads if lead.name == "bt_is" and lead.service and lead.since < local("2026-11-01")]
    for lead in rng.sample(able, min(scale(5, contacts), len(able))):
        company = book.objects["contacts"][lead.id].properties["company"]
        values = {
            "dealname": f"{company}（誤登録）",
            "pipeline": "default",
            "dealstage": "appointmentscheduled",
            "amount": "100000",
            "hs_is_closed": "false",
            "hs_is_closed_won": "false",
            "hs_is_closed_lost": "false",
            "service": lead.service or "",
            "hubspot_owner_id": owner.owner_id,
        }
        deal_id = book.add("deals", values, next_work(rng, lead.since, (0, 3)))
        deal = book.objects["deals"][deal_id]
        deal.archived_at = deal.created_at + timedelta(hours=3)
        ids.append(deal_id)
    return ids


def touch_in_bulk(book: RecordBook, leads: list[Lead]) -> list[object]:
    """In large portals a nightly job stamps more records at one instant than a search can page through."""
    if len(leads) < _TOUCHED:
        return []
    at = local(_TOUCHED_AT)
    touched = [lead.id for lead in leads if book.objects["contacts"][lead.id].updated_at <= at][:_TOUCHED]
    for contact_id in touched:
        record = book.objects["contacts"][contact_id]
        record.updated_at = at
        record.properties["lastmodifieddate"] = iso(at)
    return list(touched)
