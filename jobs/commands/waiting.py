"""The commands that say who waits where: queues, and lists with what came of their members."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rapidfuzz import process
from sqlalchemy import Connection, Row, or_, select

from connector.mirror import reads
from connector.mirror.tables import MirrorSchema, column_name
from connector.records import CONTACTS
from jobs.database import snapshot
from jobs.errors import SettingsWrong
from jobs.ledger import memberships, queue_counts
from jobs.ledger.queue_counts import Count
from jobs.ledger.tables import memberships as memberships_table
from jobs.output import Answer
from jobs.queues import Queues
from jobs.wiring import Parts
from rules.business_calendar import Calendar
from rules.model import Queue, RuleSet
from rules.words import MAILABLE


def queues(parts: Parts, name: str | None) -> Answer:
    """Every queue with its count; with a name, that one with its members."""
    rule_set, schema, world = parts.rules(), parts.schema(), parts.world(parts.clock())
    wanted = [queue for queue in rule_set.queues if name in {None, queue.id, queue.title.ja, queue.title.en}]
    if name is not None and not wanted:
        raise SettingsWrong(_no_such_queue(rule_set, name))
    asked = Queues(rule_set, schema, world)
    counts = {one.queue: one for one in asked.count(parts.engine)}
    with snapshot(parts.engine) as connection:
        empty = queue_counts.zero_since(connection)
    found = [_queue_json(queue, counts[queue.id], empty.get(queue.id), asked) for queue in wanted]
    if name is not None:
        members = asked.members(parts.engine, wanted[0])
        with snapshot(parts.engine) as connection:
            labels = reads.contact_labels(connection, schema, {one.contact_id for one in members})
        found[0]["members"] = [one.contact_id for one in members]
        found[0]["waiting"] = [
            {"id": one.contact_id, "name": _name(labels, one.contact_id), "since": _iso(one.since, rule_set.calendar)}
            for one in members
        ]
    return Answer({"queues": found})


def _no_such_queue(rule_set: RuleSet, word: str) -> str:
    known = [queue.id for queue in rule_set.queues]
    near = process.extractOne(word, known, score_cutoff=50)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known) or 'none'}."
    return f"{word}: there is no such queue. {hint}"


def _queue_json(queue: Queue, count: Count, zero_since: datetime | None, asked: Queues) -> dict[str, Any]:
    empty_since = zero_since if count.number == 0 else None
    calendar, now = asked.world.calendar, asked.world.now
    days = 0 if empty_since is None else (calendar.local_date(now) - calendar.local_date(empty_since)).days
    return {
        "id": queue.id,
        "title": queue.title.en,
        "title_ja": queue.title.ja,
        "count": count.number,
        "target": queue.target,
        "oldest_since": _iso(count.oldest_since, calendar),
        "over_limit": count.over_limit,
        "zero_since": _iso(empty_since, calendar),
        "days_at_zero": days,
        "responsible": queue.responsible,
    }


def lists(parts: Parts, name: str | None) -> Answer:
    """Every list with its members and what became of them; with a name, who they are."""
    with snapshot(parts.engine) as connection:
        found = memberships.read(connection)
    known = [entry["name"] for entry in found]
    if name is not None:
        found = [entry for entry in found if entry["name"] == name]
        if not found:
            raise SettingsWrong(f"{name}: there is no such list. Known: {', '.join(known) or 'none yet'}.")
    if found:
        _describe(parts, found, name)
    return Answer({"lists": found})


def _describe(parts: Parts, found: Sequence[dict[str, Any]], name: str | None) -> None:
    rule_set, schema = parts.rules(), parts.schema()
    calendar = rule_set.calendar
    today = calendar.local_date(parts.clock())
    monday = calendar.start_of(today - timedelta(days=today.weekday()))
    with snapshot(parts.engine) as connection:
        figures, reasons = memberships.figures(connection, monday), memberships.by_reason(connection)
        refused = _not_mailable(connection, parts, schema)
        for entry in found:
            figure, names = figures[entry["name"]], refused.get(entry["name"], [])
            size = len(entry["members"])
            entry |= {
                "size": size,
                "new_this_week": figure.new,
                "oldest": _iso(figure.oldest, calendar),
                "ever": figure.ever,
                "revived": figure.revived,
                "revived_rate": figure.revived / figure.ever if figure.ever else None,
                "mailable_share": (size - len(names)) / size if size else None,
                "not_mailable": names,
                "by_reason": [_reason_json(rule_set, *one) for one in reasons.get(entry["name"], [])],
            }
        if name is not None:
            found[0]["people"] = _people(connection, parts, schema, found[0])


def _not_mailable(connection: Connection, parts: Parts, schema: MirrorSchema) -> dict[str, list[str]]:
    """Members by list who have opted out or are no marketing contacts; what the portal does not say stops nobody."""
    contact, place = schema.table(CONTACTS), memberships_table.c
    optout, marketable = (column_name(parts.fields.property(CONTACTS, word) or "") for word in MAILABLE)
    refusals = [contact.c[optout] == "true"] if optout in contact.c else []
    refusals += [contact.c[marketable] == "false"] if marketable in contact.c else []
    if not refusals:
        return {}
    query = (
        select(place.list_name, place.object_id)
        .join(contact, contact.c.id == place.object_id)
        .where(place.state == "member", or_(*refusals))
        .order_by(place.list_name, place.object_id)
    )
    found: dict[str, list[str]] = {}
    for list_name, object_id in connection.execute(query):
        found.setdefault(list_name, []).append(object_id)
    return found


def _reason_json(rule_set: RuleSet, status: str | None, reason: str | None, number: int) -> dict[str, Any]:
    """With the labels that people see: the CRM's own for the reason."""
    known = rule_set.vocabulary.status(status)
    words = [word for word in rule_set.words[CONTACTS].values() if known and word.property in known.reasons]
    label = words[0].option_label(reason) if words and reason else reason
    shown = {"ja": known.label.ja, "en": known.label.en} if known else {"ja": status, "en": status}
    return {
        "status": status,
        "reason": reason,
        "label": f"{shown['en']}: {label or '–'}",
        "label_ja": f"{shown['ja']}: {label or '–'}",
        "count": number,
    }


def _people(
    connection: Connection, parts: Parts, schema: MirrorSchema, entry: Mapping[str, Any]
) -> list[dict[str, Any]]:
    rows = memberships.places(connection, entry["name"])
    labels = reads.contact_labels(connection, schema, {row.object_id for row in rows})
    owners = {person.owner_id: person.name for person in parts.people().persons}
    refused = set(entry["not_mailable"])
    calendar = parts.rules().calendar
    return [
        _person_json(row, _name(labels, row.object_id), owners, calendar) | {"mailable": _mailable(row, refused)}
        for row in rows
    ]


def _mailable(row: Row[Any], refused: Collection[str]) -> bool | None:
    """Nobody writes to those who are held out."""
    return row.object_id not in refused if row.state == "member" else None


def _person_json(row: Row[Any], name: str | None, owners: Mapping[str, str], calendar: Calendar) -> dict[str, Any]:
    return {
        "id": row.object_id,
        "name": name,
        "state": row.state,
        "held_by": row.held_by,
        "since": _iso(row.entered_at, calendar),
        "status": row.status,
        "reason": row.reason,
        "owner": row.owner_id,
        "owner_name": owners.get(row.owner_id or ""),
    }


def _name(labels: Mapping[str, reads.ContactLabel], contact_id: str) -> str | None:
    return labels[contact_id].name if contact_id in labels else None


def _iso(moment: datetime | None, calendar: Calendar) -> str | None:
    """In the firm's zone, so that a due date shows as the day it is."""
    return None if moment is None else moment.astimezone(calendar.zone).isoformat()
