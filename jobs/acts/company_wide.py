"""Deciding a change of status for the whole company: for whom else it can be made, and making it for those chosen."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

from connector.mirror import reads
from connector.records import CONTACTS
from jobs.acts.find import contact_card
from jobs.acts.held import why_held
from jobs.acts.status_choices import judged, owner_roles, reason_answers
from jobs.acts.status_plan import Written, made_with, note_refusal, said_for_company, write_changes
from jobs.database import snapshot
from jobs.wiring import Parts
from rules.company_wide import others_at_company
from rules.transitions import covered_with
from slack_app.backend import Answer, Offer, StatusChange, Visitor
from slack_app.blocks.company_form import SHOWN_AT_MOST
from slack_app.views import CompanyView, ContactCard


@dataclasses.dataclass(frozen=True, slots=True)
class _First:
    """The change that is taken over to others, and why this person may not, or no longer."""

    card: ContactCard
    change: StatusChange
    refusal: Answer | None


def for_the_company(parts: Parts, contact_id: str, change: StatusChange, plan_id: str) -> tuple[Offer, ...]:
    """What to offer beside a change that was made."""
    count = len(_others(parts, contact_id, change))
    return (Offer("company_wide", plan_id, count),) if count else ()


def company_others(parts: Parts, visitor: Visitor, plan_id: int) -> CompanyView | Answer:
    first = _first(parts, visitor, plan_id)
    if isinstance(first, Answer):
        return first
    if first.refusal is not None:
        return first.refusal
    ids = _others(parts, first.card.contact_id, first.change)
    if not ids:
        return Answer(False, "answer.company_nobody")
    cards = parts.scribe(parts.rules()).cards(ids[:SHOWN_AT_MOST], visitor.language)
    label = _label(parts, visitor, first.change)
    reasons = reason_answers(parts, first.change, visitor.language)
    return CompanyView(plan_id, first.card, label, reasons, tuple(sorted(cards, key=lambda card: card.name)), len(ids))


def change_company(
    parts: Parts, visitor: Visitor, plan_id: int, seen: Mapping[str, str], act_id: str, now: datetime
) -> Answer:
    """Only for whom it could still be offered. They are judged by the first contact alone: neither the step from their own
    status nor the guards before it are asked about.
    """
    first = _first(parts, visitor, plan_id)
    if isinstance(first, Answer):
        return first
    if first.refusal is not None:
        note_refusal(parts, visitor, first.card.contact_id, first.change, first.refusal, act_id, now)
        return first.refusal
    wanted = {
        contact_id: dataclasses.replace(first.change, seen=seen[contact_id])
        for contact_id in _others(parts, first.card.contact_id, first.change)
        if contact_id in seen
    }
    values = {"after": _label(parts, visitor, first.change), "left": str(len(seen))}
    if not wanted:
        return Answer(False, "answer.company_unchanged", values)
    said = said_for_company(visitor, first.card.contact_id, first.change.note)
    written = write_changes(parts, visitor, wanted, said, now)
    if written.applied.trouble:
        return Answer(True, "answer.company_pending", {**values, "count": str(len(wanted) - len(written.late))})
    count = len(wanted) - len(_left(written))
    values |= {"count": str(count), "left": str(len(seen) - count)}
    if not count:
        return Answer(False, "answer.company_unchanged", values)
    key = "answer.company_written" if count == len(seen) else "answer.company_in_part"
    return Answer(True, key, values, (Offer("undo", f"plan {written.plan_id}"),))


def _first(parts: Parts, visitor: Visitor, plan_id: int) -> _First | Answer:
    """The right to it is the right to the first change, as of now."""
    made = made_with(parts, visitor, plan_id, {"applied"})
    card = contact_card(parts, visitor, made[0].object_id) if made else None
    if made is None or card is None:
        return Answer(False, "answer.company_gone")
    change = dataclasses.replace(made[1], reasons=_reasons(parts, card.contact_id, made[1]))
    if not judged(parts, visitor, card.contact_id, change, owner_roles(parts, card.contact_id)).allowed:
        return _First(card, change, Answer(False, "answer.company_refused", {"contact": card.name}))
    held = why_held(parts, visitor, (parts.rules().vocabulary.property, *change.reasons))
    return held or _First(card, change, None)


def _reasons(parts: Parts, contact_id: str, change: StatusChange) -> Mapping[str, str]:
    """Also those that the contact had already, for which no line was needed."""
    status = parts.rules().vocabulary.status(change.value)
    with snapshot(parts.engine) as connection:
        stored = reads.read_records(connection, parts.schema(), CONTACTS, [contact_id])
    present: Mapping[str, str | None] = stored[0].record.properties if stored else {}
    kept = {name: value for name in (status.reasons if status else ()) if (value := present.get(name))}
    return {**kept, **change.reasons}


def _others(parts: Parts, contact_id: str, change: StatusChange) -> Sequence[str]:
    rule_set = parts.rules()
    covered = covered_with(rule_set.vocabulary, change.seen, change.value)
    if not covered:
        return ()
    with snapshot(parts.engine) as connection:
        return list(connection.execute(others_at_company(rule_set, parts.schema(), contact_id, covered)).scalars())


def _left(written: Written) -> set[str]:
    """Of whom something could not be written."""
    return {*written.late, *(line["id"] for line in written.applied.lines if line["state"] != "applied")}


def _label(parts: Parts, visitor: Visitor, change: StatusChange) -> str:
    return parts.scribe(parts.rules()).status_label(change.value, visitor.language)
