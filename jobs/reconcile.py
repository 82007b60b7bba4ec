"""Makes the ledger agree with what the rules say now: findings, places on lists, plan lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, Engine, select, union

from connector.batches import pieces
from jobs import respect
from jobs.busy import BUSY
from jobs.creation_lines import creation_lines
from jobs.database import make_way, snapshot, writing
from jobs.examine import Examination, Place, RuleExamined, WantedCreation, WantedValue
from jobs.ledger import findings, memberships, pending, plan_lines, renames, tables
from jobs.ledger.findings import Change
from jobs.ledger.plan_lines import LIST_PROPERTY, Line, PlanOpener
from rules.list_details import steps_out
from rules.model import ListAction, Mode, Rule, RuleSet
from rules.text import Text

_REOPEN_BUSINESS_DAYS = 2
_AT_ONCE = 5_000
# A transaction about so many contacts takes some hundredths of a second: so long a click may wait for the database.
_PIECE = 200

_Said = TypeVar("_Said", Place, WantedValue, WantedCreation)
_LINE_STATE = {Mode.SUGGEST: "suggested", Mode.PLAN: "proposed", Mode.AUTO: "proposed"}


@dataclasses.dataclass(frozen=True, slots=True)
class Reconciled:
    """`records` by rule: whose findings, places or lines were not what the rule says."""

    change: Change
    records: Mapping[str, Sequence[str]]


def reconcile(engine: Engine, rule_set: RuleSet, examination: Examination, *, now: datetime, run_id: int) -> Reconciled:
    """A short transaction for each rule and some hundred contacts, so that a click never waits long for the database.

    Cut off between two of them, the next round makes the rest equal.
    """
    reopen_after = rule_set.calendar.start_of(rule_set.calendar.cutoff_date(now, _REOPEN_BUSINESS_DAYS - 1))
    plan = PlanOpener(run_id, rule_set.version, now)
    change = Change()
    records: dict[str, Sequence[str]] = {}
    with writing(engine) as connection:
        renames.follow(connection, {former: rule.id for rule in rule_set.rules for former in rule.was})
    if examination.resting:
        with writing(engine) as connection:
            _hold_resting(connection, examination.resting)
    for whole in examination.rules:
        done = Change()
        for examined, part in _in_pieces(engine, whole, examination):
            with writing(engine) as connection:
                ripe = _ripe(connection, rule_set, examined, part, now)
                done += _one_rule(connection, rule_set, ripe, part, plan, now, run_id, reopen_after)
            make_way(engine)
        change += done
        records[whole.rule.id] = done.records
    if examination.only is None:
        change += _end_what_rules_left(engine, rule_set, now)
    return Reconciled(change, records)


def _end_what_rules_left(engine: Engine, rule_set: RuleSet, now: datetime) -> Change:
    """What belongs to rules that there are no longer."""
    known = [rule.id for rule in rule_set.rules]
    with writing(engine) as connection:
        closed = findings.close_removed(connection, [*known, BUSY], now)
    for leave in (memberships.leave_removed, plan_lines.withdraw_removed):
        make_way(engine)
        with writing(engine) as connection:
            leave(connection, known, now)
    with writing(engine) as connection:
        pending.forget(connection, [rule.id for rule in rule_set.rules if rule.wait is not None])
    return Change(closed=closed)


def _in_pieces(
    engine: Engine, examined: RuleExamined, examination: Examination
) -> Iterator[tuple[RuleExamined, Examination]]:
    """The same, as if only some contacts at a time had been looked at."""
    with snapshot(engine) as connection:
        ids = _concerned(connection, examined) if examination.only is None else set(examination.only)
    if len(ids) <= _PIECE:
        yield examined, examination
        return
    places, values = _by_contact(examined.places), _by_contact(examined.values)
    creations = _by_contact(examined.creations)
    for piece in pieces(sorted(ids, key=int), _PIECE):
        part = dataclasses.replace(
            examined,
            receivers={i: examined.receivers[i] for i in piece if i in examined.receivers},
            places=[one for i in piece for one in places.get(i, ())],
            values=[one for i in piece for one in values.get(i, ())],
            creations=[one for i in piece for one in creations.get(i, ())],
        )
        yield part, dataclasses.replace(examination, only=frozenset(piece))


def _by_contact(said: Iterable[_Said]) -> dict[str, list[_Said]]:
    found: dict[str, list[_Said]] = {}
    for one in said:
        found.setdefault(one.object_id, []).append(one)
    return found


def _concerned(connection: Connection, examined: RuleExamined) -> set[str]:
    """The contacts of which the rule says something, and those of which the ledger does."""
    said = (*examined.places, *examined.values, *examined.creations)
    kept = [
        select(table.c.object_id).where(table.c.rule == examined.rule.id, *still_open)
        for table, still_open in (
            (tables.findings, (tables.findings.c.open_key.is_not(None),)),
            (tables.memberships, ()),
            (tables.plan_lines, (tables.plan_lines.c.open_key.is_not(None),)),
            (tables.pending_matches, ()),
        )
    ]
    return {*examined.receivers, *(one.object_id for one in said), *connection.execute(union(*kept)).scalars()}


def _hold_resting(connection: Connection, resting: Mapping[str, Text]) -> None:
    """What a rule proposed before it had to rest may no longer be right: it waits until the rule can be asked again."""
    rows = plan_lines.undecided(connection)
    plan_lines.hold_back(connection, {row.id: resting[row.rule] for row in rows if row.rule in resting})


def _one_rule(
    connection: Connection,
    rule_set: RuleSet,
    examined: RuleExamined,
    examination: Examination,
    plan: PlanOpener,
    now: datetime,
    run_id: int,
    reopen_after: datetime,
) -> Change:
    rule = examined.rule
    change = Change()
    if rule.finding is not None:
        seen = findings.Seen(
            rule.id, rule.code, rule.version, examined.receivers, examined.evidence, examined.since, examination.only
        )
        gone = examination.gone
        change = findings.reconcile(connection, seen, now=now, run_id=run_id, gone=gone, reopen_after=reopen_after)
    lines = [*_value_lines(rule, examined)]
    if rule.creations:
        plan_lines.let_go(connection, rule.id, {one.object_id for one in examined.creations}, examination.only)
        lines += creation_lines(rule_set, rule, examined, _LINE_STATE.get(rule.mode, "proposed"), now)
    for action in rule.lists:
        wanted = memberships.Wanted(rule.id, action.kind.value, examined.places, examination.only)
        moved = memberships.reconcile(connection, wanted, now)
        _note_revivals(connection, rule_set, action, moved)
        change += Change(records=moved.records)
        lines += _membership_lines(connection, rule, examination)
    if rule.lists or rule.writes or rule.creations:
        wanted_lines = lines if rule.mode is not Mode.OBSERVE else []
        admissible = _held_back(connection, rule_set, rule, wanted_lines, now)
        differing = plan_lines.reconcile(connection, rule.id, admissible, plan=plan, now=now, only=examination.only)
        change += Change(records=tuple(differing))
    return change


def _note_revivals(connection: Connection, rule_set: RuleSet, action: ListAction, moved: memberships.Moved) -> None:
    """Members whose stay has ended: did they come back to life? Their history tells, whatever happened since."""
    if not action.revived_by:
        return
    for some in pieces(moved.ended, _AT_ONCE):
        ids = {row.object_id for row in some}
        steps: dict[str, list[memberships.Step]] = {}
        for record_id, at, status in connection.execute(steps_out(rule_set.vocabulary, action, ids)):
            steps.setdefault(record_id, []).append(memberships.Step(at, status))
        memberships.note_revivals(connection, some, steps, action.revived_by)


def _held_back(
    connection: Connection, rule_set: RuleSet, rule: Rule, lines: Sequence[Line], now: datetime
) -> list[Line]:
    """The same lines, with those marked that must wait."""
    whys = respect.causes(connection, rule_set, rule, lines, now)
    return [
        line if why is None else dataclasses.replace(line, state="held_back", cause=why.en, cause_ja=why.ja)
        for line, why in zip(lines, whys, strict=True)
    ]


def _ripe(
    connection: Connection, rule_set: RuleSet, examined: RuleExamined, examination: Examination, now: datetime
) -> RuleExamined:
    """Without what has not held for as long as the rule asks. What has a finding already keeps it."""
    rule = examined.rule
    if rule.wait is None:
        return examined
    held_since = rule_set.calendar.span_cutoff(now, rule.wait)
    seen, only = examined.receivers, examination.only
    ripe = pending.ripe(connection, rule.id, seen, now=now, since=held_since, only=only)
    ripe |= findings.open_records(connection, rule.id, only).keys()
    creations = [one for one in examined.creations if one.object_id in ripe]
    return dataclasses.replace(examined, receivers={i: seen[i] for i in seen if i in ripe}, creations=creations)


def _membership_lines(connection: Connection, rule: Rule, examination: Examination) -> list[Line]:
    return [
        Line(
            object_id=row.object_id,
            property=LIST_PROPERTY,
            before=None if row.state == "member" else row.list_name,
            after=row.list_name if row.state == "member" else None,
            rule=rule.id,
            rule_version=rule.version,
            reason=row.held_by or row.state,
            state=_LINE_STATE.get(rule.mode, "proposed"),
        )
        for row in memberships.differences(connection, rule.id, examination.only)
    ]


def _value_lines(rule: Rule, examined: RuleExamined) -> Sequence[Line]:
    return [
        Line(
            object_id=value.object_id,
            property=value.property,
            before=value.present,
            after=value.wanted,
            rule=rule.id,
            rule_version=rule.version,
            reason=rule.title.en or rule.title.ja,
            state="held_back" if value.held_by else _LINE_STATE.get(rule.mode, "proposed"),
            cause=plan_lines.comes_first(value.held_by).en if value.held_by else None,
            cause_ja=plan_lines.comes_first(value.held_by).ja if value.held_by else None,
        )
        for value in examined.values
        if value.present != value.wanted
    ]
