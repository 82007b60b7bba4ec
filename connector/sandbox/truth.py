"""What a checker must find in a portal at one moment: findings, list members, queue counts and duplicates.

Read straight off the written conditions, contact by contact, and never shared with the product, whose results are
compared with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from connector.sandbox.facts import Facts, World, contact_facts, look_at
from connector.sandbox.hygiene import hygiene_codes
from connector.sandbox.leaks import leak_codes
from connector.sandbox.same_person import duplicate_pairs
from connector.sandbox.state import Portal
from connector.sandbox.truth_lists import ListTruth, list_truth
from connector.sandbox.working_days import local_date

CODES = (*(f"L{n}" for n in range(1, 8)), *(f"H{n}" for n in range(1, 14)))
_LEAKS = frozenset(f"L{n}" for n in range(1, 8))
_REPAIRS = frozenset(f"H{n}" for n in range(7, 13))
_UNDECIDED = frozenset({"NEW", "OPEN", "IN_PROGRESS", "CONNECTED"})
_DAYS_TO_DECIDE = 30


def truth(portal: Portal, now: datetime) -> dict[str, object]:
    """JSON-ready. Ids are sorted as numbers, findings by code and id; a list without members is absent."""
    world = look_at(portal, now)
    contacts = [contact_facts(world, contact_id) for contact_id in world.contacts]
    duplicates = duplicate_pairs(world)
    codes = _codes_by_contact(world, contacts, {younger for _, younger in duplicates})
    lists = list_truth(world, contacts)
    return {
        "now": now.isoformat(),
        "findings": [
            {"code": code, "object": "contacts", "id": contact_id}
            for code in CODES
            for contact_id in _sorted(key for key, found in codes.items() if code in found)
        ],
        "lists": {name: _sorted(ids) for name, ids in sorted(lists.members.items())},
        "held": {name: _sorted(ids) for name, ids in sorted(lists.held.items())},
        "queues": _queues(world, contacts, codes, lists),
        "duplicates": [list(pair) for pair in duplicates],
        "labels": portal.labels,
    }


def _codes_by_contact(world: World, contacts: list[Facts], younger_twins: set[str]) -> dict[str, set[str]]:
    codes = {facts.id: {*leak_codes(world, facts), *hygiene_codes(world, facts)} for facts in contacts}
    for contact_id in younger_twins:
        codes[contact_id].add("H12")
    return codes


def _queues(world: World, contacts: list[Facts], codes: dict[str, set[str]], lists: ListTruth) -> dict[str, int]:
    return {
        "inquiry": sum(facts.status == "NEW" for facts in contacts),
        "in_progress": sum(facts.status == "IN_PROGRESS" for facts in contacts),
        "fs_leak": sum(not found.isdisjoint(_LEAKS) for found in codes.values()),
        "thirty_day": sum(_undecided_too_long(world, facts) for facts in contacts),
        "follow_up_due": len(lists.touch_due),
        "data_repair": sum(not found.isdisjoint(_REPAIRS) for found in codes.values()),
    }


def _undecided_too_long(world: World, facts: Facts) -> bool:
    if facts.status not in _UNDECIDED or facts.cycle_start is None:
        return False
    return (world.today - local_date(facts.cycle_start)).days > _DAYS_TO_DECIDE


def _sorted(ids: Iterable[str]) -> list[str]:
    return sorted(ids, key=int)
