"""Looking things up: contacts by what people type, and the findings that wait for somebody."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any, overload

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from connector.batches import pieces
from connector.mirror.contact_search import find_contact_ids
from connector.records import CONTACTS
from jobs.acts.once import sees_all
from jobs.database import snapshot
from jobs.ledger import rests
from jobs.ledger.tables import findings as findings_table
from jobs.wiring import Parts
from rules.model import RuleSet
from slack_app.backend import Visitor
from slack_app.blocks.answers import FOUND_AT_MOST
from slack_app.views import ContactCard, FindingLine

_READ_AT_ONCE = 500


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


def my_findings(parts: Parts, visitor: Visitor, scope: str, *only: ColumnElement[bool]) -> Sequence[FindingLine]:
    """Most urgent first. `only` narrows them by their columns."""
    everybody = scope == "team" and sees_all(visitor)
    if visitor.owner_id is None or (scope == "team" and not everybody):
        return []
    rule_set = parts.rules()
    query = _open(tuple((rule, one.rank) for rule, one in parts.urgencies(rule_set).items() if not one.silent))
    if only:
        query = query.where(*only)
    if not everybody:
        query = query.where(findings_table.c.owner_id == visitor.owner_id)
    with snapshot(parts.engine) as connection:
        ids = connection.execute(query).scalars().all()
    return Lines(ids, lambda some: _lines(parts, rule_set, some, visitor.language))


@functools.lru_cache(maxsize=8)
def _open(heard: tuple[tuple[str, int], ...]) -> Select[int]:
    """Ids of the findings that people hear of, by the rank of their rule."""
    column, ranks = findings_table.c, dict(heard)
    since = func.coalesce(column.status_since, column.opened_at)
    return (
        select(column.id)
        .where(column.open_key.is_not(None), column.rule.in_(ranks), column.dismissed_at.is_(None))
        .where(column.state != "expired")
        .order_by(case(ranks, value=column.rule), since, column.object_id, column.id)
    )


def about(contact_id: str | None) -> Sequence[ColumnElement[bool]]:
    if contact_id is None:
        return ()
    return (findings_table.c.object_type == CONTACTS, findings_table.c.object_id == contact_id)


class Lines(Sequence[FindingLine]):
    """Findings in order, each put into words only when it is looked at: a person sees ten at a time, of thousands."""

    def __init__(self, ids: Sequence[int], read: Callable[[Sequence[int]], list[FindingLine]]) -> None:
        self._ids, self._read = ids, read

    def __len__(self) -> int:
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> FindingLine: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[FindingLine]: ...
    def __getitem__(self, index: int | slice) -> FindingLine | Sequence[FindingLine]:
        return self._read(self._ids[index]) if isinstance(index, slice) else self._read([self._ids[index]])[0]

    def __iter__(self) -> Iterator[FindingLine]:
        return iter(self[:])


def _lines(parts: Parts, rule_set: RuleSet, ids: Sequence[int], language: str) -> list[FindingLine]:
    found: dict[int, Row[Any]] = {}
    with snapshot(parts.engine) as connection:
        for some in pieces(ids, _READ_AT_ONCE):
            found |= {row.id: row for row in rests.read(connection, some)}
    return parts.scribe(rule_set).lines([found[one] for one in ids], language)
