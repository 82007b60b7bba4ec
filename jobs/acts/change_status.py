"""Changing a contact's status: whether this person may, whether all is said, and writing it to the CRM."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection

from connector.errors import CrmError
from connector.mirror import reads
from connector.records import CONTACTS, Version
from jobs.acts.find import contact_card
from jobs.acts.held import why_held
from jobs.acts.once import actor_of
from jobs.acts.shown import look_again
from jobs.acts.status_choices import judged, owner_roles, status_choice, status_choices
from jobs.apply import Author, apply, entry
from jobs.database import snapshot, writing
from jobs.editors import editors
from jobs.ledger import audit, plan_lines
from jobs.ledger.plan_lines import End, Line, PlanOpener
from jobs.wiring import Parts
from slack_app.backend import Answer, Offer, StatusChange, Visitor
from slack_app.texts.catalogue import catalogue
from slack_app.texts.dates import moment_words
from slack_app.views import ContactCard

log = structlog.get_logger()


def change_status(
    parts: Parts, visitor: Visitor, contact_id: str, change: StatusChange, act_id: str, now: datetime
) -> Answer:
    """Judged by the status that the person was shown: what has become of it meanwhile is a conflict, which they decide."""
    card = contact_card(parts, visitor, contact_id)
    if card is None:
        return Answer(False, "answer.contact_gone")
    if parts.rules().vocabulary.status(change.value) is None:
        return Answer(False, "answer.status_unknown", {"words": change.value})
    before, after = (status_label(parts, one, visitor.language) for one in (change.seen, change.value))
    values = {"contact": card.name, "before": before, "after": after}
    if change.seen == change.value:
        return Answer(True, "answer.status_same", values)
    held = why_held(parts, visitor, (parts.rules().vocabulary.property, *change.reasons))
    if held is not None:
        return held
    refusal = _refusal(parts, visitor, card, change, values)
    if refusal is not None:
        _audit_refusal(parts, visitor, card, change, refusal.text.removeprefix("answer."), act_id, now)
        return refusal
    return _write(parts, visitor, card, change, values, now)


def repeat_change(parts: Parts, visitor: Visitor, plan_id: int, act_id: str, now: datetime) -> Answer:
    """The same change over the value that the CRM held when it was refused; all checks are made again."""
    with snapshot(parts.engine) as connection:
        rows = [row for row in plan_lines.of_plan(connection, plan_id) if row.actor == actor_of(visitor)]
    name = parts.rules().vocabulary.property
    status = next((row for row in rows if row.property == name and row.state in {"conflict", "failed"}), None)
    if status is None:
        return Answer(False, "answer.undo_nothing")
    seen = status.seen if status.state == "conflict" else status.before
    reasons = {row.property: row.after for row in rows if row.property != name and row.after}
    note = "" if status.reason == _said(visitor, "") else status.reason
    return change_status(parts, visitor, status.object_id, StatusChange(status.after, seen, reasons, note), act_id, now)


def status_label(parts: Parts, status: str | None, language: str) -> str:
    known = parts.rules().vocabulary.status(status)
    return known.label.in_language(language) if known else (status or "–")


def _refusal(
    parts: Parts, visitor: Visitor, card: ContactCard, change: StatusChange, values: dict[str, str]
) -> Answer | None:
    verdict = judged(parts, visitor, card.contact_id, change, owner_roles(parts, card.contact_id))
    if not verdict.allowed and not verdict.needs_override_reason:
        say = catalogue(visitor.language)
        labels = [one.label for one in status_choices(parts, visitor, card.contact_id)]
        more = {"roles": ", ".join(verdict.roles), "possible": say.plain("names.separator").join(labels)}
        key = f"answer.{verdict.reason}" if labels else f"answer.{verdict.reason}_at_all"
        return Answer(False, key, {**values, **more})
    asked = status_choice(parts, card.contact_id, change.value, verdict, visitor.language)
    form = (Offer("change_status", f"{card.contact_id} {change.value}"),)
    for question in asked.reasons:
        if question.options and change.reasons.get(question.property) not in {one.value for one in question.options}:
            return Answer(False, "answer.reason_missing", {**values, "question": question.label}, form)
    if any(guard.answers for guard in verdict.guards):
        # The form could not ask for words before this reason was chosen, and another reason is what is wanted.
        return Answer(False, "answer.guard_refused", {**values, "needs": " ".join(asked.needs)}, form)
    if asked.note and not change.note:
        return Answer(False, "answer.note_missing", values, form)
    return None


@dataclasses.dataclass(frozen=True, slots=True)
class _Present:
    """What the CRM holds now, and the last change of it."""

    status: str | None
    version: Version | None


def _write(
    parts: Parts, visitor: Visitor, card: ContactCard, change: StatusChange, values: dict[str, str], now: datetime
) -> Answer:
    """The CRM is looked at before anything is written: else a status that has changed meanwhile would stay as it is, and
    the reasons for the refused one would be written beside it.
    """
    lines = _lines(parts, visitor, card.contact_id, change)
    plan = PlanOpener(None, None, now)
    present = _present(parts, card.contact_id)
    meanwhile = present is not None and present.status not in {change.seen, change.value}
    with writing(parts.engine) as connection:
        ids = plan_lines.add(connection, lines, plan=plan, now=now)
        if present is not None and meanwhile:
            _settle_conflict(parts, connection, visitor, ids, present, now)
    if present is not None and meanwhile:
        look_again(parts, [card.contact_id], now)
        return _conflict(parts, visitor, present, values, plan)
    applied = apply(parts.engine, parts.gateway(), author=Author(actor_of(visitor), "slack"), now=now, only=ids)
    if applied.trouble:
        return Answer(True, "answer.status_pending", values)
    look_again(parts, [card.contact_id], now)
    if any(line["state"] == "conflict" for line in applied.lines):
        found = _present(parts, card.contact_id) or _Present(applied.lines[0]["seen"], None)
        return _conflict(parts, visitor, found, values, plan)
    if applied.failed:
        cause = next(line["cause"] for line in applied.lines if line["state"] == "failed")
        again = (Offer("try_again", str(plan.plan_id)),)
        return Answer(False, "answer.crm_refused", {**values, "cause": cause or ""}, again)
    return Answer(True, "answer.status_written", values, (Offer("undo", f"plan {plan.plan_id}"),))


def _present(parts: Parts, contact_id: str) -> _Present | None:
    """None where the CRM cannot be asked: the write then waits until it can, and compares for itself."""
    name = parts.rules().vocabulary.property
    try:
        record = next(iter(parts.gateway().read(CONTACTS, [contact_id], [name], history=[name])), None)
    except CrmError as error:
        log.debug("status not read", error=type(error).__name__)
        return None
    if record is None:
        return None
    versions = record.history.get(name) or [None]
    return _Present(record.properties.get(name) or None, versions[-1])


def _settle_conflict(
    parts: Parts, connection: Connection, visitor: Visitor, ids: Sequence[int], present: _Present, now: datetime
) -> None:
    """Nothing of the change is written; it stays in the ledger, so that the person can still decide for it."""
    name, author = parts.rules().vocabulary.property, Author(actor_of(visitor), "slack")
    cause = f"{editors(connection).changed(present.version)}; that value stays." if present.version else None
    rows = plan_lines.by_ids(connection, ids)
    ends = [
        End(row.id, "conflict", present.status if row.property == name else None, cause, written=False) for row in rows
    ]
    plan_lines.settle(connection, ends, now)
    audit.record(connection, [entry(row, end, author, now) for row, end in zip(rows, ends, strict=True)])


def _conflict(parts: Parts, visitor: Visitor, present: _Present, values: Mapping[str, str], plan: PlanOpener) -> Answer:
    """Both values side by side, and who set the other one where that is known."""
    said = {**values, "seen": status_label(parts, present.status, visitor.language)}
    offers = (Offer("write_anyway", str(plan.plan_id)), Offer("leave_it", str(plan.plan_id)))
    editor = editor_of(parts, present.version)
    if editor is None or present.version is None:
        return Answer(False, "answer.conflict", said, offers)
    at = moment_words(present.version.at.astimezone(parts.rules().calendar.zone), visitor.language)
    return Answer(False, "answer.conflict_by", {**said, "name": editor, "at": at}, offers)


def editor_of(parts: Parts, version: Version | None) -> str | None:
    """The name of whoever made this change in the CRM; None for a program or somebody unknown."""
    if version is None or version.user_id is None:
        return None
    with snapshot(parts.engine) as connection:
        return editors(connection).names.get(version.user_id)


def _lines(parts: Parts, visitor: Visitor, contact_id: str, change: StatusChange) -> list[Line]:
    with snapshot(parts.engine) as connection:
        stored = reads.read_record(connection, parts.schema(), CONTACTS, contact_id)
    present: Mapping[str, str | None] = stored.record.properties if stored else {}
    said = _said(visitor, change.note)
    wanted = {parts.rules().vocabulary.property: (change.seen, change.value)}
    wanted |= {name: (present.get(name) or None, chosen) for name, chosen in change.reasons.items()}
    return [
        Line(contact_id, name, before, after, None, None, said, "approved", actor_of(visitor))
        for name, (before, after) in wanted.items()
        if before != after
    ]


def _said(visitor: Visitor, note: str) -> str:
    """The person's own words, or how it came about."""
    return note or f"changed by {visitor.name} via Slack"


def _audit_refusal(
    parts: Parts, visitor: Visitor, card: ContactCard, change: StatusChange, reason: str, act_id: str, now: datetime
) -> None:
    refused = audit.Entry(
        at=now,
        actor=actor_of(visitor),
        channel="slack",
        action="status.refused",
        object_type=CONTACTS,
        object_id=card.contact_id,
        property=parts.rules().vocabulary.property,
        before=change.seen,
        after=change.value,
        reason=reason.removesuffix("_at_all"),
        correlation=act_id,
    )
    with writing(parts.engine) as connection:
        audit.record(connection, [refused])
