"""Which FS leaks (L1–L7) a contact shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connector.sandbox.facts import Facts, World, newest, oldest
from connector.sandbox.reading import instant
from connector.sandbox.state import StoredObject


def leak_codes(world: World, facts: Facts) -> Iterator[str]:
    if facts.status == "OPEN_DEAL":
        yield from _of_open_deal(world, facts)
    yield from _of_conflicting_deals(world, facts)
    if facts.status == "CONNECTED" and not facts.open_deals and world.older(facts.since, 5) and _quiet(world, facts):
        yield "L6"
    if facts.status in ("OPEN_DEAL", "CONNECTED") and not _live_fs_owner(world, facts.owner):
        yield "L7"


def _of_open_deal(world: World, facts: Facts) -> Iterator[str]:
    if not facts.round_deals:
        if facts.first_meeting is None:
            if world.older(facts.since, 10):
                yield "L2"
        elif world.older(_end(facts.first_meeting), 2) and world.older(facts.since, 2):
            yield "L1"
    elif all(deal.is_lost for deal in facts.round_deals):
        closed_at = newest(deal.closed_at for deal in facts.round_deals)
        if world.older(closed_at, 3) and world.older(facts.since, 3):
            yield "L4"


def _of_conflicting_deals(world: World, facts: Facts) -> Iterator[str]:
    if not facts.open_deals:
        return
    if conflicts(facts):
        yield "L5"
    elif facts.status != "OPEN_DEAL":
        created_at = oldest(deal.created_at for deal in facts.open_deals)
        if world.older(facts.since, 1) and world.older(created_at, 1):
            yield "L3"


def conflicts(facts: Facts) -> bool:
    """L5: parked although a deal of the same service is open."""
    if facts.status not in ("BAD_TIMING", "UNQUALIFIED"):
        return False
    return any(facts.same_service(deal) for deal in facts.open_deals)


def _quiet(world: World, facts: Facts) -> bool:
    return facts.last_activity is None or world.older(facts.last_activity, 5)


def _end(meeting: StoredObject) -> datetime | None:
    return instant(meeting, "hs_meeting_end_time") or instant(meeting, "hs_meeting_start_time")


def _live_fs_owner(world: World, owner: int | None) -> bool:
    return owner is not None and not world.owners.gone(owner) and world.owners.is_fs(owner)
