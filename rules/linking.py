"""The ways from a contact to its related records, as tables to select from: links, its company, that company's other
contacts, and older contacts of probably the same person.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, func, or_, select

from connector.mirror.tables import MirrorSchema, associations, column_name, match_keys
from connector.records import COMPANIES, CONTACTS
from rules.conditions import Relation, Via
from rules.scope import Rows, Scope, among, contact_keys, contact_picks
from rules.words import stored_as

# The one company of a contact is looked up for all contacts together, like the relations that name one record.
COMPANY_PICK = Via.COMPANY.value
# The association type of a contact's primary company.
_PRIMARY = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """`record` is the related record; `links` are the tables on the way to it, which no enclosing query has."""

    record: FromClause
    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    contact_id: ColumnElement[Any]
    links: tuple[FromClause, ...]


def way(scope: Scope, relation: Relation) -> Way:
    """From the contact of the scope to the live records of a relation, whatever its `where` says."""
    record = scope.ground.schema.table(stored_as(relation.object_type)).alias()
    if relation.pick is not None:
        return _picked(scope, record, relation.name)
    found = _WAYS[relation.via](scope, record, relation)
    live = (record.c.archived_at.is_(None), record.c.merged_into.is_(None))
    return dataclasses.replace(found, where=(*found.where, *live))


def _picked(scope: Scope, record: FromClause, name: str) -> Way:
    pick = contact_picks.alias()
    where = (pick.c.relation == name, pick.c.contact_id == scope.contact.c.id)
    return Way(record, pick.join(record, record.c.id == pick.c.record_id), where, pick.c.contact_id, (pick,))


def _linked(scope: Scope, record: FromClause, relation: Relation) -> Way:
    link = associations.alias()
    where = (
        link.c.from_type == CONTACTS,
        link.c.from_id == scope.contact.c.id,
        link.c.to_type == relation.object_type,
    )
    return Way(record, link.join(record, record.c.id == link.c.to_id), where, link.c.from_id, (link,))


def _company(scope: Scope, record: FromClause, _: Relation) -> Way:
    return _picked(scope, record, COMPANY_PICK)


def _siblings(scope: Scope, record: FromClause, _: Relation) -> Way:
    pick, link = contact_picks.alias(), associations.alias()
    where = (
        pick.c.relation == COMPANY_PICK,
        pick.c.contact_id == scope.contact.c.id,
        link.c.from_type == CONTACTS,
        link.c.to_type == COMPANIES,
        record.c.id != scope.contact.c.id,
    )
    source = pick.join(link, link.c.to_id == pick.c.record_id).join(record, record.c.id == link.c.from_id)
    return Way(record, source, where, pick.c.contact_id, (pick, link))


def _older_twins(scope: Scope, record: FromClause, _: Relation) -> Way:
    mine, theirs = contact_keys.alias(), match_keys.alias()
    created, own = _created(scope, record), _created(scope, scope.contact)
    older = or_(created < own, and_(created == own, record.c.id < scope.contact.c.id))
    source = mine.join(theirs, and_(theirs.c.key == mine.c.key, theirs.c.contact_id != mine.c.contact_id)).join(
        record, record.c.id == theirs.c.contact_id
    )
    return Way(record, source, (mine.c.contact_id == scope.contact.c.id, older), mine.c.contact_id, (mine, theirs))


def _created(scope: Scope, contact: FromClause) -> ColumnElement[Any]:
    created_at = scope.ground.rule_set.words[CONTACTS]["created_at"].property
    assert created_at is not None, "standard words always stand for a property"
    return func.coalesce(contact.c[column_name(created_at)], contact.c.created_at)


_WAYS: Mapping[Via, Callable[[Scope, FromClause, Relation], Way]] = {
    Via.LINKS: _linked,
    Via.COMPANY: _company,
    Via.SIBLINGS: _siblings,
    Via.OLDER_TWINS: _older_twins,
}


def colleagues(ids: Collection[str]) -> Rows:
    """The contacts that share a company with one of these, themselves included.

    No join: beyond some seven thousand ids SQLite begins a join with all contacts and tries each id for each of them.
    """
    mine, theirs = associations.alias("mine"), associations.alias("theirs")
    companies = select(mine.c.to_id).where(
        mine.c.from_type == CONTACTS, mine.c.to_type == COMPANIES, among(mine.c.from_id, ids)
    )
    same = and_(theirs.c.to_type == COMPANIES, theirs.c.to_id.in_(companies), theirs.c.from_type == CONTACTS)
    return select(theirs.c.from_id).where(same).distinct()


def company_of(schema: MirrorSchema, contact: FromClause) -> ColumnElement[Any]:
    """Of the contacts' table that encloses it: the primary company, else the linked one with the smallest id."""
    company, link = schema.table(COMPANIES).alias("linked"), associations.alias("link")
    return (
        select(company.c.id)
        .select_from(link.join(company, company.c.id == link.c.to_id))
        .where(
            link.c.from_type == CONTACTS,
            link.c.from_id == contact.c.id,
            link.c.to_type == COMPANIES,
            company.c.archived_at.is_(None),
            company.c.merged_into.is_(None),
        )
        .order_by(case((link.c.type_id == _PRIMARY, 0), else_=1), company.c.id)
        .limit(1)
        .correlate(contact)
        .scalar_subquery()
    )
