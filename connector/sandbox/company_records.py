"""Writes the companies, and the account status that the CRM holds of each."""

from __future__ import annotations

import random
from datetime import timedelta

from connector.sandbox.identities import Directory
from connector.sandbox.leads import Lead
from connector.sandbox.record_book import RecordBook
from connector.sandbox.work_times import START_CLOCK

# By the strongest story among its contacts; the first that fits wins.
_ACCOUNT_STATUSES = (
    (("od_won",), "CURRENT_CUSTOMER"),
    (("od_deal", "prog_deal", "att_deal", "bt_deal", "new_with_deal"), "ACTIVE_DEAL"),
    (("prog_", "od_ahead", "od_late", "od_grace", "od_n", "od_left", "od_cancelled", "con_"), "WORKING"),
    (("bt_met",), "QUARTERLY_CHECK"),
    (("od_lost", "bt_lost"), "LOST"),
    (("att_", "bt_"), "WORKING"),
    (("",), "COLD"),
)
_NOT_KEPT = 0.25


def write_companies(rng: random.Random, book: RecordBook, directory: Directory, leads: list[Lead]) -> dict[int, str]:
    """Company ids by the directory's keys. A quarter has no account status yet."""
    contacts: dict[int, list[Lead]] = {}
    for lead in leads:
        key = directory.people[lead.id].company_key
        if key is not None:
            contacts.setdefault(key, []).append(lead)
    ids: dict[int, str] = {}
    for key, (name, company) in enumerate(directory.companies):
        people = contacts.get(key, [])
        created_at = min((lead.created_at for lead in people), default=START_CLOCK - timedelta(days=30))
        services = sorted({service for lead in people for service in lead.services})
        values = {
            "name": name,
            "name_kana": company.kana,
            "domain": company.domain,
            "phone": company.phone,
            "industry": company.industry,
            "prefecture": company.prefecture,
            "city": company.city,
            "address": company.address,
            "zip": company.zip_code,
            "country": "日本",
            "numberofemployees": str(company.employees),
            "employee_band": company.band,
            "corporate_number": _corporate_number(rng),
            "service": ";".join(services),
            "account_status": "" if rng.random() < _NOT_KEPT else _account_status(people),
        }
        ids[key] = book.add("companies", values, created_at)
        for lead in people:
            book.link("contacts", lead.id, "companies", ids[key])
    return ids


def _account_status(people: list[Lead]) -> str:
    for prefixes, status in _ACCOUNT_STATUSES:
        if any(lead.name.startswith(prefixes) for lead in people):
            return status
    return "COLD"


def _corporate_number(rng: random.Random) -> str:
    """Thirteen digits whose first, the check digit, is wrong: no company has this number."""
    body = [rng.randrange(10) for _ in range(12)]
    weighted = sum(digit * (1 + place % 2) for place, digit in enumerate(reversed(body)))
    right = 9 - weighted % 9
    wrong = right % 9 + 1
    return f"{wrong}{''.join(map(str, body))}"
