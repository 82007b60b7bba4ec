"""Decides which messages are due now, each with a named reason, and stores them. Sends nothing itself."""

from __future__ import annotations

import contextlib
import dataclasses
from collections import Counter
from collections.abc import Collection, Generator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, select

from jobs import escalate
from jobs.database import make_way, writing
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
_NEEDED = "id rule object_id owner_id state status_since opened_at dismissed_at waits_since ping_at ping_why level"
_COLUMNS = [findings.c[name] for name in _NEEDED.split()]


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
    """One pass over everything open, a turn at a time, and what was decided so far."""

    engine: Engine
    rules: Mapping[str, Urgency]
    readers: Readers
    people: People
    created: int = 0
    held: dict[str, str] = dataclasses.field(default_factory=dict[str, str])
    # Findings that another one about the same record keeps quiet, with that one's rule.
    quiet: Mapping[int, str] = dataclasses.field(default_factory=dict[int, str])
    _days: dict[str, _Day] = dataclasses.field(default_factory=dict[str, "_Day"])

    @contextlib.contextmanager
    def turn(self) -> Generator[_Turn]:
        """One transaction. Between two of them people's clicks have their way."""
        with writing(self.engine) as connection:
            turn = _Turn(connection, self)
            yield turn
            decisions.record(connection, turn.made, self.moment.now)
        make_way(self.engine)

    @property
    def moment(self) -> Moment:
        return self.readers.moment

    def day_of(self, connection: Connection, person: str | None) -> _Day:
        """What was decided so far on this person's day: by nobody else, as only one round is made at a time."""
        day = self.readers.moment_of(person).day
        if day not in self._days:
            self._days[day] = _Day(
                day,
                told.count_by_person(connection, day),
                deliveries.of_day(connection, day),
                told.tried_on(connection, day),
            )
        return self._days[day]


@dataclasses.dataclass(slots=True)
class _Turn:
    """What is decided in one transaction."""

    connection: Connection
    round: _Round
    made: list[Decision] = dataclasses.field(default_factory=list[Decision])

    @property
    def readers(self) -> Readers:
        return self.round.readers

    def day_of(self, person: str | None) -> _Day:
        return self.round.day_of(self.connection, person)

    def open_findings(self, *which: ColumnElement[bool]) -> list[Row[Any]]:
        """Open findings of rules that people are told about, most urgent first."""
        rules = self.round.rules
        rows = self.connection.execute(select(*_COLUMNS).where(findings.c.open_key.is_not(None), *which)).all()
        heard = [row for row in rows if row.rule in rules and not rules[row.rule].silent]
        return sorted(
            heard, key=lambda row: (rules[row.rule].rank, row.status_since or row.opened_at, int(row.object_id))
        )

    def is_told_today(self, row: Row[Any]) -> bool:
        return not self.round.rules[row.rule].weekly or self.readers.moment_of(row.owner_id).opens_the_week

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
            now=self.readers.moment.now,
            root_id=root_id,
        )
        self.round.created += 1
        if person is not None:
            day.heard[person] += 1
        self.made += [Decision(i, conversation, SEND, reason) for i, reason in why.items()]

    def hold(self, conversation: str, rows: Sequence[Row[Any]], reason: str) -> None:
        """These would be told now."""
        self.round.held[conversation] = reason
        self.made += [Decision(row.id, conversation, HOLD, reason) for row in rows]

    def why_not(self, person: str | None, *, budget: bool = True) -> str | None:
        """Why this person is left alone now, or None: the own quiet hours, or enough for a day."""
        if person is None:
            return None
        enough = budget and self.day_of(person).heard[person] >= self.readers.moment.policy.messages_per_day
        return self.readers.own_quiet(person) or ("message_budget" if enough else None)


def remind(engine: Engine, rules: Mapping[str, Urgency], readers: Readers, people: People) -> Decided:
    """Decide the digests, what opened later, who is called again, who else is told, and the FS leak check: owner by
    owner, each in a transaction of its own, so that nobody's click waits for all of them.

    A second call at the same time decides nothing; what one that was cut off has left is decided by the next.
    """
    one = _Round(engine, rules, readers, people)
    with one.turn() as turn:
        one.quiet = _quiet(turn.connection, rules)
        rests.quiet(turn.connection, one.quiet)
        escalate.retire(turn.connection, readers.moment)
        owners = turn.connection.execute(select(findings.c.owner_id).where(findings.c.open_key.is_not(None)).distinct())
        conversations = {conversation_of(owner_id): owner_id for owner_id in owners.scalars()}
    for conversation, owner_id in sorted(conversations.items()):
        with one.turn() as turn:
            _owner(turn, conversation, owner_id)
    with one.turn() as turn:
        _leak_check(turn)
    with one.turn() as turn:
        _above(turn)
    return Decided(one.created, one.held)


def _owner(turn: _Turn, conversation: str, owner_id: str | None) -> None:
    """Whose findings wait too long is told to others, too; then the owner's own messages are decided."""
    one, own = turn.round, findings.c.owner_id == owner_id
    rows = turn.open_findings(own)
    due = [row for row in rows if row.state in DUE_STATES and turn.is_told_today(row)]
    moved, stuck = escalate.advance(turn.connection, due, one.rules, one.moment, one.people)
    turn.made += stuck
    if moved:
        rows = turn.open_findings(own)
    turn.made += [Decision(row.id, conversation, HOLD, "once_a_week") for row in rows if not turn.is_told_today(row)]
    if found := [row for row in rows if turn.is_told_today(row)]:
        _messages(turn, conversation, found)


def _messages(turn: _Turn, conversation: str, found: Sequence[Row[Any]]) -> None:
    """The morning's list, what opened since, and calling again, for one owner."""
    due = [row for row in found if row.state in DUE_STATES]
    quiet, held = turn.round.quiet, turn.round.held
    turn.made += [_why_resting(row, conversation, quiet) for row in found if row.state not in DUE_STATES]
    if not due and any(row.id in quiet for row in found):
        held[conversation] = "inhibited_by"
    shown = deliveries.shown(turn.connection, conversation)
    unseen = [row for row in due if row.id not in shown]
    person = _person(conversation)
    had_digest = (conversation, "digest") in turn.day_of(person).decided
    called = _called(turn, conversation, due)
    if not due or (had_digest and not unseen and not called):
        return
    moment = turn.readers.moment_of(person)
    waits = moment.closed if had_digest else moment.before_digest
    if waits is None:
        waits = turn.why_not(person, budget=had_digest)
    if waits is not None:
        turn.hold(conversation, [*unseen, *(row for row in called if row.id in shown)], waits)
    elif not had_digest:
        deliveries.supersede(turn.connection, conversation)
        # What was to call somebody and never arrived has just been given up.
        again = {row.id for row in _called(turn, conversation, due)}
        why = {row.id: row.ping_why if row.id in again else _again(row) for row in due}
        listed = [row for row in found if row.id in why or row.state in ("acknowledged", "snoozed")]
        turn.send("digest", conversation, listed, why, person=person)
    elif unseen:
        why = {row.id: "new_in_group" for row in unseen}
        turn.send("later", conversation, unseen, why, person=person)
    else:
        root = told.showing(turn.connection, conversation, [row.id for row in called])
        turn.send("nudge", conversation, called, {row.id: row.ping_why for row in called}, person=person, root_id=root)


def _again(row: Row[Any]) -> str:
    return "repeat_due" if row.waits_since or row.level else "first"


def _called(turn: _Turn, conversation: str, due: Sequence[Row[Any]]) -> list[Row[Any]]:
    """Whose owner is to be called once more and has had no message about it since."""
    wanted = [row for row in due if row.ping_at is not None]
    last = told.last_told(turn.connection, conversation, [row.id for row in wanted]) if wanted else {}
    return [row for row in wanted if row.id not in last or last[row.id] < row.ping_at]


def _why_resting(row: Row[Any], conversation: str, quiet: Mapping[int, str]) -> Decision:
    if row.dismissed_at is not None:
        return Decision(row.id, conversation, HOLD, "dismissed")
    if row.state in _AT_REST:
        return Decision(row.id, conversation, HOLD, row.state)
    return Decision(row.id, conversation, HOLD, "inhibited_by", quiet.get(row.id))


def _leak_check(turn: _Turn) -> None:
    if any((LEAK_CONVERSATION, kind) in turn.day_of(None).decided for kind in ("leak_check", "leak_free")):
        return
    leaking = findings.c.rule.in_([rule for rule, one in turn.round.rules.items() if one.leak])
    leaks = [row for row in turn.open_findings(leaking) if turn.is_told_today(row) and not _over(row)]
    last = deliveries.last_kind(turn.connection, LEAK_CONVERSATION)
    if not leaks and last != "leak_check":
        return
    waits, shown = turn.readers.moment.before_leak_check, deliveries.shown(turn.connection, LEAK_CONVERSATION)
    if waits is not None:
        turn.hold(LEAK_CONVERSATION, [row for row in leaks if row.id not in shown], waits)
        return
    deliveries.supersede(turn.connection, LEAK_CONVERSATION)
    why = {row.id: "repeat_due" if row.id in shown else "first" for row in leaks}
    turn.send("leak_check" if leaks else "leak_free", LEAK_CONVERSATION, leaks, why)


def _above(turn: _Turn) -> None:
    """Teams and managers, once a day each: every finding that has come so far and is not shown there yet."""
    escalated = [row for row in turn.open_findings(findings.c.state == "escalated") if turn.is_told_today(row)]
    coming: dict[str, list[Row[Any]]] = {}
    for row in escalated:
        conversation = escalate.conversation_above(row, turn.round.people)
        if conversation is not None:
            coming.setdefault(conversation, []).append(row)
    for conversation, found in sorted(coming.items()):
        shown = deliveries.shown(turn.connection, conversation)
        if rows := [row for row in found if row.id not in shown]:
            _tell_above(turn, conversation, rows)


def _tell_above(turn: _Turn, conversation: str, rows: Sequence[Row[Any]]) -> None:
    kind = escalate.KINDS[rows[0].level]
    person = _person(conversation) if kind == "manager" else None
    waits = turn.readers.moment_of(person).before_digest
    waits = waits or ("one_a_day" if (conversation, kind) in turn.day_of(person).tried else None)
    waits = waits or turn.why_not(person)
    if waits is not None:
        turn.hold(conversation, rows, waits)
    else:
        turn.send(kind, conversation, rows, dict.fromkeys([row.id for row in rows], "escalated"), person=person)


def _quiet(connection: Connection, rules: Mapping[str, Urgency]) -> dict[int, str]:
    """By finding: the rule of the one about the same record that comes first."""
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
