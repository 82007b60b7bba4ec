"""Giving a contact to another owner: a plan line like any other, written in the manager's name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from connector.mirror import reads
from connector.records import CONTACTS
from jobs.acts.find import contact_card
from jobs.acts.held import why_held
from jobs.acts.once import actor_of, sees_all
from jobs.acts.shown import look_again
from jobs.apply import Author, apply
from jobs.database import snapshot, writing
from jobs.ledger import plan_lines
from jobs.ledger.plan_lines import Line, PlanOpener
from jobs.wiring import Parts
from rules.model import Person
from slack_app.backend import Answer, Offer, Visitor
from slack_app.views import Choice, ContactCard

_OWNER = "hubspot_owner_id"


def owner_choices(parts: Parts, visitor: Visitor, contact_id: str) -> Sequence[Choice]:
    """The other live owners who have a role: those who share one with the present owner first, since a wrong owner may
    be one of another team.
    """
    if not sees_all(visitor):
        return []
    people = parts.people()
    present = _owner_id(parts, contact_id)
    roles = owner.roles if (owner := people.person(present)) else frozenset[str]()
    others = [one for one in people.persons if one.live and one.owner_id != present]
    able = [one for one in others if one.roles]
    return [Choice(one.owner_id, one.name) for one in sorted(able, key=lambda one: (not one.roles & roles, one.name))]


def reassign(parts: Parts, visitor: Visitor, contact_id: str, owner_id: str, now: datetime) -> Answer:
    if not sees_all(visitor):
        return Answer(False, "answer.only_managers")
    card, people = contact_card(parts, visitor, contact_id), parts.people()
    after = people.person(owner_id)
    if card is None:
        return Answer(False, "answer.contact_gone")
    if after is None or not after.live:
        return Answer(False, "answer.owner_unknown")
    held = why_held(parts, visitor, (parts.fields.property(CONTACTS, "owner") or _OWNER,))
    if held is not None:
        return held
    return _write(parts, visitor, card, after, now)


def _write(parts: Parts, visitor: Visitor, card: ContactCard, after: Person, now: datetime) -> Answer:
    values = {"contact": card.name, "before": card.owner_name or "–", "after": after.name}
    line = Line(
        object_id=card.contact_id,
        property=parts.fields.property(CONTACTS, "owner") or _OWNER,
        before=_owner_id(parts, card.contact_id),
        after=after.owner_id,
        rule=None,
        rule_version=None,
        reason=f"reassigned by {visitor.name} via Slack",
        state="approved",
        actor=actor_of(visitor),
    )
    plan = PlanOpener(None, None, now)
    with writing(parts.engine) as connection:
        ids = plan_lines.add(connection, [line], plan=plan, now=now)
    applied = apply(parts.engine, parts.gateway(), author=Author(actor_of(visitor), "slack"), now=now, only=ids)
    if applied.trouble:
        return Answer(True, "answer.reassign_pending", values)
    look_again(parts, [card.contact_id], now)
    written = applied.lines[0]
    if written["state"] == "conflict":
        holder = parts.people().person(written["seen"])
        return Answer(False, "answer.conflict", {**values, "seen": holder.name if holder else written["seen"] or "–"})
    if applied.failed:
        return Answer(False, "answer.crm_refused", {"cause": written["cause"] or ""})
    return Answer(True, "answer.reassigned", values, (Offer("undo", f"plan {plan.plan_id}"),))


def _owner_id(parts: Parts, contact_id: str) -> str | None:
    with snapshot(parts.engine) as connection:
        label = reads.contact_labels(connection, parts.schema(), [contact_id]).get(contact_id)
    return label.owner_id if label else None
