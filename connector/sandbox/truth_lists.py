"""Who is on which recycle, lost and won list, who is held out, and whose next touch is due."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from datetime import date, timedelta

from connector.sandbox.facts import Deal, Facts, World, newest
from connector.sandbox.leaks import conflicts
from connector.sandbox.working_days import local_date

_LOST_TOUCHES = (30, 90, 180, 365)
_WON_TOUCHES = (90,)


@dataclasses.dataclass(frozen=True, slots=True)
class ListTruth:
    """Contact ids by list name."""

    members: dict[str, set[str]]
    held: dict[str, set[str]]
    touch_due: set[str]


def list_truth(world: World, contacts: list[Facts]) -> ListTruth:
    members: dict[str, set[str]] = defaultdict(set)
    held: dict[str, set[str]] = defaultdict(set)
    touch_due: set[str] = set()
    for facts in contacts:
        by_service = _deals_by_service(facts)
        lost = [service for service, deals in by_service.items() if _is_lost(deals)]
        won = [service for service, deals in by_service.items() if any(deal.is_won for deal in deals)]
        for service in lost:
            members[f"失注フォロー: {world.deal_services.get(service, service)}"].add(facts.id)
        for service in won:
            members[f"アップセル: {world.deal_services.get(service, service)}"].add(facts.id)
        if facts.status in ("ATTEMPTED_TO_CONTACT", "BAD_TIMING"):
            target = held if lost or conflicts(facts) else members
            for service in facts.services:
                target[f"リサイクル: {world.services[service]}"].add(facts.id)
        closings = [(_closed(by_service[s], won=False), _LOST_TOUCHES) for s in lost]
        closings += [(_closed(by_service[s], won=True), _WON_TOUCHES) for s in won]
        if any(_touch_due(world, facts, closed_on, touches) for closed_on, touches in closings):
            touch_due.add(facts.id)
    return ListTruth(members, held, touch_due)


def _deals_by_service(facts: Facts) -> dict[str, list[Deal]]:
    """A deal without service is on no list."""
    grouped: dict[str, list[Deal]] = defaultdict(list)
    for deal in facts.deals:
        if deal.service is not None:
            grouped[deal.service].append(deal)
    return grouped


def _is_lost(deals: list[Deal]) -> bool:
    """None is open, and the one closed last is lost. A deal without any closing time is older than all others."""
    if any(deal.is_open for deal in deals):
        return False
    latest = max(deals, key=lambda deal: (deal.closed_at.timestamp() if deal.closed_at else float("-inf"), deal.id))
    return latest.is_lost


def _closed(deals: list[Deal], *, won: bool) -> date | None:
    closed_at = newest(deal.closed_at for deal in deals if (deal.is_won if won else deal.is_lost))
    return None if closed_at is None else local_date(closed_at)


def _touch_due(world: World, facts: Facts, closed_on: date | None, touches: tuple[int, ...]) -> bool:
    """The latest touch date that has been reached is not followed by an activity."""
    if closed_on is None:
        return False
    reached = [day for day in (closed_on + timedelta(days=days) for days in touches) if day <= world.today]
    if not reached:
        return False
    return facts.last_activity is None or local_date(facts.last_activity) < max(reached)
