"""Why a contact is shown to somebody: which findings, what makes them hold, who was told, and why nobody was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from connector.records import CONTACTS
from jobs.acts.find import contact_card
from jobs.acts.once import name_in
from jobs.acts.status_plan import is_for_company
from jobs.database import snapshot
from jobs.explained import Verdict, verdicts
from jobs.ledger import decisions, deliveries
from jobs.ledger.decisions import HOLD, Reason
from jobs.ledger.tables import findings as findings_table
from jobs.ledger.tables import plan_lines
from jobs.remind import LEAK_CONVERSATION
from jobs.reminder_policy import Urgency
from jobs.wiring import Parts
from rules.model import Rule
from rules.scope import Ground
from slack_app.backend import Visitor
from slack_app.texts.catalogue import catalogue
from slack_app.texts.dates import moment_words
from slack_app.views import ConditionLine, ContactCard, ToldLine, WhyLine, WhyView

_SETTLED_SHOWN = 2
_RESTS = ("acknowledged", "snoozed", "dismissed")
_SENT = ("sent",)
_UNDER_WAY = ("pending", "sending", "unknown")


def why(parts: Parts, visitor: Visitor, contact_id: str) -> WhyView | None:
    card = contact_card(parts, visitor, contact_id)
    if card is None:
        return None
    rule_set, now = parts.rules(), parts.clock()
    with snapshot(parts.engine) as connection:
        query = select(findings_table).where(
            findings_table.c.object_type == CONTACTS, findings_table.c.object_id == contact_id
        )
        rows = list(connection.execute(query.order_by(findings_table.c.id)))
        still_open = [row for row in rows if row.open_key is not None]
        asked = [rule for rule in rule_set.rules if rule.id in {row.rule for row in still_open}]
        ground = Ground(rule_set, parts.schema(), parts.world(now))
        found = {one.rule.id: one for one in verdicts(connection, ground, asked, contact_id)}
        told = {row.id: deliveries.that_showed(connection, row.id) for row in rows}
        reasons = decisions.reasons_for(connection, CONTACTS, contact_id)
    settled = [row for row in rows if row.open_key is None][-_SETTLED_SHOWN:]
    shown = [*still_open, *reversed(settled)]
    lines = parts.scribe(rule_set).lines(shown, visitor.language)
    zone = rule_set.calendar.zone
    urgencies = parts.urgencies(rule_set)
    return WhyView(
        card,
        tuple(
            WhyLine(
                line,
                row.opened_at.astimezone(zone),
                _conditions(found.get(row.rule) if row.open_key else None, visitor.language),
                _told(
                    parts,
                    visitor,
                    row,
                    told[row.id],
                    [one for one in reasons if one.finding_id == row.id],
                    urgencies.get(row.rule),
                ),
            )
            for row, line in zip(shown, lines, strict=True)
        ),
        _decided(parts, visitor, card),
    )


def _decided(parts: Parts, visitor: Visitor, card: ContactCard) -> ToldLine | None:
    """Who gave the contact the status that it still has, where that was decided for the whole company."""
    columns = plan_lines.c
    about = (columns.object_type == CONTACTS, columns.object_id == card.contact_id, columns.state == "applied")
    query = select(plan_lines).where(*about, columns.property == parts.rules().vocabulary.property)
    with snapshot(parts.engine) as connection:
        row = connection.execute(query.order_by(columns.id.desc()).limit(1)).first()
    if row is None or row.after != card.status or not is_for_company(row):
        return None
    at = moment_words(row.settled_at.astimezone(parts.rules().calendar.zone), visitor.language)
    return ToldLine("why.for_company", {"at": at, "name": name_in(row.actor), "after": card.status_label})


def contact_of_finding(parts: Parts, visitor: Visitor, finding_id: int) -> str | None:
    if visitor.owner_id is None:
        return None
    query = select(findings_table.c.object_id).where(
        findings_table.c.id == finding_id, findings_table.c.object_type == CONTACTS
    )
    with snapshot(parts.engine) as connection:
        return connection.execute(query).scalar()


def _conditions(verdict: Verdict | None, language: str) -> tuple[ConditionLine, ...]:
    """What holds; of alternatives, those that do."""
    if verdict is None or not isinstance(verdict.rule, Rule):
        return ()
    return tuple(
        ConditionLine(one.text.in_language(language), one.value, one.held, one.depth) for one in verdict.conditions
    )


def _told(
    parts: Parts,
    visitor: Visitor,
    row: Row[Any],
    messages: Sequence[Row[Any]],
    reasons: Sequence[Reason],
    urgency: Urgency | None,
) -> tuple[ToldLine, ...]:
    """What was said about it and, where people are still to act, why nothing is said now."""
    found = [_message(parts, visitor, one) for one in messages if one.state != "obsolete"]
    if row.open_key is None or row.dismissed_at is not None:
        return tuple(found)
    last = reasons[-1] if reasons else None
    if last is not None and last.decision == HOLD and not _rested_before(row, last):
        at = moment_words(last.at.astimezone(parts.rules().calendar.zone), visitor.language)
        reason = catalogue(visitor.language).plain(f"reason.{last.reason}")
        found.append(ToldLine("why.held", {"at": at, "reason": reason}))
    if found:
        return tuple(found)
    return (ToldLine(_why_nobody(row, urgency), _receiver(parts, row.owner_id)),)


def _rested_before(row: Row[Any], last: Reason) -> bool:
    """The decision was about a rest that has ended since."""
    return last.reason in _RESTS and row.state != last.reason


def _message(parts: Parts, visitor: Visitor, message: Row[Any]) -> ToldLine:
    zone = parts.rules().calendar.zone
    at = moment_words((message.attempt_at or message.created_at).astimezone(zone), visitor.language)
    values = {"at": at, **_receiver(parts, message.owner_id)}
    if message.state not in _SENT:
        return ToldLine("why.message_under_way" if message.state in _UNDER_WAY else "why.message_failed", values)
    if message.conversation == LEAK_CONVERSATION:
        return ToldLine("why.told_leak_channel", values)
    return ToldLine("why.told_fallback" if message.fallback else "why.told", values)


def _why_nobody(row: Row[Any], urgency: Urgency | None) -> str:
    """Where nothing was decided yet."""
    if urgency is None or urgency.silent:
        return "why.silent"
    return "why.no_receiver" if row.owner_id is None else "why.next_round"


def _receiver(parts: Parts, owner_id: str | None) -> Mapping[str, str]:
    person = parts.people().person(owner_id)
    return {"name": person.name if person else "–"}
