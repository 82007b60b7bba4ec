"""Which writes a rule must leave alone for now, and why: people win, an undo holds, no record is written all day, and
nothing is written to a property that the CRM has changed.

Asked when a rule proposes a write, and again when somebody approves it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from connector.batches import pieces
from connector.records import CONTACTS, Version
from jobs.busy import resting, written_often
from jobs.editors import Editors, editors, mirrored_history
from jobs.ledger.plan_lines import Line, is_value, subject
from jobs.ledger.tables import plan_lines
from jobs.ledger.undone import Undone, remembered
from jobs.standing import stops
from rules.conditions import SpanUnit
from rules.model import Rule, RuleSet
from rules.text import Text

# After a person's change of the lead status no rule touches it for so long, whatever the rule says.
STATUS_REST = timedelta(hours=24)

_AT_ONCE = 500
_UNITS = {
    SpanUnit.BUSINESS_DAYS: "営業日",
    SpanUnit.DAYS: "日",
    SpanUnit.HOURS: "時間",
    SpanUnit.BUSINESS_HOURS: "営業時間",
}


@dataclasses.dataclass(frozen=True, slots=True)
class _Desk:
    """What one judgement is made with."""

    connection: Connection
    rule_set: RuleSet
    rule: Rule
    editors: Editors
    now: datetime

    def respected(self, at: datetime) -> bool:
        span = self.rule.respect_edits
        return span.count > 0 and at >= self.rule_set.calendar.span_cutoff(self.now, span)


def causes(
    connection: Connection, rule_set: RuleSet, rule: Rule, lines: Sequence[Line | Row[Any]], now: datetime
) -> list[Text | None]:
    """Per line why it must wait, or None. Of what people did, a membership waits only for an undo, since a list is the
    rule's own, and a task or note for nothing: an undone one stands in the way of the next by itself.
    """
    if not lines:
        return []
    desk = _Desk(connection, rule_set, rule, editors(connection), now)
    undone = remembered(connection, rule.id, {line.object_id for line in lines})
    stopped = stops(connection, now)
    by_property: dict[str, set[str]] = {}
    for line in lines:
        if is_value(line):
            by_property.setdefault(line.property, set()).add(line.object_id)
    ids = {i for some in by_property.values() for i in some}
    busy = {i: resting(times) for i, times in written_often(connection, rule_set.calendar, ids, now).items()}
    memories = {name: _Memory.of(desk, name, ids) for name, ids in by_property.items()}
    return [
        stopped.cause(line)
        if line.creates is not None
        else _undone(desk, undone.get(subject(line)), line)
        or stopped.cause(line)
        or (memories[line.property].cause(desk, line) if line.property in memories else None)
        or (busy.get(line.object_id) if line.property in memories else None)
        for line in lines
    ]


def _undone(desk: _Desk, found: Undone | None, line: Line | Row[Any]) -> Text | None:
    if found is None or (found.before, found.after) != (line.before, line.after):
        return None
    at = desk.editors.when(found.at)
    if found.rejected:
        return Text(
            f"{found.by}が{at}に却下しました。レコードが変わると、あらためて提案されます。",
            f"Rejected by {found.by} on {at}. It is proposed again once the record changes.",
        )
    return Text(
        f"{found.by}が{at}に取り消しました。再び書き込むには、取り消しを取り消してください。",
        f"Undone by {found.by} on {at}. To have it again, undo the undoing.",
    )


@dataclasses.dataclass(frozen=True, slots=True)
class _Memory:
    """What is known of one property: the CRM's history, which is mirrored of all that rules write, and our own writes."""

    history: Mapping[str, Sequence[Version]]
    by_persons: Mapping[str, Row[Any]]
    by_rule: Mapping[str, Row[Any]]

    @classmethod
    def of(cls, desk: _Desk, name: str, ids: Collection[str]) -> _Memory:
        by_persons: dict[str, Row[Any]] = {}
        by_rule: dict[str, Row[Any]] = {}
        for row in _writes_of(desk.connection, name, ids):
            if row.rule == desk.rule.id:
                by_rule[row.object_id] = row
            elif row.rule is None and row.undoes is None and row.state == "applied":
                by_persons[row.object_id] = row
        return cls(mirrored_history(desk.connection, name, ids), by_persons, by_rule)

    def cause(self, desk: _Desk, line: Line | Row[Any]) -> Text | None:
        edit = self._last_edit(desk, line.object_id)
        if edit is None:
            return None
        (who, at), when = edit, desk.editors.when(edit[1])
        if line.property == desk.rule_set.vocabulary.property and at > desk.now - STATUS_REST:
            return Text(
                f"{who}が{when}にステータスを変更しました。24時間はルールで変更しません。",
                f"{who} changed the status on {when}: no rule touches it for 24 hours.",
            )
        written = self.by_rule.get(line.object_id)
        if (written is not None and written.settled_at > at) or not desk.respected(at):
            return None
        span = desk.rule.respect_edits
        return Text(
            f"{who}が{when}に変更しました。このルールは{span.count}{_UNITS[span.unit]}のあいだ変更しません。",
            f"{who} changed it on {when}: the rule leaves it alone for {span.count} {span.unit.value}.",
        )

    def _last_edit(self, desk: _Desk, object_id: str) -> tuple[str, datetime] | None:
        """The last change by a person, in the CRM or through us."""
        found = [(one.at, desk.editors.who(one)) for one in self.history.get(object_id, ()) if one.by_person]
        if (row := self.by_persons.get(object_id)) is not None:
            found.append((row.settled_at, row.actor or "Somebody"))
        if not found:
            return None
        at, who = max(found)
        return who, at


def _writes_of(connection: Connection, name: str, ids: Collection[str]) -> list[Row[Any]]:
    """Written lines about one property, oldest first."""
    found: list[Row[Any]] = []
    for some in pieces(sorted(ids, key=int), _AT_ONCE):
        query = select(plan_lines).where(
            plan_lines.c.object_type == CONTACTS,
            plan_lines.c.property == name,
            plan_lines.c.object_id.in_(some),
            plan_lines.c.state.in_(("applied", "undone")),
        )
        found += connection.execute(query.order_by(plan_lines.c.id))
    return found
