"""Which statuses this person may set on a contact now, and what must be said with each of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from connector.mirror import reads
from connector.mirror.shared_rows import stored_definitions
from connector.records import CONTACTS
from jobs.acts.find import contact_card
from jobs.database import snapshot
from jobs.ledger.tables import findings as findings_table
from jobs.step_guards import unmet_guards
from jobs.wiring import Parts
from rules.transitions import Verdict, judge
from slack_app.backend import StatusChange, Visitor
from slack_app.views import Choice, ReasonQuestion, StatusChoice

UNMET, OVERRIDE = "unmet", "override"


def status_choices(parts: Parts, visitor: Visitor, contact_id: str) -> Sequence[StatusChoice]:
    card = contact_card(parts, visitor, contact_id)
    if card is None:
        return []
    vocabulary, roles = parts.rules().vocabulary, owner_roles(parts, contact_id)
    verdicts = {
        status.value: judged(parts, visitor, contact_id, StatusChange(status.value, card.status), roles)
        for status in vocabulary.statuses
        if status.value != card.status
    }
    # What is foreseen stands before what an admin may do all the same.
    ordered = sorted(verdicts.items(), key=lambda one: not one[1].allowed)
    able = [(value, verdict) for value, verdict in ordered if verdict.allowed or verdict.needs_override_reason]
    return [status_choice(parts, contact_id, value, verdict, visitor.language) for value, verdict in able]


def status_choice(parts: Parts, contact_id: str, value: str, verdict: Verdict, language: str) -> StatusChoice:
    """What must be said with one status by somebody for whom this is the verdict; guards that only stand before some of
    the reasons are met when the form is sent.
    """
    status = parts.rules().vocabulary.status(value)
    assert status is not None, "only statuses of the vocabulary are judged"
    names = dict.fromkeys((*status.reasons, *_asked_with(parts, contact_id).get(value, ())))
    questions = tuple(_question(parts, name, language) for name in names)
    note = UNMET if verdict.guards else "" if verdict.allowed else OVERRIDE
    needs = tuple(guard.message.in_language(language) for guard in verdict.guards)
    return StatusChoice(value, status.label.in_language(language), questions, note, needs)


def judged(
    parts: Parts, visitor: Visitor, contact_id: str, change: StatusChange, owner_roles: Collection[str]
) -> Verdict:
    """By the table, and by the guards before the step where the table allows it."""
    rule_set = parts.rules()
    table = judge(rule_set.vocabulary, change.seen, change.value, visitor.roles, owner_roles, change.note or None)
    if not table.allowed or not rule_set.guards:
        return table
    unmet = unmet_guards(
        parts.engine,
        rule_set,
        parts.schema(),
        parts.world(parts.clock()),
        contact_id,
        present=change.seen,
        wanted=change.value or "",
        answers=change.reasons,
    )
    return judge(rule_set.vocabulary, change.seen, change.value, visitor.roles, owner_roles, change.note or None, unmet)


def reason_answers(parts: Parts, change: StatusChange, language: str) -> tuple[str, ...]:
    """What was answered with a status, as people read it."""
    questions = [_question(parts, name, language) for name in change.reasons]
    return tuple(o.label for asked in questions for o in asked.options if o.value == change.reasons[asked.property])


def owner_roles(parts: Parts, contact_id: str) -> Collection[str]:
    with snapshot(parts.engine) as connection:
        label = reads.contact_labels(connection, parts.schema(), [contact_id]).get(contact_id)
    person = parts.people().person(label.owner_id if label else None)
    return person.roles if person else frozenset()


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


def _question(parts: Parts, name: str, language: str) -> ReasonQuestion:
    """In the reader's language where the vocabulary has words for it, else as the CRM calls it."""
    with snapshot(parts.engine) as connection:
        definition = next((d for d in stored_definitions(connection, CONTACTS) if d.name == name), None)
    words = parts.rules().vocabulary.reasons.get(name)
    options = tuple(o for o in definition.options if not o.hidden) if definition else ()
    labels = {o.value: words.options[o.value] for o in options if words and o.value in words.options}
    choices = tuple(
        Choice(o.value, labels[o.value].in_language(language) if o.value in labels else o.label) for o in options
    )
    label = words.label.in_language(language) if words else (definition.label if definition else name)
    return ReasonQuestion(name, label, choices)
