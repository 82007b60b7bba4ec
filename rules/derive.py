"""What the rules derive from history before they look: since when, revived when, which cycle, which first meeting.

The statements fill two temporary tables, in order, on the connection that then runs the rules.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    and_,
    case,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.schema import CreateTable, DropTable

from connector.mirror.tables import MirrorSchema, column_name, versions
from connector.records import CONTACTS
from rules.conditions import Relation
from rules.model import RuleSet, StatusGroup
from rules.predicates import linked
from rules.scope import Ground, Rows, Scope, among, contact_facts, contact_picks, contact_scope
from rules.values import value
from rules.world import World


def derive(
    rule_set: RuleSet, schema: MirrorSchema, world: World, only: Collection[str] | None = None
) -> list[Executable]:
    """Makes both tables anew, for all live contacts or for those of `only`; whatever is asked next is about these."""
    ground = Ground(rule_set, schema, world)
    picked = [relation for relation in rule_set.relations.values() if relation.pick is not None]
    return [
        DropTable(contact_facts, if_exists=True),
        DropTable(contact_picks, if_exists=True),
        CreateTable(contact_facts),
        CreateTable(contact_picks),
        insert(contact_facts).from_select([column.name for column in contact_facts.c], _facts(ground, only)),
        *(_picks(ground, relation) for relation in picked),
    ]


def _facts(ground: Ground, only: Collection[str] | None) -> Rows:
    contact, history = ground.schema.table(CONTACTS), _history(ground, only)
    words = ground.rule_set.words[CONTACTS]
    created = func.coalesce(contact.c[_column(words["created_at"].property)], contact.c.created_at)
    inquiry = contact.c[_column(words["inquiry_date"].property)]
    base = (
        select(
            contact.c.id,
            func.coalesce(history.c.since, created).label("since"),
            history.c.previous_status,
            history.c.revived_at,
            created.label("created"),
            inquiry.label("inquiry"),
        )
        .select_from(contact.outerjoin(history, history.c.object_id == contact.c.id))
        .where(contact.c.archived_at.is_(None), contact.c.merged_into.is_(None))
    )
    if only is not None:
        base = base.where(among(contact.c.id, only))
    found = base.subquery()
    # An inquiry after the present status was set belongs to the next cycle.
    cycle = case((found.c.inquiry <= found.c.since, found.c.inquiry), else_=found.c.created)
    round_start = case((found.c.revived_at > cycle, found.c.revived_at), else_=cycle)
    return select(found.c.id, found.c.since, found.c.previous_status, found.c.revived_at, cycle, round_start)


def _column(property_name: str | None) -> str:
    assert property_name is not None, "standard words always stand for a property"
    return column_name(property_name)


def _history(ground: Ground, only: Collection[str] | None) -> FromClause:
    """Per contact: the last change of status, the value before it, and the last revival."""
    changes = _changes(ground, only)
    vocabulary = ground.rule_set.vocabulary
    revived = and_(
        changes.c.value.in_(vocabulary.values(StatusGroup.WORK)),
        changes.c.before.in_(vocabulary.values(StatusGroup.PARKED)),
    )
    return (
        select(
            changes.c.object_id,
            func.max(changes.c.at).label("since"),
            func.max(case((changes.c.from_the_end == 1, changes.c.before))).label("previous_status"),
            func.max(case((revived, changes.c.at))).label("revived_at"),
        )
        .group_by(changes.c.object_id)
        .subquery()
    )


def _changes(ground: Ground, only: Collection[str] | None) -> FromClause:
    """The versions that differ from the one before; the CRM also keeps those that do not."""
    contact, in_time = versions.c.object_id, (versions.c.at, versions.c.position)
    said = func.nullif(versions.c.value, "")
    entries = select(
        versions.c.object_id,
        versions.c.position,
        versions.c.at,
        said.label("value"),
        func.lag(said).over(partition_by=contact, order_by=in_time).label("before"),
        func.row_number().over(partition_by=contact, order_by=in_time).label("number"),
    ).where(versions.c.object_type == CONTACTS, versions.c.property == ground.rule_set.vocabulary.property)
    if only is not None:
        entries = entries.where(among(versions.c.object_id, only))
    entry = entries.subquery()
    last_first = (entry.c.at.desc(), entry.c.position.desc())
    return (
        select(
            entry.c.object_id,
            entry.c.at,
            entry.c.value,
            entry.c.before,
            func.row_number().over(partition_by=entry.c.object_id, order_by=last_first).label("from_the_end"),
        )
        .where((entry.c.number == 1) | entry.c.value.is_distinct_from(entry.c.before))
        .subquery()
    )


def _picks(ground: Ground, relation: Relation) -> Executable:
    """Filled for all contacts at once: from the related records, which are few, to the contacts."""
    assert relation.pick is not None
    scope = contact_scope(ground)
    candidates = linked(scope, Relation(relation.name, relation.object_type, relation.label, relation.where))
    rank = func.row_number().over(partition_by=scope.facts.c.id, order_by=_order(candidates.scope, relation))
    ranked = (
        select(scope.facts.c.id.label("contact_id"), candidates.record.c.id.label("record_id"), rank.label("rank"))
        .select_from(scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id), candidates.source)
        .where(*candidates.where)
        .subquery()
    )
    chosen = select(literal(relation.name), ranked.c.contact_id, ranked.c.record_id).where(ranked.c.rank == 1)
    return insert(contact_picks).from_select(["relation", "contact_id", "record_id"], chosen)


def _order(scope: Scope, relation: Relation) -> tuple[ColumnElement[Any], ...]:
    assert relation.pick is not None
    by = value(scope, relation.pick.by)
    if relation.pick.latest:
        return by.desc().nulls_last(), scope.record.c.id.desc()
    return by.nulls_last(), scope.record.c.id
