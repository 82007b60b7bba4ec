"""Decides which messages are due now, each with a named reason, and stores them. Sends nothing itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from jobs.ledger import deliveries
from jobs.ledger.tables import findings
from rules.business_calendar import Calendar

LEAK_CONVERSATION = "channel:leak"
NOBODY = "nobody"
DUE_STATES = ("open", "reminded", "escalated")


@dataclasses.dataclass(frozen=True, slots=True)
class Hours:
    """When people may be reminded, in the calendar's zone."""

    digest_at: time
    leak_check_at: time
    opens_at: time
    closes_at: time


@dataclasses.dataclass(frozen=True, slots=True)
class Urgency:
    """How a rule's findings are shown: smaller rank first; `leak` ones also stand in the leak check's channel.

    People hear of `weekly` ones on the first open day of the week only. While one of `quiet_if` has an open finding about
    the same record, nobody is reminded of this one.
    """

    rank: int
    leak: bool
    silent: bool
    weekly: bool = False
    quiet_if: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class Decided:
    """What was decided: messages to send, and those that wait, with the reason for each conversation."""

    created: int
    held: Mapping[str, str]


def why_closed(now: datetime, hours: Hours, calendar: Calendar) -> str | None:
    """The reason nobody may be reminded now, or None."""
    local = now.astimezone(calendar.zone)
    if not calendar.is_open(local.date()):
        return "holiday"
    if not hours.opens_at <= local.time() < hours.closes_at:
        return "outside_hours"
    return None


def remind(
    connection: Connection,
    rules: Mapping[str, Urgency],
    *,
    now: datetime,
    hours: Hours,
    calendar: Calendar,
    quiet_owners: Collection[str] = (),
) -> Decided:
    """Decide the digests, what opened later, and the FS leak check. A second call at the same time decides nothing.

    `quiet_owners` want to be left alone now; they hear of it afterwards.
    """
    local = now.astimezone(calendar.zone)
    day = local.date().isoformat()
    told = {rule: one for rule, one in rules.items() if not one.weekly or _opens_the_week(local.date(), calendar)}
    open_now, quiet = _open_findings(connection, told)
    already = deliveries.shown(connection)
    decided_today = deliveries.of_day(connection, day)
    closed = why_closed(now, hours, calendar)
    created = 0
    held: dict[str, str] = {}
    for conversation, found in sorted(_by_conversation(open_now).items()):
        rows = [row for row in found if row.id not in quiet]
        due = [row for row in rows if row.state in DUE_STATES]
        if not due and any(row.state in DUE_STATES for row in found):
            held[conversation] = "inhibited_by"
        unseen = [row for row in due if row.id not in already.get(conversation, set())]
        had_digest = (conversation, "digest") in decided_today
        if not due or (had_digest and not unseen):
            continue
        if closed is not None or (not had_digest and local.time() < hours.digest_at):
            held[conversation] = closed or "before_digest"
            continue
        if conversation.removeprefix("owner:") in quiet_owners:
            held[conversation] = "quiet_hours"
            continue
        if had_digest:
            _create(connection, "later", conversation, day, unseen, "new_in_group", now)
        else:
            deliveries.supersede(connection, conversation)
            _create(
                connection, "digest", conversation, day, rows, "first" if len(unseen) == len(due) else "repeat_due", now
            )
        created += 1
    leaks = [row for row in open_now if rules[row.rule].leak]
    created += _leak_check(connection, leaks, decided_today, closed or _before(local.time(), hours), day, now, held)
    return Decided(created, held)


def _opens_the_week(day: date, calendar: Calendar) -> bool:
    before = (day - timedelta(days=n) for n in range(1, day.weekday() + 1))
    return calendar.is_open(day) and not any(calendar.is_open(one) for one in before)


def _before(clock: time, hours: Hours) -> str | None:
    return "before_leak_check" if clock < hours.leak_check_at else None


def _leak_check(
    connection: Connection,
    leaks: Sequence[Row[Any]],
    decided_today: set[tuple[str, str]],
    waits: str | None,
    day: str,
    now: datetime,
    held: dict[str, str],
) -> int:
    if decided_today & {(LEAK_CONVERSATION, "leak_check"), (LEAK_CONVERSATION, "leak_free")}:
        return 0
    last = deliveries.last_kind(connection, LEAK_CONVERSATION)
    if not leaks and last != "leak_check":
        return 0
    if waits is not None:
        held[LEAK_CONVERSATION] = waits
        return 0
    deliveries.supersede(connection, LEAK_CONVERSATION)
    kind, reason = ("leak_check", "repeat_due" if last else "first") if leaks else ("leak_free", "all_resolved")
    _create(connection, kind, LEAK_CONVERSATION, day, leaks, reason, now)
    return 1


def _open_findings(connection: Connection, rules: Mapping[str, Urgency]) -> tuple[list[Row[Any]], set[int]]:
    """Open findings that people are told about, most urgent first; and which of them another one keeps quiet."""
    rows = connection.execute(select(findings).where(findings.c.open_key.is_not(None))).all()
    heard = [row for row in rows if row.rule in rules and not rules[row.rule].silent]
    heard.sort(key=lambda row: (rules[row.rule].rank, row.status_since or row.opened_at, int(row.object_id)))
    quieting = {rule for urgency in rules.values() for rule in urgency.quiet_if}
    present = {(row.rule, row.object_type, row.object_id) for row in rows if row.rule in quieting}
    quiet = {
        row.id
        for row in heard
        if any((rule, row.object_type, row.object_id) in present for rule in rules[row.rule].quiet_if)
    }
    return heard, quiet


def conversation_of(owner_id: str | None) -> str:
    return f"owner:{owner_id or NOBODY}"


def _by_conversation(rows: Sequence[Row[Any]]) -> dict[str, list[Row[Any]]]:
    grouped: dict[str, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(conversation_of(row.owner_id), []).append(row)
    return grouped


def _create(
    connection: Connection,
    kind: str,
    conversation: str,
    day: str,
    rows: Sequence[Row[Any]],
    reason: str,
    now: datetime,
) -> None:
    owner = conversation.removeprefix("owner:") if conversation.startswith("owner:") else NOBODY
    deliveries.create(
        connection,
        kind=kind,
        conversation=conversation,
        day=day,
        owner_id=None if owner == NOBODY else owner,
        reason=reason,
        finding_ids=[row.id for row in rows],
        now=now,
    )
