"""The command that shows what would be written to the CRM: grouped by rule, with names, labels and caps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import Row

from connector.mirror import reads
from connector.mirror.reads import ContactLabel
from connector.mirror.shared_rows import stored_definitions
from connector.records import CONTACTS, PropertyDefinition
from jobs.cycle import LEASE, PATIENCE_SECONDS
from jobs.database import snapshot, writing
from jobs.examine import examine
from jobs.ledger import plan_lines, runs
from jobs.ledger.plan_lines import UNDECIDED_STATES
from jobs.output import Answer
from jobs.reconcile import reconcile
from jobs.wiring import Parts
from rules.model import RuleSet


def plan(parts: Parts) -> Answer:
    """Examine what is mirrored, bring the plan up to date and show what waits in it. Nothing goes to the CRM."""
    rule_set, schema = parts.rules(), parts.schema()
    parts.refuse_half_read()
    with runs.lease(parts.engine, LEASE, patience_seconds=PATIENCE_SECONDS):
        now = parts.clock()
        with writing(parts.engine) as connection:
            run_id = runs.start(connection, "plan", now, rule_set.version)
        examination = examine(parts.engine, rule_set, schema, parts.world(now), None)
        reconcile(parts.engine, rule_set, examination, now=now, run_id=run_id)
        with writing(parts.engine) as connection:
            runs.finish(connection, run_id, "done", now, {})
    return Answer(_document(parts, rule_set, now))


def _document(parts: Parts, rule_set: RuleSet, now: datetime) -> dict[str, Any]:
    with snapshot(parts.engine) as connection:
        rows = plan_lines.undecided(connection, states=UNDECIDED_STATES)
        number = plan_lines.current_plan(connection)
        read_at = runs.mirror_read_at(connection)
        labels = reads.contact_labels(connection, parts.schema(), {row.object_id for row in rows})
        definitions = {one.name: one for one in stored_definitions(connection, CONTACTS)}
    owners = {person.owner_id: person.name for person in parts.people().persons}
    zone = rule_set.calendar.zone
    lines = [_line(row, labels.get(row.object_id), definitions.get(row.property), owners, zone) for row in rows]
    return {
        "plan": number,
        "rules_version": rule_set.version,
        "mirror_read_at": read_at,
        "now": now,
        "by_state": dict(Counter(row.state for row in rows)),
        "rules": _by_rule(rule_set, rows),
        "lines": [line for line in lines if line["state"] != "held_back"],
        "held_back": [line for line in lines if line["state"] == "held_back"],
    }


def _line(
    row: Row[Any],
    label: ContactLabel | None,
    definition: PropertyDefinition | None,
    owners: Mapping[str, str],
    zone: tzinfo,
) -> dict[str, Any]:
    owner = label.owner_id if label else None
    definition = definition if plan_lines.is_value(row) else None
    options = {option.value: option.label for option in definition.options} if definition else {}
    if definition is not None and definition.referenced_type == "OWNER":
        options = dict(owners)
    return {
        **plan_lines.as_json(row),
        "name": label.name if label else None,
        "owner": owner,
        "owner_name": owners.get(owner) if owner else None,
        "label": definition.label if definition else row.property,
        "from_label": _labelled(row.before, options),
        "to_label": _labelled(row.after, options) if row.creates is None else _made(row, owners, zone),
    }


def _made(row: Row[Any], owners: Mapping[str, str], zone: tzinfo) -> str:
    """The task's title, whose it is, and by when it is to be done; or the note's text."""
    values = row.creates["values"]
    owner = values.get("hubspot_owner_id")
    who = [f"for {owners.get(owner, owner)}"] if owner else []
    at = values.get("hs_timestamp")
    due = [f"due {datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M}"] if at else []
    more = ", ".join([*who, *due])
    return f"{row.after} ({more})" if more else str(row.after)


def _labelled(value: str | None, options: Mapping[str, str]) -> str | None:
    return None if value is None else ";".join(options.get(one, one) for one in value.split(";"))


def _by_rule(rule_set: RuleSet, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """In the order of the rule files: how much each rule wants beside how much it may write in one go."""
    counts = Counter((row.rule, row.state) for row in rows)
    return [
        {
            "rule": rule.id,
            "code": rule.code,
            "title": {"ja": rule.title.ja, "en": rule.title.en},
            "mode": rule.mode.value,
            "limit": rule.limit,
            "over_limit": counts[rule.id, "proposed"] > rule.limit,
            **{state: counts[rule.id, state] for state in UNDECIDED_STATES},
        }
        for rule in rule_set.rules
        if any(counts[rule.id, state] for state in UNDECIDED_STATES)
    ]
