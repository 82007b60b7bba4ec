"""Whom a decision for a whole company is about: its contacts that ask about one of the same services."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, false, or_, select

from connector.mirror.tables import MirrorSchema, column_name
from connector.records import CONTACTS
from rules.linking import colleagues, company_of
from rules.model import RuleSet
from rules.scope import Rows, among
from rules.values import contains


def others_at_company(rule_set: RuleSet, schema: MirrorSchema, contact_id: str, statuses: Collection[str]) -> Rows:
    """`id` of the live contacts beside this one that have one of the statuses; none where it has no company or service.

    The company is each contact's one company: somebody who is linked with it besides their own is not meant.
    """
    contact = schema.table(CONTACTS)
    this, other = contact.alias("this"), contact.alias("other")
    services = rule_set.words[CONTACTS]["services"]
    asked_about = column_name(services.property or "")
    if asked_about not in contact.c:
        return select(contact.c.id).where(false())
    same_service = or_(
        false(),
        *(
            and_(contains(this.c[asked_about], one.value), contains(other.c[asked_about], one.value))
            for one in services.options
        ),
    )
    return (
        select(other.c.id)
        .select_from(this.join(other, and_(other.c.id != this.c.id, same_service)))
        .where(
            this.c.id == contact_id,
            among(other.c.id, colleagues([contact_id])),
            other.c.archived_at.is_(None),
            other.c.merged_into.is_(None),
            other.c[column_name(rule_set.vocabulary.property)].in_(statuses),
            company_of(schema, other) == company_of(schema, this),
        )
        .order_by(other.c.id)
    )
