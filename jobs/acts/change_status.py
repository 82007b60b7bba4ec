"""Changing a contact's status: whether this person may, whether all is said, and writing it to the CRM."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime

from connector.records import Version
from jobs.acts.company_wide import for_the_company
from jobs.acts.find import contact_card
from jobs.acts.held import why_held
from jobs.acts.status_choices import judged, owner_roles, status_choice, status_choices
from jobs.acts.status_plan import Present, made_with, note_refusal, read_present, said_of, write_changes
from jobs.database import snapshot
from jobs.editors import editors
from jobs.wiring import Parts
from slack_app.backend import Answer, Offer, StatusChange, Visitor
from slack_app.texts.catalogue import catalogue
from slack_app.texts.dates import moment_words
from slack_app.views import ContactCard


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
        note_refusal(parts, visitor, contact_id, change, refusal, act_id, now)
        return refusal
    return _write(parts, visitor, card, change, values, now)


def repeat_change(parts: Parts, visitor: Visitor, plan_id: int, act_id: str, now: datetime) -> Answer:
    """The same change over the value that the CRM held when it was refused; all checks are made again."""
    made = made_with(parts, visitor, plan_id, {"conflict", "failed"})
    if made is None:
        return Answer(False, "answer.undo_nothing")
    status, change = made
    change = dataclasses.replace(change, seen=status.seen) if status.state == "conflict" else change
    return change_status(parts, visitor, status.object_id, change, act_id, now)


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


def _write(
    parts: Parts, visitor: Visitor, card: ContactCard, change: StatusChange, values: dict[str, str], now: datetime
) -> Answer:
    contact_id = card.contact_id
    written = write_changes(parts, visitor, {contact_id: change}, said_of(visitor, change.note), now)
    applied, plan_id = written.applied, str(written.plan_id)
    if contact_id in written.late:
        return _conflict(parts, visitor, written.late[contact_id], values, plan_id)
    if applied.trouble:
        return Answer(True, "answer.status_pending", values)
    if any(line["state"] == "conflict" for line in applied.lines):
        found = read_present(parts, [contact_id]).get(contact_id) or Present(applied.lines[0]["seen"], None)
        return _conflict(parts, visitor, found, values, plan_id)
    if applied.failed:
        cause = next(line["cause"] for line in applied.lines if line["state"] == "failed")
        return Answer(False, "answer.crm_refused", {**values, "cause": cause or ""}, (Offer("try_again", plan_id),))
    offers = (Offer("undo", f"plan {plan_id}"), *for_the_company(parts, contact_id, change, plan_id))
    return Answer(True, "answer.status_written", values, offers)


def _conflict(parts: Parts, visitor: Visitor, present: Present, values: Mapping[str, str], plan_id: str) -> Answer:
    """Both values side by side, and who set the other one where that is known."""
    said = {**values, "seen": status_label(parts, present.status, visitor.language)}
    offers = (Offer("write_anyway", plan_id), Offer("leave_it", plan_id))
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
