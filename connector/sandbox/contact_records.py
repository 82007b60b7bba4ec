"""Writes a contact: what it is called, what it asked, its status and owner with their histories."""

from __future__ import annotations

import dataclasses
import random
from datetime import datetime, timedelta

from connector.sandbox.cohort_sizes import scale
from connector.sandbox.identities import Identity
from connector.sandbox.leads import Lead, Staff, status_steps
from connector.sandbox.moments import iso
from connector.sandbox.people import Person
from connector.sandbox.spellings import band_spelling, prefecture_spelling, wide_digits
from connector.sandbox.state import HistoryEntry

_TIMINGS = ("3カ月以内", "半年以内", "1年以内", "未定", "情報収集")
_RESELLER = "お客様に提案(販売店)"
_OWN_USE = "自社で利用"
_BAD_TIMING_REASONS = ("budget", "timing", "timing", "other")
_CONNECTED_KINDS = ("alliance", "alliance", "business_transfer", "other_person", "other")
_FORMS = {
    "web_form": "お問い合わせフォーム",
    "material_request": "資料請求フォーム",
    "seminar": "セミナー申込フォーム",
    "campaign_response": "キャンペーン回答フォーム",
}


@dataclasses.dataclass(slots=True)
class Spelled:
    """Which contacts get an odd prefecture, no prefecture or an odd size."""

    odd_prefecture: frozenset[str]
    no_prefecture: frozenset[str]
    odd_band: frozenset[str]


def choose_spelled(rng: random.Random, leads: list[Lead], contacts: int) -> Spelled:
    ids = [lead.id for lead in leads]
    odd, missing = scale(216, contacts), scale(168, contacts)
    drawn = rng.sample(ids, odd + missing)
    bands = rng.sample(ids, scale(144, contacts))
    return Spelled(frozenset(drawn[:odd]), frozenset(drawn[odd:]), frozenset(bands))


def contact_values(rng: random.Random, lead: Lead, who: Identity, spelled: Spelled) -> dict[str, str]:
    return _person(rng, lead, who, spelled) | _inquiry(rng, lead) | _present_state(rng, lead)


def _person(rng: random.Random, lead: Lead, who: Identity, spelled: Spelled) -> dict[str, str]:
    company = who.company
    prefecture = company.prefecture
    address = company.address
    if lead.id in spelled.odd_prefecture:
        prefecture, address = prefecture_spelling(rng, prefecture, company.city), wide_digits(address)
    elif lead.id in spelled.no_prefecture:
        prefecture = ""
    band = band_spelling(rng, company.band, company.employees) if lead.id in spelled.odd_band else company.band
    return {
        "email": who.mail,
        "lastname": who.last.written,
        "firstname": who.first.written,
        "lastname_kana": who.last.kana,
        "firstname_kana": who.first.kana,
        "phone": who.phone,
        "mobilephone": who.mobile,
        "company": who.company_text,
        "department": who.department,
        "jobtitle": who.title,
        "industry": company.industry,
        "prefecture": prefecture,
        "city": company.city,
        "address": address,
        "zip": company.zip_code,
        "employee_band": band,
    }


def _inquiry(rng: random.Random, lead: Lead) -> dict[str, str]:
    first_form = _FORMS.get(lead.source, "")
    return {
        "inquiry_service": ";".join(lead.services),
        "inquiry_date": iso(lead.inquired_at) if lead.inquired_at else "",
        "inquiry_source": lead.source,
        "inquiry_text": lead.text,
        "introduction_timing": rng.choice(_TIMINGS) if lead.kind == "genuine" else "",
        "position_type": _RESELLER if lead.kind == "reseller" else _OWN_USE if lead.kind == "genuine" else "",
        "recent_conversion_date": iso(lead.inquired_at) if lead.inquired_at and first_form else "",
        "recent_conversion_event_name": first_form,
        "hs_email_optout": "true" if rng.random() < 0.02 else "",
        "hs_marketable_status": "false" if lead.kind == "pitch" or rng.random() < 0.05 else "true",
        "hs_object_source_label": "IMPORT" if lead.source in ("import", "exhibition") else "FORM",
    }


def _present_state(rng: random.Random, lead: Lead) -> dict[str, str]:
    status = present_status(lead)
    stages = {"OPEN_DEAL": "opportunity", "CONNECTED": "salesqualifiedlead", "UNQUALIFIED": "other"}
    values = {
        "hs_lead_status": status,
        "hubspot_owner_id": lead.owner.owner_id if lead.owner else "",
        "lifecyclestage": "customer" if lead.name.startswith("od_won") else stages.get(status, "lead"),
    }
    if status == "UNQUALIFIED":
        reasons = {"unq_pitch": "sales_pitch", "unq_pitch_answered": "sales_pitch", "unq_wrong_person": "wrong_person"}
        values["unqualified_reason"] = reasons.get(lead.name, "no_fit")
    elif status == "BAD_TIMING":
        after_meeting = lead.name.startswith(("bt_met", "bt_lost"))
        values["bad_timing_reason"] = rng.choice(
            ("not_target", *_BAD_TIMING_REASONS) if after_meeting else _BAD_TIMING_REASONS
        )
    elif status == "CONNECTED":
        values["connected_kind"] = rng.choice(_CONNECTED_KINDS)
    return values


def present_status(lead: Lead) -> str:
    steps = [event.kind for event in lead.events if event.kind.isupper()]
    return "" if not steps or steps[-1] == "BLANK" else steps[-1]


def contact_histories(lead: Lead, staff: Staff) -> dict[str, list[HistoryEntry]]:
    """Oldest first: the status steps, and the owner from IS to whoever has the contact now."""
    inflow = "IMPORT" if lead.source in ("import", "exhibition") else "FORM"
    steps = [
        _entry("" if event.kind == "BLANK" else event.kind, event.at, person, inflow)
        for event, person in status_steps(lead, staff)
    ]
    return {"hs_lead_status": steps, "hubspot_owner_id": _owners(lead)}


def _owners(lead: Lead) -> list[HistoryEntry]:
    if lead.owner is None:
        return []
    handed_over_at = lead.time_of("OPEN_DEAL") or lead.time_of("CONNECTED")
    assigned_at = lead.created_at + timedelta(seconds=3)
    if lead.owner is lead.inside or handed_over_at is None:
        return [_entry(lead.owner.owner_id, assigned_at, None, "AUTOMATION_PLATFORM")]
    return [
        _entry(lead.inside.owner_id, assigned_at, None, "AUTOMATION_PLATFORM"),
        _entry(lead.owner.owner_id, handed_over_at, lead.inside, ""),
    ]


def _entry(value: str, at: datetime, person: Person | None, inflow: str) -> HistoryEntry:
    if person is None:
        return HistoryEntry(value, at, inflow)
    return HistoryEntry(value, at, "CRM_UI", f"userId:{person.user_id}", person.user_id)
