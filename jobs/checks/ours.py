"""What is ours: settings, database, rule files, the last round, and who hears of it when everything stands still."""

from __future__ import annotations

from connector.mirror.shared_rows import stored_portal
from jobs.alarm import overdue_after, tellers_of
from jobs.checks.looking import Advice, Wrong
from jobs.database import snapshot
from jobs.ledger import runs
from jobs.settings import Settings
from jobs.wiring import Parts
from rules.model import RuleError
from slack_app.texts.said import Said


def settings(read: Settings) -> Said:
    return Said("doctor.settings", {"file": read.environment.mimawari_settings})


def database(parts: Parts) -> Said:
    with snapshot(parts.engine) as connection:
        portal = stored_portal(connection)
    kind = parts.engine.dialect.name
    if portal is None:
        return Said("doctor.database_empty", {"kind": kind})
    return Said("doctor.database", {"kind": kind, "portal": portal.id})


def rules(parts: Parts) -> Said:
    loaded = parts.load_rules()
    if loaded.rule_set is None:
        first: RuleError = loaded.errors[0]
        place = {"count": len(loaded.errors), "file": first.file, "line": first.line}
        raise Wrong(Said("doctor.rules_wrong", {**place, "mistake": first.message}), "doctor.remedy_rules")
    counts = {"count": len(loaded.rule_set.rules), "warnings": len(loaded.warnings)}
    return Said("doctor.rules", {**counts, "folder": parts.settings.rules_folder.name})


def last_cycle(parts: Parts) -> Said:
    service = parts.settings.file.service
    with snapshot(parts.engine) as connection:
        last = runs.last(connection, "cycle")
    if last is None:
        raise Advice(Said("doctor.cycle_none"), "doctor.cycle_none_remedy")
    age = parts.clock() - last.finished_at
    minutes = max(0, round(age.total_seconds() / 60))
    if age > overdue_after(service.cycle_every_minutes, parts.settings.file.alarm.overdue_minutes):
        values = {"minutes": minutes, "every": service.cycle_every_minutes}
        raise Wrong(Said("doctor.cycle_old", values), "doctor.cycle_old_remedy")
    if last.state != "done":
        raise Advice(Said("doctor.cycle_in_part", {"minutes": minutes}), "doctor.cycle_in_part_remedy")
    return Said("doctor.cycle", {"minutes": minutes})


def alarm(parts: Parts) -> Said:
    """Addresses are as good as passwords: only the names of the settings are said."""
    ping = parts.settings.environment.mimawari_ping_url is not None
    ways = [one.name for one in tellers_of(parts.settings)]
    if not ping and not ways:
        raise Advice(Said("doctor.alarm_none"), "doctor.alarm_none_remedy")
    if not ping:
        raise Advice(Said("doctor.alarm_no_ping", {"ways": tuple(ways)}), "doctor.alarm_no_ping_remedy")
    return Said("doctor.alarm", {"ways": ("ping", *ways)})
