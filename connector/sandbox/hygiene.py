"""Which hygiene findings (H1–H11, H13) a contact shows. Probable duplicates (H12) compare contacts: `same_person`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from connector.sandbox.facts import PARKED, WORK, Facts, World
from connector.sandbox.pitch_score import PITCH_LIMIT, pitch_score
from connector.sandbox.reading import instant, value
from connector.sandbox.state import StoredObject
from connector.sandbox.status_steps import step_code

_CONVERSATION = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
_CONVERSATION_MARK = "【会話】"


def hygiene_codes(world: World, facts: Facts) -> Iterator[str]:
    yield from _by_status(world, facts)
    if facts.status is None:
        if world.older(facts.since, 3):
            yield "H8"
    elif facts.status not in PARKED | WORK and world.older(facts.since, 3):
        yield "H7"
    if facts.status in ("ATTEMPTED_TO_CONTACT", "BAD_TIMING") and not facts.services:
        yield "H9"
    if facts.status in ("NEW", "IN_PROGRESS") and (facts.owner is None or world.owners.gone(facts.owner)):
        yield "H10"
    code = step_code(world, facts)
    if code is not None:
        yield code


def _by_status(world: World, facts: Facts) -> Iterator[str]:
    if facts.status == "NEW":
        yield from _of_new(world, facts)
    elif facts.status == "IN_PROGRESS":
        yield from _of_progress(world, facts)
    elif facts.status == "UNQUALIFIED":
        if value(facts.record, "unqualified_reason") == "sales_pitch" and _was_answered(world, facts):
            yield "H5"
    elif facts.status == "BAD_TIMING" and world.older(facts.since, 1) and not _has_evidence(world, facts):
        yield "H6"


def _of_new(world: World, facts: Facts) -> Iterator[str]:
    untouched = facts.last_activity is None or (facts.since is not None and facts.last_activity < facts.since)
    if not facts.open_deals and world.older(facts.since, 1) and untouched:
        yield "H1"
    if pitch_score(value(facts.record, "inquiry_text")) >= PITCH_LIMIT:
        yield "H4"


def _of_progress(world: World, facts: Facts) -> Iterator[str]:
    if facts.open_deals:
        return
    if facts.first_meeting is not None:
        if world.older(facts.since, 1) and world.older(facts.first_meeting.created_at, 1):
            yield "H3"
    elif world.older(facts.since, 5) and (facts.last_activity is None or world.older(facts.last_activity, 5)):
        yield "H2"


def _was_answered(world: World, facts: Facts) -> bool:
    """Outgoing calls and mails of the round."""
    calls = [call for _, call in world.linked(facts.id, "calls") if value(call, "hs_call_direction") == "OUTBOUND"]
    mails = [mail for _, mail in world.linked(facts.id, "emails") if value(mail, "hs_email_direction") == "EMAIL"]
    return any(_within(one, "hs_timestamp", facts.round_start, world.now) for one in calls + mails)


def _has_evidence(world: World, facts: Facts) -> bool:
    """Somebody heard from the contact in this cycle."""
    return any(
        _within(record, time_property, facts.cycle_start, world.now)
        for record, time_property in _conversations(world, facts)
    )


def _conversations(world: World, facts: Facts) -> Iterator[tuple[StoredObject, str]]:
    for _, call in world.linked(facts.id, "calls"):
        if value(call, "hs_call_disposition") == _CONVERSATION:
            yield call, "hs_timestamp"
    for _, meeting in world.linked(facts.id, "meetings"):
        if value(meeting, "hs_meeting_outcome") == "COMPLETED":
            yield meeting, "hs_meeting_start_time"
    for _, mail in world.linked(facts.id, "emails"):
        if value(mail, "hs_email_direction") == "INCOMING_EMAIL":
            yield mail, "hs_timestamp"
    for _, note in world.linked(facts.id, "notes"):
        if _CONVERSATION_MARK in (value(note, "hs_note_body") or ""):
            yield note, "hs_timestamp"


def _within(record: StoredObject, name: str, start: datetime | None, now: datetime) -> bool:
    """Both ends included; what lies after `now` has not happened."""
    moment = instant(record, name)
    return moment is not None and start is not None and start <= moment <= now
