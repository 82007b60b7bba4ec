"""Which proposed lines may be written now: their rule has not changed, nobody came between, and its cap has room."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from jobs.database import writing
from jobs.ledger import audit, plan_lines
from jobs.ledger.plan_lines import End
from jobs.respect import causes
from rules.model import RuleSet, family_of
from rules.text import Text


@dataclasses.dataclass(frozen=True, slots=True)
class Cap:
    """A rule that wanted to write more than it may in one run: nothing of it was written."""

    rule: str
    limit: int
    wanted: int


@dataclasses.dataclass(frozen=True, slots=True)
class Admitted:
    """What may be written, what may not as its rule is over its cap, and the lines that must not be written now."""

    ids: tuple[int, ...]
    capped: tuple[Cap, ...]
    turned_away: tuple[dict[str, Any], ...]

    @property
    def everything(self) -> bool:
        return not self.capped and not self.turned_away


def admit(engine: Engine, rule_set: RuleSet, rows: Sequence[Row[Any]], *, by: str, now: datetime) -> Admitted:
    """Approve what may be written. Lines of a rule that has changed are withdrawn, also if they were approved before:
    the next plan holds what the rule as it is now wants.
    """
    versions = {rule.id: rule.version for rule in rule_set.rules}
    with writing(engine) as connection:
        approved = plan_lines.in_states(connection, ("approved",))
        stale = [
            row for row in (*rows, *approved) if row.rule is not None and versions.get(row.rule) != row.rule_version
        ]
        turned_away = _withdraw(connection, stale, versions, by, now)
        gone = {row.id for row in stale}
        turned_away += _hold_back(connection, rule_set, [row for row in rows if row.id not in gone], now)
    away = {line["line"] for line in turned_away}
    limits = {family_of(rule.id): rule.limit for rule in rule_set.rules}
    ids, capped = approve(engine, [row for row in rows if row.id not in away], limits, by)
    return Admitted(tuple(ids), tuple(capped), tuple(turned_away))


def approve(
    engine: Engine, rows: Sequence[Row[Any]], limits: Mapping[str, int], by: str
) -> tuple[list[int], list[Cap]]:
    """Approve proposed lines, rule by rule; a rule over its cap is left alone as a whole, with both numbers.

    The rows of a table share the cap of their rule.
    """
    by_rule: dict[str, list[int]] = {}
    for row in rows:
        by_rule.setdefault(family_of(row.rule), []).append(row.id)
    capped = [
        Cap(rule, limits.get(rule, 0), len(ids)) for rule, ids in by_rule.items() if len(ids) > limits.get(rule, 0)
    ]
    over = {cap.rule for cap in capped}
    ids = [i for rule, own in by_rule.items() if rule not in over for i in own]
    with writing(engine) as connection:
        plan_lines.move(connection, ids, "approved", from_states=("proposed", "suggested"), actor=by)
    return ids, capped


def _withdraw(
    connection: Connection, rows: Sequence[Row[Any]], versions: Mapping[str, str], by: str, now: datetime
) -> list[dict[str, Any]]:
    why = {row.id: _why_stale(row.rule, versions) for row in rows}
    plan_lines.settle(connection, [End(line_id, "withdrawn", cause=cause) for line_id, cause in why.items()], now)
    entries = [
        audit.Entry(
            at=now,
            actor=by,
            channel="ledger",
            action="line.withdrawn",
            object_type=row.object_type,
            object_id=row.object_id,
            property=row.property,
            before=row.before,
            after=row.after,
            reason=why[row.id],
            correlation=f"line {row.id}",
        )
        for row in rows
    ]
    audit.record(connection, entries)
    return [{**plan_lines.as_json(row), "state": "withdrawn", "cause": why[row.id]} for row in rows]


def _why_stale(rule: str, versions: Mapping[str, str]) -> str:
    if rule not in versions:
        return f"The rule {rule} is no longer there."
    return f"The rule {rule} has changed since this was planned. `mimawari plan` shows what it wants now."


def _hold_back(
    connection: Connection, rule_set: RuleSet, rows: Sequence[Row[Any]], now: datetime
) -> list[dict[str, Any]]:
    by_rule: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_rule.setdefault(row.rule, []).append(row)
    held: dict[int, Text] = {}
    found: list[dict[str, Any]] = []
    for rule, own in by_rule.items():
        for row, cause in zip(own, causes(connection, rule_set, rule_set.rule(rule), own, now), strict=True):
            if cause is not None:
                held[row.id] = cause
                found.append({**plan_lines.as_json(row), "state": "held_back", "cause": cause.en, "cause_ja": cause.ja})
    plan_lines.hold_back(connection, held)
    return found
