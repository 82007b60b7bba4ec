"""Decides which messages are due now, each with a named reason, and stores them. Sends nothing itself."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from jobs import escalate
from jobs.ledger import decisions, deliveries, rests, told
from jobs.ledger.decisions import HOLD, SEND, Decision
from jobs.ledger.rests import DUE_STATES
from jobs.ledger.tables import findings
from jobs.readers import Readers
from jobs.reminder_policy import Moment, Urgency
from rules.model import People

LEAK_CONVERSATION = "channel:leak"
NOBODY = "nobody"
_AT_REST = ("acknowledged", "snoozed", "expired")


@dataclasses.dataclass(frozen=True, slots=True)
class Decided:
    """What was decided: messages to send, and those that wait, with the reason for each conversation."""

    created: int
    held: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class _Day:
    """How many messages each person was decided to get on it, and which kinds each conversation: all, and with what
    Slack refused.
    """

    date: str
    heard: Counter[str]
    decided: Collection[tuple[str, str]]
    tried: Collection[tuple[str, str]]


@dataclasses.dataclass(slots=True)
class _Round:
    """One pass over everything open: what the ledger says is told already, and what is decided now."""

    connection: Connection
    readers: Readers
    shown: Mapping[str, set[int]]
    created: int = 0
    held: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    made: list[Decision] = dataclasses.field(default_factory=list[Decision])
    _days: dict[str, _Day] = dataclasses.field(default_factory=dict[str, "_Day"])

    @property
    def moment(self) -> Moment:
        return self.readers.moment

    def day_of(self, person: str | None) -> _Day:
        """What was decided so far on this person's day."""
        day = self.readers.moment_of(person).day
        if day not in self._days:
            self._days[day] = _Day(
                day,
                told.count_by_person(self.connection, day),
                deliveries.of_day(self.connection, day),
                told.tried_on(self.connection, day),
            )
        return self._days[day]

    def send(
        self,
        kind: str,
        conversation: str,
        rows: Sequence[Row[Any]],
        why: Mapping[int, str],
        *,
        person: str | None = None,
        root_id: str | None = None,
    ) -> None:
        """A message that shows `rows`; `why` names the reason for each of those it tells of."""
        reasons, day = list(dict.fromkeys(why.values())), self.day_of(person)
        deliveries.create(
            self.connection,
            kind=kind,
            conversation=conversation,
            day=day.date,
            owner_id=person,
            reason=reasons[0] if reasons else "all_resolved",
            finding_ids=[row.id for row in rows],
            due=set(why),
            now=self.moment.now,
            root_id=root_id,
        )
        self.created += 1
        if person is not None:
            day.heard[person] += 1
        self.made += [Decision(i, conversation, SEND, reason) for i, reason in why.items()]

    def hold(self, conversation: str, rows: Sequence[Row[Any]], reason: str) -> None:
        """These would be told now."""
        self.held[conversation] = reason
        self.made += [Decision(row.id, conversation, HOLD, reason) for row in rows]

    def why_not(self, person: str | None, *, budget: bool = True) -> str | None:
        """Why this person is left alone now, or None: the own quiet hours, or enough for a day."""
        if person is None:
            return None
        enough = budget and self.day_of(person).heard[person] >= self.moment.policy.messages_per_day
        return self.readers.own_quiet(person) or ("message_budget" if enough else None)


def remind(
    connection: Connection,
    rules: Mapping[str, Urgency],
    readers: Readers,
    people: People,
) -> Decided:
    """Decide the digests, what opened later, who is called again, who else is told, and the FS leak check.

    A second call at the same time decides nothing.
    """
    moment, quiet = readers.moment, _quiet(connection, rules)
    rests.quiet(connection, quiet)
    due = [row for row in _open_findings(connection, rules, readers) if row.state in DUE_STATES]
    stuck = escalate.advance(connection, due, rules, moment, people)
    escalate.retire(connection, moment)
    rows = _open_findings(connection, rules, readers)
    one = _Round(connection, readers, deliveries.shown(connection), made=stuck)
    for conversation, found in sorted(_by_conversation(rows).items()):
        _owners(one, conversation, found, quiet)
    _leak_check(one, [row for row in rows if rules[row.rule].leak and not _over(row)])
    _above(one, [row for row in rows if row.state == "escalated"], people)
    one.made += _not_this_week(connection, rules, readers)
    decisions.record(connection, one.made, moment.now)
    return Decided(one.created, one.held)


def _owners(one: _Round, conversation: str, found: Sequence[Row[Any]], quiet: Mapping[int, str]) -> None:
    """The morning's list, what opened since, and calling again, for one owner."""
    due = [row for row in found if row.state in DUE_STATES]
    one.made += [_why_resting(row, conversation, quiet) for row in found if row.state not in DUE_STATES]
    if not due and any(row.id in quiet for row in found):
        one.held[conversation] = "inhibited_by"
    shown = one.shown.get(conversation, set())
    unseen = [row for row in due if row.id not in shown]
    person = _person(conversation)
    had_digest = (conversation, "digest") in one.day_of(person).decided
    called = _called(one, conversation, due)
    if not due or (had_digest and not unseen and not called):
        return
    moment = one.readers.moment_of(person)
    waits = moment.closed if had_digest else moment.before_digest
    if waits is None:
        waits = one.why_not(person, budget=had_digest)
    if waits is not None:
        one.held[conversation] = waits
        one.hold(conversation, [*unseen, *(row for row in called if row.id in shown)], waits)
    elif not had_digest:
        resting = [row for row in found if row.state in ("acknowledged", "snoozed")]
        deliveries.supersede(one.connection, conversation)
        # What was to call somebody and never arrived has just been given up.
        called = _called(one, conversation, due)
        why = {row.id: row.ping_why if row in called else _again(row) for row in due}
        one.send("digest", conversation, [row for row in found if row in due or row in resting], why, person=person)
    elif unseen:
        one.send(
            "later", conversation, unseen, dict.fromkeys([row.id for row in unseen], "new_in_group"), person=person
        )
    else:
        root = told.showing(one.connection, conversation, [row.id for row in called])
        one.send("nudge", conversation, called, {row.id: row.ping_why for row in called}, person=person, root_id=root)


def _again(row: Row[Any]) -> str:
    return "repeat_due" if row.waits_since or row.level else "first"


def _called(one: _Round, conversation: str, due: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Whose owner is to be called once more and has had no message about it since."""
    wanted = [row for row in due if row.ping_at is not None]
    last = told.last_told(one.connection, conversation, [row.id for row in wanted]) if wanted else {}
    return [row for row in wanted if row.id not in last or last[row.id] < row.ping_at]


def _why_resting(row: Row[Any], conversation: str, quiet: Mapping[int, str]) -> Decision:
    if row.dismissed_at is not None:
        return Decision(row.id, conversation, HOLD, "dismissed")
    if row.state in _AT_REST:
        return Decision(row.id, conversation, HOLD, row.state)
    return Decision(row.id, conversation, HOLD, "inhibited_by", quiet.get(row.id))


def _leak_check(one: _Round, leaks: Sequence[Row[Any]]) -> None:
    if any((LEAK_CONVERSATION, kind) in one.day_of(None).decided for kind in ("leak_check", "leak_free")):
        return
    last = deliveries.last_kind(one.connection, LEAK_CONVERSATION)
    if not leaks and last != "leak_check":
        return
    waits, shown = one.moment.before_leak_check, one.shown.get(LEAK_CONVERSATION, set())
    if waits is not None:
        one.hold(LEAK_CONVERSATION, [row for row in leaks if row.id not in shown], waits)
        return
    deliveries.supersede(one.connection, LEAK_CONVERSATION)
    why = {row.id: "repeat_due" if row.id in shown else "first" for row in leaks}
    one.send("leak_check" if leaks else "leak_free", LEAK_CONVERSATION, leaks, why)


def _above(one: _Round, escalated: Sequence[Row[Any]], people: People) -> None:
    """Teams and managers, once a day each: every finding that has come so far and is not shown there yet."""
    waiting: dict[str, list[Row[Any]]] = {}
    for row in escalated:
        conversation = escalate.conversation_above(row, people)
        if conversation is not None and row.id not in one.shown.get(conversation, set()):
            waiting.setdefault(conversation, []).append(row)
    for conversation, rows in sorted(waiting.items()):
        kind = escalate.KINDS[rows[0].level]
        person = _person(conversation) if kind == "manager" else None
        waits = one.readers.moment_of(person).before_digest
        waits = waits or ("one_a_day" if (conversation, kind) in one.day_of(person).tried else None)
        waits = waits or one.why_not(person)
        if waits is not None:
            one.hold(conversation, rows, waits)
        else:
            one.send(kind, conversation, rows, dict.fromkeys([row.id for row in rows], "escalated"), person=person)


def _open_findings(connection: Connection, rules: Mapping[str, Urgency], readers: Readers) -> list[Row[Any]]:
    """Open findings that people are told about today, most urgent first."""
    rows = connection.execute(select(findings).where(findings.c.open_key.is_not(None))).all()
    heard = [row for row in rows if row.rule in rules and not rules[row.rule].silent]
    heard = [row for row in heard if not rules[row.rule].weekly or readers.moment_of(row.owner_id).opens_the_week]
    return sorted(heard, key=lambda row: (rules[row.rule].rank, row.status_since or row.opened_at, int(row.object_id)))


def _not_this_week(connection: Connection, rules: Mapping[str, Urgency], readers: Readers) -> list[Decision]:
    weekly = [rule for rule, one in rules.items() if one.weekly and not one.silent]
    if not weekly:
        return []
    query = select(findings.c.id, findings.c.owner_id).where(findings.c.open_key.is_not(None))
    rows = connection.execute(query.where(findings.c.rule.in_(weekly)))
    return [
        Decision(row.id, conversation_of(row.owner_id), HOLD, "once_a_week")
        for row in rows
        if not readers.moment_of(row.owner_id).opens_the_week
    ]


def _quiet(connection: Connection, rules: Mapping[str, Urgency]) -> dict[int, str]:
    """Findings that another one about the same record keeps quiet, with that one's rule."""
    quieting = {rule for urgency in rules.values() for rule in urgency.quiet_if}
    quieted = [rule for rule, urgency in rules.items() if urgency.quiet_if]
    if not quieting:
        return {}
    columns = (findings.c.id, findings.c.rule, findings.c.object_type, findings.c.object_id)
    wanted = findings.c.open_key.is_not(None) & findings.c.rule.in_([*quieting, *quieted])
    rows = connection.execute(select(*columns).where(wanted)).all()
    present = {(row.rule, row.object_type, row.object_id) for row in rows}
    found = {
        row.id: [rule for rule in sorted(rules[row.rule].quiet_if) if (rule, row.object_type, row.object_id) in present]
        for row in rows
        if row.rule in rules
    }
    return {i: first[0] for i, first in found.items() if first}


def _over(row: Row[Any]) -> bool:
    """Nobody is to hear of it any more."""
    return row.state == "expired" or row.dismissed_at is not None


def conversation_of(owner_id: str | None) -> str:
    return f"owner:{owner_id or NOBODY}"


def _person(conversation: str) -> str | None:
    person = conversation.partition(":")[2]
    return None if person == NOBODY else person


def _by_conversation(rows: Sequence[Row[Any]]) -> dict[str, list[Row[Any]]]:
    grouped: dict[str, list[Row[Any]]] = {}
    for row in rows:
        grouped.setdefault(conversation_of(row.owner_id), []).append(row)
    return grouped
