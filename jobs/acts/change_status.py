"""Changing a contact's status: what this person may choose, what must be said with it, and writing it to the CRM."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from connector.mirror import reads
from connector.mirror.shared_rows import stored_definitions
from connector.records import CONTACTS
from jobs.acts.find import contact_card
from jobs.acts.once import actor_of
from jobs.acts.shown import look_again
from jobs.apply import Author, apply
from jobs.database import snapshot, writing
from jobs.ledger import audit, plan_lines
from jobs.ledger.plan_lines import Line, PlanOpener
from jobs.ledger.tables import findings as findings_table
from jobs.wiring import Parts
from rules.transitions import judge
from slack_app.backend import Answer, Visitor
from slack_app.views import Choice, ContactCard, ReasonQuestion, StatusChoice


def change_status(
    parts: Parts, visitor: Visitor, contact_id: str, value: str, reasons: dict[str, str], act_id: str, now: datetime
) -> Answer:
    rule_set = parts.rules()
    vocabulary = rule_set.vocabulary
    card = contact_card(parts, visitor, contact_id)
    if card is None:
        return Answer(False, "answer.contact_gone")
    wanted = vocabulary.status(value)
    if wanted is None:
        return Answer(False, "answer.status_unknown", {"words": value})
    after = wanted.label.in_language(visitor.language)
    values = {"contact": card.name, "before": card.status_label or "–", "after": after}
    if card.status == value:
        return Answer(True, "answer.status_same", values)
    verdict = judge(vocabulary, card.status, value, visitor.roles, _owner_roles(parts, contact_id))
    if not verdict.allowed:
        _audit_refusal(parts, visitor, card, value, verdict.reason or "", act_id, now)
        return Answer(False, f"answer.{verdict.reason}", {**values, "roles": ", ".join(verdict.roles)})
    lines = [_line(contact_id, vocabulary.property, card.status, value, visitor)]
    lines += [
        _line(contact_id, name, _present(parts, contact_id, name), chosen, visitor) for name, chosen in reasons.items()
    ]
    return _write(parts, visitor, contact_id, lines, values, now)


def status_choices(parts: Parts, visitor: Visitor, contact_id: str) -> Sequence[StatusChoice]:
    card = contact_card(parts, visitor, contact_id)
    if card is None:
        return []
    vocabulary = parts.rules().vocabulary
    owner_roles = _owner_roles(parts, contact_id)
    asked = _asked_with(parts, contact_id)
    return [
        StatusChoice(
            status.value,
            status.label.in_language(visitor.language),
            tuple(_question(parts, name) for name in dict.fromkeys((*status.reasons, *asked.get(status.value, ())))),
        )
        for status in vocabulary.statuses
        if status.value != card.status
        and judge(vocabulary, card.status, status.value, visitor.roles, owner_roles).allowed
    ]


def _asked_with(parts: Parts, contact_id: str) -> Mapping[str, Sequence[str]]:
    """By status: what the rules that suggest it for this contact want answered with it."""
    rule_set = parts.rules()
    query = select(findings_table.c.rule).where(
        findings_table.c.object_type == CONTACTS,
        findings_table.c.object_id == contact_id,
        findings_table.c.open_key.is_not(None),
    )
    with snapshot(parts.engine) as connection:
        open_rules = set(connection.execute(query).scalars())
    suggests = [one for rule in rule_set.rules if rule.id in open_rules for one in rule.suggests]
    asked: dict[str, list[str]] = {}
    for one in suggests:
        if one.property == rule_set.vocabulary.property:
            asked.setdefault(one.value, []).extend(one.ask)
    return asked


def _write(
    parts: Parts, visitor: Visitor, contact_id: str, lines: Sequence[Line], values: dict[str, str], now: datetime
) -> Answer:
    engine = parts.engine
    with writing(engine) as connection:
        ids = plan_lines.add(connection, lines, plan=PlanOpener(None, None, now), now=now)
    author = Author(actor_of(visitor), "slack")
    applied = apply(engine, parts.gateway(), author=author, now=now, only=ids)
    if applied.trouble:
        return Answer(True, "answer.status_pending", values)
    first = applied.lines[0]
    look_again(parts, [contact_id], now)
    if first["state"] == "conflict":
        seen = _label(parts, first["seen"], visitor.language)
        return Answer(False, "answer.conflict", {**values, "seen": seen})
    if applied.failed:
        cause = next(line["cause"] for line in applied.lines if line["state"] == "failed")
        return Answer(False, "answer.crm_refused", {**values, "cause": cause or ""})
    return Answer(True, "answer.status_written", values)


def _owner_roles(parts: Parts, contact_id: str) -> Collection[str]:
    with snapshot(parts.engine) as connection:
        label = reads.contact_labels(connection, parts.schema(), [contact_id]).get(contact_id)
    person = parts.people().person(label.owner_id if label else None)
    return person.roles if person else frozenset()


def _present(parts: Parts, contact_id: str, name: str) -> str | None:
    with snapshot(parts.engine) as connection:
        stored = reads.read_record(connection, parts.schema(), CONTACTS, contact_id)
    return (stored.record.properties.get(name) or None) if stored else None


def _question(parts: Parts, name: str) -> ReasonQuestion:
    with snapshot(parts.engine) as connection:
        definition = next((d for d in stored_definitions(connection, CONTACTS) if d.name == name), None)
    options = tuple(Choice(o.value, o.label) for o in definition.options if not o.hidden) if definition else ()
    return ReasonQuestion(name, definition.label if definition else name, options)


def _label(parts: Parts, status: str | None, language: str) -> str:
    known = parts.rules().vocabulary.status(status)
    return known.label.in_language(language) if known else (status or "–")


def _audit_refusal(
    parts: Parts, visitor: Visitor, card: ContactCard, value: str, reason: str, act_id: str, now: datetime
) -> None:
    entry = audit.Entry(
        at=now,
        actor=actor_of(visitor),
        channel="slack",
        action="status.refused",
        object_type=CONTACTS,
        object_id=card.contact_id,
        property=parts.rules().vocabulary.property,
        before=card.status,
        after=value,
        reason=reason,
        correlation=act_id,
    )
    with writing(parts.engine) as connection:
        audit.record(connection, [entry])


def _line(contact_id: str, name: str, before: str | None, after: str | None, visitor: Visitor) -> Line:
    return Line(
        object_id=contact_id,
        property=name,
        before=before,
        after=after,
        rule=None,
        rule_version=None,
        reason=f"changed by {visitor.name} via Slack",
        state="approved",
        actor=actor_of(visitor),
    )
