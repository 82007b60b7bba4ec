"""Findings: opened and closed by comparing what the rules say now with what the ledger holds as open."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, func, insert, select, update

from connector.records import CONTACTS
from jobs.ledger.audit import Entry, record
from jobs.ledger.rests import UNTOLD
from jobs.ledger.tables import findings
from rules.scope import among

OPEN_STATES = ("open", "reminded", "acknowledged", "snoozed", "escalated", "suppressed")
CLOSED_STATES = ("resolved", "expired")


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """What the examination says about one rule: the records it holds for, and who should act on each.

    `evidence` and `since` (how long the status has stood) are known for the records that had no open finding when the examination looked.
    `only` limits the comparison to these records; None means that everything was examined.
    """

    rule: str
    code: str | None
    version: str
    receivers: Mapping[str, str | None]
    evidence: Mapping[str, Sequence[Mapping[str, Any]]]
    since: Mapping[str, datetime]
    only: Collection[str] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """How many findings were opened, closed or given to somebody else, and of which records."""

    opened: int = 0
    closed: int = 0
    moved: int = 0
    records: tuple[str, ...] = dataclasses.field(default=(), compare=False)

    def __add__(self, other: Change) -> Change:
        counts = (self.opened + other.opened, self.closed + other.closed, self.moved + other.moved)
        return Change(*counts, self.records + other.records)


def open_key(rule: str, object_id: str) -> str:
    return f"{rule}:{CONTACTS}:{object_id}"


def open_records(connection: Connection, rule: str, only: Collection[str] | None = None) -> dict[str, Row[Any]]:
    """The open findings of one rule by record id."""
    query = select(findings).where(findings.c.rule == rule, findings.c.open_key.is_not(None))
    if only is not None:
        query = query.where(findings.c.object_type == CONTACTS, among(findings.c.object_id, only))
    return {row.object_id: row for row in connection.execute(query)}


def reconcile(
    connection: Connection, seen: Seen, *, now: datetime, run_id: int, gone: Mapping[str, str], reopen_after: datetime
) -> Change:
    """Make the ledger's open findings of one rule equal to what was seen. Running it twice changes nothing more.

    `gone` names records that are archived or merged away, with the reason to close their findings under.
    A finding closed at or after `reopen_after` is opened again instead of a new one: the same matter goes on.
    """
    present = open_records(connection, seen.rule, seen.only)
    opened = [i for i in seen.receivers if i not in present]
    closed = [row for i, row in present.items() if i not in seen.receivers]
    moved = [row for i, row in present.items() if i in seen.receivers and row.owner_id != seen.receivers[i]]
    _open(connection, seen, opened, now, run_id, reopen_after)
    _close(connection, seen, closed, now, run_id, gone)
    _move(connection, seen, moved)
    _touch_version(connection, seen, present)
    records = (*opened, *(row.object_id for row in (*closed, *moved)))
    return Change(len(opened), len(closed), len(moved), records)


def _open(
    connection: Connection, seen: Seen, ids: Sequence[str], now: datetime, run_id: int, reopen_after: datetime
) -> None:
    if not ids:
        return
    earlier = _last_rounds(connection, seen.rule, ids)
    again = {i: row for i, row in earlier.items() if row.closed_at is not None and row.closed_at >= reopen_after}
    for object_id, row in again.items():
        connection.execute(
            update(findings)
            .where(findings.c.id == row.id)
            .values(
                state="reminded",
                open_key=open_key(seen.rule, object_id),
                owner_id=seen.receivers[object_id],
                status_since=seen.since.get(object_id),
                closed_at=None,
                closed_reason=None,
                quieted_by=None,
                **UNTOLD,
                reopened=row.reopened + 1,
                revision=row.revision + 1,
                seen_version=seen.version,
            )
        )
    fresh = [
        {
            "rule": seen.rule,
            "code": seen.code,
            "object_type": CONTACTS,
            "object_id": i,
            "round": earlier[i].round + 1 if i in earlier else 1,
            "state": "open",
            "open_key": open_key(seen.rule, i),
            "owner_id": seen.receivers[i],
            "status_since": seen.since.get(i),
            "opened_at": now,
            "opened_run": run_id,
            "opened_version": seen.version,
            "seen_version": seen.version,
            "evidence": list(seen.evidence.get(i, ())),
        }
        for i in ids
        if i not in again
    ]
    if fresh:
        connection.execute(insert(findings), fresh)
    _audit(connection, seen, "finding.opened", ids, now, run_id)


def _last_rounds(connection: Connection, rule: str, ids: Sequence[str]) -> dict[str, Row[Any]]:
    newest = (
        select(findings.c.object_id, func.max(findings.c.id).label("id"))
        .where(
            findings.c.rule == rule,
            findings.c.object_type == CONTACTS,
            findings.c.open_key.is_(None),
            among(findings.c.object_id, ids),
        )
        .group_by(findings.c.object_id)
        .subquery()
    )
    rows = connection.execute(select(findings).join(newest, newest.c.id == findings.c.id))
    return {row.object_id: row for row in rows}


def _close(
    connection: Connection, seen: Seen, rows: Sequence[Row[Any]], now: datetime, run_id: int, gone: Mapping[str, str]
) -> None:
    if not rows:
        return
    connection.execute(
        update(findings)
        .where(findings.c.id == bindparam("finding_id"))
        .values(
            state="resolved",
            open_key=None,
            closed_at=now,
            closed_reason=bindparam("why"),
            revision=findings.c.revision + 1,
        ),
        [
            {
                "finding_id": row.id,
                "why": gone.get(row.object_id) or _why_closed(row, seen),
            }
            for row in rows
        ],
    )
    _audit(connection, seen, "finding.closed", [row.object_id for row in rows], now, run_id)


# Dismissed or expired: nobody hears of it any more, whoever the owner is.
_over = findings.c.dismissed_at.is_not(None) | (findings.c.state == "expired")


def _why_closed(row: Row[Any], seen: Seen) -> str:
    if row.dismissed_at is not None:
        return "dismissed"
    return "fixed" if row.seen_version == seen.version else "rule_changed"


def _move(connection: Connection, seen: Seen, rows: Sequence[Row[Any]]) -> None:
    """Another person has to act now. Whoever put it to rest did so for the former owner's desk: it is open again.

    A false alarm is one for everybody, and so is what nobody is reminded of any more.
    """
    if rows:
        connection.execute(
            update(findings)
            .where(findings.c.id == bindparam("finding_id"))
            .values(
                owner_id=bindparam("new_owner"),
                state=case((_over, findings.c.state), else_="open"),
                **UNTOLD,
                revision=findings.c.revision + 1,
            ),
            [{"finding_id": row.id, "new_owner": seen.receivers[row.object_id]} for row in rows],
        )


def _touch_version(connection: Connection, seen: Seen, present: Mapping[str, Row[Any]]) -> None:
    stale = [row.id for row in present.values() if row.seen_version != seen.version]
    if stale:
        connection.execute(
            update(findings)
            .where(findings.c.rule == seen.rule, findings.c.open_key.is_not(None))
            .values(seen_version=seen.version)
        )


def close_removed(connection: Connection, known_rules: Collection[str], now: datetime) -> int:
    """Close what rules opened that no longer exist."""
    done = connection.execute(
        update(findings)
        .where(findings.c.open_key.is_not(None), findings.c.rule.not_in(list(known_rules)))
        .values(
            state="resolved",
            open_key=None,
            closed_at=now,
            closed_reason="rule_removed",
            revision=findings.c.revision + 1,
        )
    )
    return done.rowcount


def mark_reminded(connection: Connection, finding_ids: Collection[int]) -> None:
    connection.execute(
        update(findings)
        .where(findings.c.id.in_(list(finding_ids)), findings.c.state == "open")
        .values(state="reminded")
    )


def count_open(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        select(findings.c.rule, func.count()).where(findings.c.state.in_(OPEN_STATES)).group_by(findings.c.rule)
    )
    return dict(rows.all())


def _audit(connection: Connection, seen: Seen, action: str, ids: Sequence[str], now: datetime, run_id: int) -> None:
    record(
        connection,
        [
            Entry(
                at=now,
                actor=f"rule {seen.rule}@{seen.version[:8]}",
                channel="cycle",
                action=action,
                object_type=CONTACTS,
                object_id=i,
                correlation=f"run {run_id}",
            )
            for i in ids
        ],
    )
