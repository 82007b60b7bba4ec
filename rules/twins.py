"""Contacts that are probably one person: whose keys are out of date, how they are made, and who shares one."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, or_, select

from connector.mirror.tables import MirrorSchema, match_keys, match_sources
from connector.records import COMPANIES, CONTACTS
from rules.linking import company_of
from rules.matching import RELEASE, Identity
from rules.model import RuleSet
from rules.scope import Rows, Some, among

_OF_CONTACT = ("email", "last_name", "first_name", "phone", "mobile_phone", "company_name")


def made_by(rule_set: RuleSet) -> str:
    """Changes with whatever decides about keys beside the records themselves."""
    contact, company = rule_set.words[CONTACTS], rule_set.words[COMPANIES]
    said = [RELEASE, *(contact[name].property for name in _OF_CONTACT), company["name"].property]
    return hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()


def outdated(
    rule_set: RuleSet, schema: MirrorSchema, after: str, limit: int, only: Collection[str] | None = None
) -> Rows:
    """The next live contacts, by id, whose keys are missing or were made of something else.

    A row is what `identity` reads, beside what `match_sources` keeps.
    """
    contact, company = schema.table(CONTACTS), schema.table(COMPANIES)
    live = select(
        contact.c.id, contact.c.updated_at, contact.c.properties, company_of(schema, contact).label("company_id")
    ).where(contact.c.archived_at.is_(None), contact.c.merged_into.is_(None), contact.c.id > after)
    chosen = (live if only is None else live.where(among(contact.c.id, only))).subquery()
    known = match_sources
    differs = or_(
        known.c.contact_id.is_(None),
        known.c.contact_updated_at != chosen.c.updated_at,
        known.c.company_id.is_distinct_from(chosen.c.company_id),
        known.c.company_updated_at.is_distinct_from(company.c.updated_at),
        known.c.made_by != made_by(rule_set),
    )
    return (
        select(chosen, company.c.updated_at.label("company_updated_at"), company.c.properties.label("of_company"))
        .select_from(
            chosen.outerjoin(company, company.c.id == chosen.c.company_id).outerjoin(
                known, known.c.contact_id == chosen.c.id
            )
        )
        .where(differs)
        .order_by(chosen.c.id)
        .limit(limit)
    )


def identity(rule_set: RuleSet, row: Row[Any]) -> Identity:
    """Of one row of `outdated`. A company that is linked counts for more than what was typed, even without a name."""
    words = rule_set.words[CONTACTS]
    email, last, first, phone, mobile, typed = (row.properties.get(words[name].property) for name in _OF_CONTACT)
    if row.company_id is not None:
        typed = row.of_company.get(rule_set.words[COMPANIES]["name"].property)
    return Identity(email, last, first, (phone, mobile), typed)


def shared_keys(only: Some | None) -> Rows:
    """The keys by which a contact may have a twin: those of `only`, or all that more than one contact has."""
    keys = select(match_keys.c.contact_id, match_keys.c.key, match_keys.c.kind)
    if only is not None:
        return keys.where(among(match_keys.c.contact_id, only))
    several = select(match_keys.c.key).group_by(match_keys.c.key).having(func.count() > 1)
    return keys.where(match_keys.c.key.in_(several))


def sharing(ids: Collection[str]) -> Rows:
    """The contacts that share a key with one of these, themselves included. No join, as for colleagues."""
    mine, theirs = match_keys.alias("mine"), match_keys.alias("theirs")
    keys = select(mine.c.key).where(among(mine.c.contact_id, ids))
    return select(theirs.c.contact_id).where(theirs.c.key.in_(keys)).distinct()
