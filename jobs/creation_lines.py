"""What a rule wants made in the CRM, as plan lines: whose task, by when, and what that relies on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from connector.records import NOTES, TASKS
from jobs.examine import RuleExamined, WantedCreation
from jobs.ledger.plan_lines import Line
from rules.creation_kind import CreationKind
from rules.model import Rule, RuleSet
from rules.text import Text

# What is made, as the CRM calls it; a line's `property` is the rule's word for it.
OBJECT_TYPES: Mapping[str, str] = {CreationKind.TASK.value: TASKS, CreationKind.NOTE.value: NOTES}

NOBODY = Text(
    "タスクを渡す相手がいません。ルールにある人がいないか、すでに退職しています。",
    "Nobody to give the task to: whoever the rule names is not there, or has left.",
)


def creation_lines(rule_set: RuleSet, rule: Rule, examined: RuleExamined, state: str, now: datetime) -> Sequence[Line]:
    """A task that nobody would get waits until there is somebody."""
    return [
        Line(
            object_id=wanted.object_id,
            property=wanted.action.kind.value,
            before=None,
            after=wanted.text,
            rule=rule.id,
            rule_version=rule.version,
            reason=rule.title.en or rule.title.ja,
            state="held_back" if _nobodys(wanted) else state,
            cause=NOBODY.en if _nobodys(wanted) else None,
            cause_ja=NOBODY.ja if _nobodys(wanted) else None,
            creates={"values": _values(rule_set, rule, wanted, now), "relies_on": dict(wanted.relies_on)},
        )
        for wanted in examined.creations
    ]


def _nobodys(wanted: WantedCreation) -> bool:
    return wanted.action.kind is CreationKind.TASK and wanted.receiver is None


def _values(rule_set: RuleSet, rule: Rule, wanted: WantedCreation, now: datetime) -> dict[str, Any]:
    """A note is of the moment at which it is made, which nobody knows yet."""
    action = wanted.action
    if action.kind is CreationKind.NOTE:
        return {"hs_note_body": wanted.text}
    assert action.due is not None, "the loader gives every task its day"
    calendar = rule_set.calendars.get(action.calendar, rule_set.calendar) if action.calendar else rule_set.calendar
    due = calendar.due(now, action.due).astimezone(UTC)
    return {
        "hs_task_subject": wanted.text,
        "hs_task_body": rule.title.ja,
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "TODO",
        "hs_timestamp": due.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        **({"hubspot_owner_id": wanted.receiver} if wanted.receiver else {}),
    }
