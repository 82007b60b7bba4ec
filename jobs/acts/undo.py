"""Taking back what was written through Slack: the person's own last change, or one that they name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from connector.records import CONTACTS
from jobs.acts.change_status import editor_of, status_label
from jobs.acts.find import contact_card
from jobs.acts.held import why_held
from jobs.acts.once import actor_of, name_in, sees_all
from jobs.acts.shown import look_again
from jobs.acts.status_choices import owner_roles
from jobs.acts.status_plan import is_for_company
from jobs.apply import Applied, Author
from jobs.database import snapshot
from jobs.editors import mirrored_history
from jobs.ledger import plan_lines, undone
from jobs.ledger.undone import Target
from jobs.undo import Desk, take_back
from jobs.wiring import Parts
from rules.transitions import judge, steps_covering
from slack_app.backend import Answer, Visitor
from slack_app.texts.dates import moment_words

LAST = ("", "last", "最後", "直前", "前回")
_NAMED = re.compile(r"(plan|line|#)?\s*#?(\d{1,9})")


def undo(parts: Parts, visitor: Visitor, what: str, now: datetime) -> Answer:
    """A line is taken back with what was written beside it: a status with its reasons."""
    rows = _meant(parts, visitor, what)
    if rows is None:
        return Answer(False, "answer.undo_unknown", {"words": what})
    if not rows:
        return Answer(False, "answer.undo_nothing")
    refusal = _refusal(parts, visitor, rows)
    if refusal is not None:
        return refusal
    standing = [row for row in rows if row.state == "applied"]
    if not standing:
        return Answer(False, "answer.undo_done_already")
    stands_in_the_way = _overtaken(parts, visitor, standing) or why_held(parts, visitor, {r.property for r in standing})
    if stands_in_the_way is not None:
        return stands_in_the_way
    desk = Desk(parts.engine, parts.gateway(), Author(actor_of(visitor), "slack"), now, parts.schema())
    done = take_back(desk, Target("line", 0, tuple(row.id for row in standing))).applied
    look_again(parts, sorted({row.object_id for row in standing}), now)
    return _answer(parts, visitor, standing, done)


def _meant(parts: Parts, visitor: Visitor, what: str) -> Sequence[Row[Any]] | None:
    """The lines that are meant, also those that no longer stand; None where the words name none."""
    words = unicodedata.normalize("NFKC", what).strip().lower()
    with snapshot(parts.engine) as connection:
        if words in LAST:
            return undone.last_act(connection, actor_of(visitor))
        match = _NAMED.fullmatch(words)
        if match is None:
            return None
        if match[1] != "plan":
            line = next(iter(plan_lines.by_ids(connection, [int(match[2])])), None)
            if line is None:
                return None
            if line.rule is not None:
                return [line]
            return plan_lines.of_plan(connection, line.plan_id)
        return plan_lines.of_plan(connection, int(match[2])) or None


def _refusal(parts: Parts, visitor: Visitor, rows: Sequence[Row[Any]]) -> Answer | None:
    """Whoever made the change, or who may act for everybody; and only as long as the step is one they may take."""
    if any(row.actor != actor_of(visitor) for row in rows) and not sees_all(visitor):
        return Answer(False, "answer.undo_not_yours")
    vocabulary = parts.rules().vocabulary
    for row in rows:
        if row.object_type != CONTACTS or row.property != vocabulary.property or row.undoes is not None:
            continue
        steps = steps_covering(vocabulary, row.before, row.after) if is_for_company(row) else []
        roles = owner_roles(parts, row.object_id)
        verdicts = [judge(vocabulary, *step, visitor.roles, roles) for step in (*steps, (row.before, row.after))]
        if not any(verdict.allowed or verdict.needs_override_reason for verdict in verdicts):
            return Answer(False, "answer.undo_refused", {"contact": _name(parts, visitor, row)})
    return None


def _overtaken(parts: Parts, visitor: Visitor, rows: Sequence[Row[Any]]) -> Answer | None:
    """What the ledger knows to be no longer ours, where it is one change: of many, those that stand are taken back."""
    if len({row.object_id for row in rows}) > 1:
        return None
    with snapshot(parts.engine) as connection:
        later = undone.later_writes(connection, rows)
    contact = {"contact": _name(parts, visitor, rows[0])}
    for row in later.values():
        name = name_in(row.actor or row.rule or "–")
        return Answer(
            False, "answer.undo_later", {**contact, "name": name, "at": _when(parts, row.settled_at, visitor)}
        )
    if all(row.written is False for row in rows):
        return Answer(False, "answer.undo_not_ours", contact)
    return None


def _answer(parts: Parts, visitor: Visitor, rows: Sequence[Row[Any]], done: Applied) -> Answer:
    first = _about(parts, rows)
    values = {"contact": _name(parts, visitor, first), "before": _label(parts, visitor, first, first.before)}
    if done.trouble:
        return Answer(True, "answer.undo_pending", values)
    records = {row.object_id for row in rows}
    changed = {line["id"] for line in done.lines if line["state"] != "applied"}
    if len(records) > 1:
        count = {"count": str(len(records - changed)), "left": str(len(changed))}
        key = "answer.undone_in_part" if changed else "answer.undone_many"
        return Answer(len(changed) < len(records), key, count)
    if not changed:
        return Answer(True, "answer.undone", values)
    seen = next((line["seen"] for line in done.lines if line["state"] != "applied"), None)
    return _conflict(parts, visitor, first, seen, values)


def _conflict(parts: Parts, visitor: Visitor, row: Row[Any], seen: str | None, values: dict[str, str]) -> Answer:
    said = {**values, "seen": _label(parts, visitor, row, seen)}
    with snapshot(parts.engine) as connection:
        versions = mirrored_history(connection, row.property, [row.object_id]).get(row.object_id)
    editor = editor_of(parts, versions[-1]) if versions else None
    if editor is None or not versions:
        return Answer(False, "answer.undo_conflict", said)
    at = _when(parts, versions[-1].at, visitor)
    return Answer(False, "answer.undo_conflict_by", {**said, "name": editor, "at": at})


def _about(parts: Parts, rows: Sequence[Row[Any]]) -> Row[Any]:
    """The line that people mean when they speak of the change: the status, if it is among them."""
    name = parts.rules().vocabulary.property
    return next((row for row in rows if row.property == name), rows[0])


def _label(parts: Parts, visitor: Visitor, row: Row[Any], value: str | None) -> str:
    if row.property == parts.rules().vocabulary.property:
        return status_label(parts, value, visitor.language)
    if row.property == parts.fields.property(CONTACTS, "owner"):
        person = parts.people().person(value)
        return person.name if person else value or "–"
    return value or "–"


def _name(parts: Parts, visitor: Visitor, row: Row[Any]) -> str:
    card = contact_card(parts, visitor, row.object_id)
    return card.name if card else row.object_id


def _when(parts: Parts, at: datetime, visitor: Visitor) -> str:
    return moment_words(at.astimezone(parts.rules().calendar.zone), visitor.language)
