"""The commands that look and change nothing: findings, explain, audit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rapidfuzz import process
from sqlalchemy import Connection, Row, select

from connector.mirror import reads
from connector.mirror.reads import StoredRecord
from connector.records import CONTACTS
from jobs.busy import BUSY
from jobs.database import snapshot
from jobs.errors import SettingsWrong
from jobs.explained import Verdict, verdicts
from jobs.ledger import audit, plan_lines
from jobs.ledger.findings import CLOSED_STATES, OPEN_STATES
from jobs.ledger.tables import findings as findings_table
from jobs.output import Answer
from jobs.standing import resting_rules
from jobs.why_not import as_json, nearest
from jobs.wiring import Parts
from rules.assumed import Assumption
from rules.model import Queue, Rule, family_of
from rules.scope import Ground


def findings(parts: Parts, rule: str | None, state: str | None) -> Answer:
    """Open findings, or those of one state, or `closed` or `all`."""
    states = {"all": (*OPEN_STATES, *CLOSED_STATES), "open_any": OPEN_STATES, "closed": CLOSED_STATES}
    if state is not None and state not in {*OPEN_STATES, *CLOSED_STATES, *states}:
        raise SettingsWrong(
            f"--state {state}: there is no such state. Use one of {', '.join((*OPEN_STATES, *CLOSED_STATES, 'closed', 'all'))}."
        )
    wanted = states.get(state or "open_any", (state,))
    query = select(findings_table).where(findings_table.c.state.in_(wanted))
    if rule is not None:
        known = [r.id for r in parts.rules().rules if _is_named(r, rule)] or [one for one in (BUSY,) if one == rule]
        if not known:
            raise SettingsWrong(_no_such_rule(parts, rule))
        query = query.where(findings_table.c.rule.in_(known))
    schema = parts.schema()  # NothingMirrored, where "no findings" would be taken for good news
    with snapshot(parts.engine) as connection:
        rows = list(connection.execute(query.order_by(findings_table.c.rule, findings_table.c.object_id)))
        names = {
            i: one.name for i, one in reads.contact_labels(connection, schema, {r.object_id for r in rows}).items()
        }
    owners = {person.owner_id: person.name for person in parts.people().persons}
    return Answer({"findings": [_finding_json(row, names, owners) for row in rows]})


def _is_named(rule: Rule, word: str) -> bool:
    """A table's id or a code mean all its rows."""
    return word in {rule.id, family_of(rule.id), rule.code}


def _no_such_rule(parts: Parts, word: str) -> str:
    known = [rule.id for rule in parts.rules().rules]
    near = process.extractOne(word, known, score_cutoff=50)
    return f"--rule {word}: there is no such rule. " + (
        f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    )


def _finding_json(row: Any, names: Mapping[str, str], owners: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": names.get(row.object_id),
        "owner_name": owners.get(row.owner_id),
        "id_of_finding": row.id,
        "rule": row.rule,
        "code": row.code,
        "object": row.object_type,
        "id": row.object_id,
        "state": row.state,
        "since": row.opened_at.isoformat(),
        "owner": row.owner_id,
        "reasons": row.evidence,
        "version": row.seen_version,
        "closed_at": row.closed_at.isoformat() if row.closed_at else None,
        "closed_reason": row.closed_reason,
    }


def explain(parts: Parts, object_type: str, record_id: str, rule_id: str | None) -> Answer:
    """Why each rule holds for a record, or does not: the conditions with the values seen, from the compiled SQL.

    A queue is explained when it is named.
    """
    if object_type not in {CONTACTS, "contact"}:
        raise SettingsWrong(f"{object_type}: rules examine contacts. Use `mimawari explain contacts {record_id}`.")
    if not record_id.isdecimal():
        raise SettingsWrong(f"{record_id}: a record id is a number, such as 501.")
    rule_set = parts.rules()
    wanted: list[Rule | Queue] = [rule for rule in rule_set.rules if rule_id is None or _is_named(rule, rule_id)]
    wanted += [queue for queue in rule_set.queues if queue.id == rule_id]
    if not wanted:
        raise SettingsWrong(_no_such_rule(parts, rule_id or ""))
    with snapshot(parts.engine) as connection:
        stored = reads.read_record(connection, parts.schema(), CONTACTS, record_id)
        if stored is None:
            raise SettingsWrong(f"contacts {record_id}: not in the mirror. Run `mimawari sync`, or check the id.")
        ground = Ground(rule_set, parts.schema(), parts.world(parts.clock()))
        assumption = Assumption(ground, record_id)
        # All are explained before any of them is tried on what might be.
        looked = verdicts(connection, ground, wanted, record_id)
        made = plan_lines.made_for(connection, record_id)
        resting = resting_rules(connection, rule_set, ground.world.now)
        told = [
            {
                **_verdict(connection, assumption, one, stored),
                "makes": _makes(one.rule, ground, made),
                "rests": resting[one.rule.id].en if one.rule.id in resting else None,
            }
            for one in looked
        ]
    return Answer({"record": _record_json(stored), "rules": told})


def _verdict(connection: Connection, assumption: Assumption, found: Verdict, stored: StoredRecord) -> dict[str, Any]:
    """`nearest` is None where the rule holds, and where nothing near would make it hold."""
    rule = found.rule
    near = None
    if found.row is not None and not found.holds:
        near = nearest(connection, assumption, rule, found.shape, found.row, stored)
    return {
        "rule": rule.id,
        "code": rule.code if isinstance(rule, Rule) else None,
        "version": rule.version,
        "verdict": found.holds,
        "conditions": [node.as_json() for node in found.conditions],
        "nearest": as_json(near, found.shape, stored) if near else None,
    }


def _makes(rule: Rule | Queue, ground: Ground, made: Mapping[tuple[str, str], Row[Any]]) -> list[dict[str, Any]]:
    """The tasks and notes that the rule makes, each with what has become of its newest line: None where there is none."""
    found: list[dict[str, Any]] = []
    for action in rule.creations if isinstance(rule, Rule) else ():
        row = made.get((rule.id, action.kind.value))
        said = {"line": None, "state": None, "cause": None, "created_id": None}
        if row is not None:
            said = {name: value for name, value in plan_lines.as_json(row).items() if name in said}
        found.append({"kind": action.kind.value, "text": action.text.in_language(ground.world.language), **said})
    return found


def _record_json(stored: StoredRecord) -> dict[str, Any]:
    record = stored.record
    return {
        "object": record.object_type,
        "id": record.id,
        "properties": dict(record.properties),
        "archived": record.archived_at is not None,
        "merged_into": stored.merged_into,
        "history": {name: [dataclasses.asdict(one) for one in found] for name, found in record.history.items()},
    }


def audit_trail(parts: Parts, record: str | None, since: datetime | None) -> Answer:
    """The audit trail as `{"entries": […]}`; `record` reads `contacts:501`."""
    key = None
    if record is not None:
        object_type, _, record_id = record.partition(":")
        if not record_id.isdecimal():
            raise SettingsWrong(f"--record {record}: write it like contacts:501.")
        key = (object_type, record_id)
    with snapshot(parts.engine) as connection:
        entries = audit.read(connection, record_key=key, since=since)
    return Answer({"entries": entries})
