"""What people may ask of the service from Slack: every act checked, done once, written down."""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from connector.errors import CrmError
from connector.mirror import reads
from connector.mirror.contact_search import find_contact_ids
from connector.mirror.shared_rows import stored_definitions
from connector.records import CONTACTS
from jobs.apply import Author, apply
from jobs.cycle import reexamine
from jobs.database import snapshot, writing
from jobs.deliver import edit
from jobs.ledger import audit, deliveries, findings, plan_lines
from jobs.ledger.plan_lines import Line, PlanOpener
from jobs.ledger.tables import acts
from jobs.ledger.tables import findings as findings_table
from jobs.wiring import Parts
from rules.transitions import judge, read_status
from slack_app.backend import Answer, Visitor
from slack_app.texts.dates import moment_words
from slack_app.views import Choice, ContactCard, FindingLine, ReasonQuestion, StatusChoice

log = structlog.get_logger()

_SEE_ALL_ROLES = frozenset({"Manager", "Ops"})


class Service:
    """The Slack app's backend. Safe to call from many threads: state is in the database only."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def visitor(self, slack_user_id: str) -> Visitor:
        directory = self._parts.directory()
        default = self._parts.settings.file.service.language
        if directory is None:
            return Visitor(slack_user_id, default, None, "")
        person, user = directory.person_of(slack_user_id)
        language = user.language if user else default
        name = person.name if person else (user.name if user else "")
        roles = tuple(sorted(person.roles)) if person else ()
        return Visitor(slack_user_id, language, person.owner_id if person else None, name, roles)

    def acknowledge(self, visitor: Visitor, finding_ids: Sequence[int], act_id: str) -> Answer:
        return self._once(visitor, act_id, lambda now: self._acknowledge(visitor, finding_ids, act_id, now))

    def find_contacts(self, visitor: Visitor, words: str) -> Sequence[ContactCard]:
        if visitor.owner_id is None:
            return []
        typed = unicodedata.normalize("NFKC", words).strip().removeprefix("#")
        known = self.contact(visitor, typed) if typed.isdecimal() else None
        if known is not None:
            return [known]
        with snapshot(self._parts.engine) as connection:
            ids = find_contact_ids(connection, self._parts.schema(), words, limit=10)
        return self._parts.scribe(self._parts.rules()).cards(ids, visitor.language)

    def contact(self, visitor: Visitor, contact_id: str) -> ContactCard | None:
        if visitor.owner_id is None:
            return None
        return next(iter(self._parts.scribe(self._parts.rules()).cards([contact_id], visitor.language)), None)

    def status_choices(self, visitor: Visitor, contact_id: str) -> Sequence[StatusChoice]:
        card = self.contact(visitor, contact_id)
        if card is None:
            return []
        vocabulary = self._parts.rules().vocabulary
        owner_roles = self._owner_roles(contact_id)
        asked = self._asked_with(contact_id)
        return [
            StatusChoice(
                status.value,
                status.label.in_language(visitor.language),
                tuple(self._question(name) for name in dict.fromkeys((*status.reasons, *asked.get(status.value, ())))),
            )
            for status in vocabulary.statuses
            if status.value != card.status
            and judge(vocabulary, card.status, status.value, visitor.roles, owner_roles).allowed
        ]

    def _asked_with(self, contact_id: str) -> Mapping[str, Sequence[str]]:
        """By status: what the rules that suggest it for this contact want answered with it."""
        rule_set = self._parts.rules()
        query = select(findings_table.c.rule).where(
            findings_table.c.object_type == CONTACTS,
            findings_table.c.object_id == contact_id,
            findings_table.c.open_key.is_not(None),
        )
        with snapshot(self._parts.engine) as connection:
            open_rules = set(connection.execute(query).scalars())
        suggests = [one for rule in rule_set.rules if rule.id in open_rules for one in rule.suggests]
        asked: dict[str, list[str]] = {}
        for one in suggests:
            if one.property == rule_set.vocabulary.property:
                asked.setdefault(one.value, []).extend(one.ask)
        return asked

    def read_status(self, words: str) -> str | None:
        return read_status(self._parts.rules().vocabulary, words)

    def change_status(
        self, visitor: Visitor, contact_id: str, value: str, reasons: dict[str, str], act_id: str
    ) -> Answer:
        return self._once(
            visitor, act_id, lambda now: self._change_status(visitor, contact_id, value, reasons, act_id, now)
        )

    def my_findings(self, visitor: Visitor, scope: str) -> Sequence[FindingLine]:
        everybody = scope == "team" and bool(_SEE_ALL_ROLES & set(visitor.roles))
        if visitor.owner_id is None or (scope == "team" and not everybody):
            return []
        query = select(findings_table).where(findings_table.c.open_key.is_not(None))
        if not everybody:
            query = query.where(findings_table.c.owner_id == visitor.owner_id)
        with snapshot(self._parts.engine) as connection:
            rows = list(connection.execute(query.order_by(findings_table.c.opened_at, findings_table.c.id)))
        rule_set = self._parts.rules()
        urgency = self._parts.urgencies(rule_set)
        heard = [row for row in rows if row.rule in urgency and not urgency[row.rule].silent]
        heard.sort(key=lambda row: (urgency[row.rule].rank, row.status_since or row.opened_at, int(row.object_id)))
        return self._parts.scribe(rule_set).lines(heard, visitor.language)

    def _once(self, visitor: Visitor, act_id: str, act: Callable[[datetime], Answer]) -> Answer:
        """Do an act, or give the first answer again when the same act arrives a second time."""
        now = self._parts.clock()
        if visitor.owner_id is None:
            return Answer(False, "answer.visitor_unknown")
        actor = actor_of(visitor)
        try:
            with writing(self._parts.engine) as connection:
                connection.execute(insert(acts).values(id=act_id, at=now, actor=actor))
        except IntegrityError:
            return self._first_answer(act_id)
        answer = act(now)
        with writing(self._parts.engine) as connection:
            connection.execute(update(acts).where(acts.c.id == act_id).values(answer=dataclasses.asdict(answer)))
        return answer

    def _first_answer(self, act_id: str) -> Answer:
        with writing(self._parts.engine) as connection:
            known = connection.execute(select(acts.c.answer).where(acts.c.id == act_id)).scalar()
        return Answer(**known) if known else Answer(True, "command.busy")

    def _acknowledge(self, visitor: Visitor, finding_ids: Sequence[int], act_id: str, now: datetime) -> Answer:
        with snapshot(self._parts.engine) as connection:
            rows = list(connection.execute(select(findings_table).where(findings_table.c.id.in_(list(finding_ids)))))
        mine = [row for row in rows if row.owner_id == visitor.owner_id or _SEE_ALL_ROLES & set(visitor.roles)]
        if rows and not mine:
            return Answer(False, "answer.not_yours")
        until = self._acknowledged_until(now)
        with writing(self._parts.engine) as connection:
            done = findings.acknowledge(connection, [row.id for row in mine], by=visitor.name, until=until)
            entries = [_acknowledged_entry(row, visitor, act_id, now) for row in done]
            audit.record(connection, entries)
        if not done:
            return self._why_not_acknowledged(mine, visitor.language)
        self._refresh_messages([row.id for row in done], now)
        return Answer(
            True, "answer.acknowledged", {"count": str(len(done)), "until": moment_words(until, visitor.language)}
        )

    def _why_not_acknowledged(self, rows: Sequence[Row[Any]], language: str) -> Answer:
        taken = next((row for row in rows if row.state == "acknowledged"), None)
        if taken is None:
            return Answer(False, "answer.already_closed")
        until = taken.acknowledged_until.astimezone(self._parts.rules().calendar.zone)
        values = {"name": taken.acknowledged_by or "", "until": moment_words(until, language)}
        return Answer(False, "answer.already_acknowledged", values)

    def _acknowledged_until(self, now: datetime) -> datetime:
        """The same time some business days later: a Friday's acknowledgement lasts over the weekend."""
        calendar = self._parts.rules().calendar
        local = now.astimezone(calendar.zone)
        day = local.date()
        for _ in range(self._parts.settings.file.reminders.acknowledge_days):
            day = calendar.next_open_day(day + timedelta(days=1))
        return datetime.combine(day, local.time(), calendar.zone)

    def _change_status(
        self, visitor: Visitor, contact_id: str, value: str, reasons: dict[str, str], act_id: str, now: datetime
    ) -> Answer:
        rule_set = self._parts.rules()
        vocabulary = rule_set.vocabulary
        card = self.contact(visitor, contact_id)
        if card is None:
            return Answer(False, "answer.contact_gone")
        wanted = vocabulary.status(value)
        if wanted is None:
            return Answer(False, "answer.status_unknown", {"words": value})
        after = wanted.label.in_language(visitor.language)
        values = {"contact": card.name, "before": card.status_label or "–", "after": after}
        if card.status == value:
            return Answer(True, "answer.status_same", values)
        verdict = judge(vocabulary, card.status, value, visitor.roles, self._owner_roles(contact_id))
        if not verdict.allowed:
            self._audit_refusal(visitor, card, value, verdict.reason or "", act_id, now)
            return Answer(False, f"answer.{verdict.reason}", {**values, "roles": ", ".join(verdict.roles)})
        lines = [_line(contact_id, vocabulary.property, card.status, value, visitor)]
        lines += [
            _line(contact_id, name, self._present(contact_id, name), chosen, visitor)
            for name, chosen in reasons.items()
        ]
        return self._write(visitor, contact_id, lines, values, now)

    def _write(
        self, visitor: Visitor, contact_id: str, lines: Sequence[Line], values: dict[str, str], now: datetime
    ) -> Answer:
        engine = self._parts.engine
        with writing(engine) as connection:
            ids = plan_lines.add(connection, lines, plan=PlanOpener(None, None, now), now=now)
        author = Author(actor_of(visitor), "slack")
        applied = apply(engine, self._parts.gateway(), author=author, now=now, only=ids)
        if applied.trouble:
            return Answer(True, "answer.status_pending", values)
        first = applied.lines[0]
        self._look_again([contact_id], now)
        if first["state"] == "conflict":
            seen = self._label(first["seen"], visitor.language)
            return Answer(False, "answer.conflict", {**values, "seen": seen})
        if applied.failed:
            cause = next(line["cause"] for line in applied.lines if line["state"] == "failed")
            return Answer(False, "answer.crm_refused", {**values, "cause": cause or ""})
        return Answer(True, "answer.status_written", values)

    def _look_again(self, contact_ids: Collection[str], now: datetime) -> None:
        """Read the contacts back, examine them, and bring the messages that show them up to date."""
        try:
            self._parts.read_again(contact_ids)
        except CrmError as error:
            log.warning("contact not read back", error=type(error).__name__)
            return
        with snapshot(self._parts.engine) as connection:
            query = select(findings_table.c.id).where(
                findings_table.c.object_type == CONTACTS,
                findings_table.c.object_id.in_(list(contact_ids)),
                findings_table.c.open_key.is_not(None),
            )
            shown = list(connection.execute(query).scalars())
        reexamine(self._parts, contact_ids)
        self._refresh_messages(shown, now)

    def _refresh_messages(self, finding_ids: Sequence[int], now: datetime) -> None:
        desk = self._parts.desk(self._parts.rules(), now)
        if desk is None or not finding_ids:
            return
        with snapshot(self._parts.engine) as connection:
            rows = deliveries.by_finding(connection, finding_ids)
        edit(self._parts.engine, desk, rows)

    def _owner_roles(self, contact_id: str) -> Collection[str]:
        with snapshot(self._parts.engine) as connection:
            label = reads.contact_labels(connection, self._parts.schema(), [contact_id]).get(contact_id)
        person = self._parts.people().person(label.owner_id if label else None)
        return person.roles if person else frozenset()

    def _present(self, contact_id: str, name: str) -> str | None:
        with snapshot(self._parts.engine) as connection:
            stored = reads.read_record(connection, self._parts.schema(), CONTACTS, contact_id)
        return (stored.record.properties.get(name) or None) if stored else None

    def _question(self, name: str) -> ReasonQuestion:
        with snapshot(self._parts.engine) as connection:
            definition = next((d for d in stored_definitions(connection, CONTACTS) if d.name == name), None)
        options = tuple(Choice(o.value, o.label) for o in definition.options if not o.hidden) if definition else ()
        return ReasonQuestion(name, definition.label if definition else name, options)

    def _label(self, status: str | None, language: str) -> str:
        known = self._parts.rules().vocabulary.status(status)
        return known.label.in_language(language) if known else (status or "–")

    def _audit_refusal(
        self, visitor: Visitor, card: ContactCard, value: str, reason: str, act_id: str, now: datetime
    ) -> None:
        entry = audit.Entry(
            at=now,
            actor=actor_of(visitor),
            channel="slack",
            action="status.refused",
            object_type=CONTACTS,
            object_id=card.contact_id,
            property=self._parts.rules().vocabulary.property,
            before=card.status,
            after=value,
            reason=reason,
            correlation=act_id,
        )
        with writing(self._parts.engine) as connection:
            audit.record(connection, [entry])


def actor_of(visitor: Visitor) -> str:
    """How the audit trail names a person."""
    return f"person {visitor.owner_id} {visitor.name}"


def _line(contact_id: str, name: str, before: str | None, after: str | None, visitor: Visitor) -> Line:
    return Line(
        object_id=contact_id,
        property=name,
        before=before,
        after=after,
        rule=None,
        rule_version=None,
        reason=f"changed by {visitor.name} via Slack",
        state="approved",
        actor=actor_of(visitor),
    )


def _acknowledged_entry(row: Row[Any], visitor: Visitor, act_id: str, now: datetime) -> audit.Entry:
    return audit.Entry(
        at=now,
        actor=actor_of(visitor),
        channel="slack",
        action="finding.acknowledged",
        object_type=row.object_type,
        object_id=row.object_id,
        reason=row.rule,
        correlation=act_id,
    )
