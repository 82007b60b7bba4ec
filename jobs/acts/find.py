"""Looking things up: contacts by what people type, and the findings that wait for somebody."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sqlalchemy import select

from connector.mirror.contact_search import find_contact_ids
from jobs.acts.once import sees_all
from jobs.database import snapshot
from jobs.ledger.tables import findings as findings_table
from jobs.messages import ending
from jobs.wiring import Parts
from slack_app.backend import Visitor
from slack_app.blocks.answers import FOUND_AT_MOST
from slack_app.views import ContactCard, FindingLine


def find_contacts(parts: Parts, visitor: Visitor, words: str) -> Sequence[ContactCard]:
    if visitor.owner_id is None:
        return []
    typed = unicodedata.normalize("NFKC", words).strip().removeprefix("#")
    known = contact_card(parts, visitor, typed) if typed.isdecimal() else None
    if known is not None:
        return [known]
    with snapshot(parts.engine) as connection:
        ids = find_contact_ids(connection, parts.schema(), words, limit=FOUND_AT_MOST)
    return parts.scribe(parts.rules()).cards(ids, visitor.language)


def contact_card(parts: Parts, visitor: Visitor, contact_id: str) -> ContactCard | None:
    if visitor.owner_id is None:
        return None
    return next(iter(parts.scribe(parts.rules()).cards([contact_id], visitor.language)), None)


def my_findings(parts: Parts, visitor: Visitor, scope: str) -> Sequence[FindingLine]:
    everybody = scope == "team" and sees_all(visitor)
    if visitor.owner_id is None or (scope == "team" and not everybody):
        return []
    query = select(findings_table).where(findings_table.c.open_key.is_not(None))
    if not everybody:
        query = query.where(findings_table.c.owner_id == visitor.owner_id)
    with snapshot(parts.engine) as connection:
        rows = list(connection.execute(query.order_by(findings_table.c.opened_at, findings_table.c.id)))
    rule_set = parts.rules()
    urgency = parts.urgencies(rule_set)
    heard = [row for row in rows if row.rule in urgency and not urgency[row.rule].silent and ending(row) is None]
    heard.sort(key=lambda row: (urgency[row.rule].rank, row.status_since or row.opened_at, int(row.object_id)))
    return parts.scribe(rule_set).lines(heard, visitor.language)
