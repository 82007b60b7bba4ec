"""What the rules derive before they look: since when, by whom, which step, which cycle, which first meeting.

The statements fill temporary tables, in order, on the connection that then runs the rules.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Table,
    and_,
    case,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateTable, DropTable, ExecutableDDLElement
from sqlalchemy.sql.compiler import DDLCompiler

from connector.mirror.tables import MirrorSchema, column_name, versions
from connector.records import CONTACTS
from rules.conditions import OfRecords, Relation, Via, walk
from rules.history import status_changes
from rules.linking import COMPANY_PICK, company_of
from rules.model import Queue, RuleSet, StatusGroup
from rules.predicates import contact_scope, linked
from rules.queue_hits import possible_members
from rules.scope import (
    Ground,
    Rows,
    Scope,
    Some,
    among,
    contact_facts,
    contact_history,
    contact_keys,
    contact_picks,
    contact_touches,
    queue_candidates,
    status_setters,
)
from rules.steps import last_step, setters
from rules.touches import touch_rows
from rules.twins import shared_keys
from rules.values import value
from rules.world import World

TABLES = (status_setters, contact_history, contact_facts, contact_picks, contact_touches, contact_keys)


def derive(rule_set: RuleSet, schema: MirrorSchema, world: World, only: Some | None = None) -> list[Executable]:
    """Makes the tables anew, for all live contacts or for those of `only`; whatever is asked next is about these."""
    ground = Ground(rule_set, schema, world)
    picked = [relation for relation in rule_set.relations.values() if relation.pick is not None]
    company = {Via.COMPANY, Via.SIBLINGS}.intersection(rule_set.ways)
    return [
        *made_anew(*TABLES),
        *_setters(ground),
        _filled(contact_history, _history(ground, only)),
        _filled(contact_facts, _facts(ground, only)),
        *([_companies(ground)] if company else ()),
        *([_filled(contact_keys, shared_keys(only))] if Via.OLDER_TWINS in rule_set.ways else ()),
        *(_picks(ground, relation, only) for relation in picked),
        *(_filled(contact_touches, rows) for rows in touch_rows(ground, only)),
        *(_Analyze(table) for table in TABLES),
    ]


def derive_for_queues(
    rule_set: RuleSet, queues: Sequence[Queue], schema: MirrorSchema, world: World
) -> list[Executable]:
    """The same for those alone who may wait in one of the queues, and without what no queue asks for."""
    ground = Ground(rule_set, schema, world)
    asked = [queue.when for queue in queues]
    asked += [rule.when for rule in rule_set.rules if any(action.touches for action in rule.lists)]
    used = {part.relation for when in asked for part in walk(when) if isinstance(part, OfRecords)}
    narrow = dataclasses.replace(rule_set, relations={relation.name: relation for relation in used})
    return [
        *made_anew(queue_candidates),
        _filled(queue_candidates, possible_members(ground, queues)),
        _Analyze(queue_candidates),
        *derive(narrow, schema, world, only=select(queue_candidates.c.id)),
    ]


def made_anew(*tables: Table) -> list[Executable]:
    return [*(DropTable(table, if_exists=True) for table in tables), *(CreateTable(table) for table in tables)]


class _Analyze(ExecutableDDLElement):
    """PostgreSQL never looks at temporary tables by itself, and then joins as if they had eight rows."""

    def __init__(self, table: Table) -> None:
        self.table = table


@compiles(_Analyze)
def _analyze(element: _Analyze, compiler: DDLCompiler, **_: Any) -> str:
    return f"ANALYZE {compiler.preparer.format_table(element.table)}"


@compiles(_Analyze, "sqlite")
def _analyze_nothing(*_: object, **__: object) -> str:
    return "SELECT 1"


def _filled(table: Table, rows: Rows) -> Executable:
    return insert(table).from_select([column.name for column in table.c], rows)


def _setters(ground: Ground) -> list[Executable]:
    rows = setters(ground.world.people)
    return [insert(status_setters).values(rows)] if rows else []


def _facts(ground: Ground, only: Some | None) -> Rows:
    contact, history, setter = ground.schema.table(CONTACTS), contact_history, status_setters
    words = ground.rule_set.words[CONTACTS]
    created = func.coalesce(contact.c[_column(words["created_at"].property)], contact.c.created_at)
    owner = contact.c[_column(words["owner"].property)]
    base = (
        select(
            contact.c.id,
            func.coalesce(history.c.since, created).label("since"),
            history.c.revived_at,
            created.label("created"),
            contact.c[_column(words["inquiry_date"].property)].label("inquiry"),
            history.c.before,
            last_step(ground.rule_set.vocabulary, ground.world.people, history, setter, owner).label("last_step"),
            setter.c.owner_id.label("set_by"),
            history.c.source,
        )
        .select_from(
            contact.outerjoin(history, history.c.id == contact.c.id).outerjoin(
                setter, setter.c.user_id == history.c.user_id
            )
        )
        .where(contact.c.archived_at.is_(None), contact.c.merged_into.is_(None))
    )
    if only is not None:
        base = base.where(among(contact.c.id, only))
    found = base.subquery().c
    # An inquiry after the present status was set belongs to the next cycle.
    cycle = case((found.inquiry <= found.since, found.inquiry), else_=found.created)
    round_start = case((found.revived_at > cycle, found.revived_at), else_=cycle)
    derived = (found.id, found.since, found.revived_at, cycle, round_start)
    return select(*derived, found.before, found.last_step, found.set_by, found.source)


def _column(property_name: str | None) -> str:
    assert property_name is not None, "standard words always stand for a property"
    return column_name(property_name)


def _history(ground: Ground, only: Some | None) -> Rows:
    """Per contact: when its status last changed, from what, to what and by whom, and when it was last revived."""
    changes = _changes(ground, only).subquery()
    last, before = versions.alias("last"), versions.alias("replaced")
    return select(
        changes.c.object_id,
        changes.c.since,
        changes.c.revived_at,
        before.c.position.is_(None),
        func.nullif(before.c.value, ""),
        last.c.value,
        last.c.user_id,
        last.c.source_type,
    ).select_from(
        changes.join(last, _version(last, ground, changes.c.object_id, changes.c.position)).outerjoin(
            before, _version(before, ground, changes.c.object_id, changes.c.position - 1)
        )
    )


def _version(
    version: FromClause, ground: Ground, object_id: ColumnElement[Any], position: ColumnElement[Any]
) -> ColumnElement[bool]:
    return and_(
        version.c.object_type == CONTACTS,
        version.c.object_id == object_id,
        version.c.property == ground.rule_set.vocabulary.property,
        version.c.position == position,
    )


def _changes(ground: Ground, only: Some | None) -> Rows:
    """A join with the version before, not LAG: it reads the primary key in order and never sorts, a quarter of the time."""
    changed = status_changes(ground)
    vocabulary = ground.rule_set.vocabulary
    revived = and_(
        changed.now.c.value.in_(vocabulary.values(StatusGroup.WORK)),
        changed.before.c.value.in_(vocabulary.values(StatusGroup.PARKED)),
    )
    query = (
        select(
            changed.now.c.object_id,
            func.max(changed.now.c.at).label("since"),
            func.max(case((revived, changed.now.c.at))).label("revived_at"),
            func.max(changed.now.c.position).label("position"),
        )
        .select_from(changed.source)
        .where(*changed.where)
        .group_by(changed.now.c.object_id)
    )
    return query if only is None else query.where(among(changed.now.c.object_id, only))


def _companies(ground: Ground) -> Executable:
    contact = ground.schema.table(CONTACTS)
    company = company_of(ground.schema, contact).label("company_id")
    facts = contact_facts
    found = select(contact.c.id, company).select_from(facts.join(contact, contact.c.id == facts.c.id)).subquery()
    chosen = select(literal(COMPANY_PICK), found).where(found.c.company_id.is_not(None))
    return insert(contact_picks).from_select(["relation", "contact_id", "record_id"], chosen)


def _picks(ground: Ground, relation: Relation, only: Some | None) -> Executable:
    """Filled for all contacts at once: from the related records, which are few, to the contacts."""
    assert relation.pick is not None
    scope = contact_scope(ground)
    candidates = linked(scope, dataclasses.replace(relation, pick=None))
    rank = func.row_number().over(partition_by=scope.facts.c.id, order_by=_order(candidates.scope, relation))
    candidate = (
        select(scope.facts.c.id.label("contact_id"), candidates.record.c.id.label("record_id"), rank.label("rank"))
        .select_from(scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id), candidates.source)
        .where(*candidates.where)
    )
    if only is not None:
        # The facts hold no others; said again, since SQLite would go through all related records to find that out.
        candidate = candidate.where(among(candidates.contact_id, only))
    ranked = candidate.subquery()
    chosen = select(literal(relation.name), ranked.c.contact_id, ranked.c.record_id).where(ranked.c.rank == 1)
    return insert(contact_picks).from_select(["relation", "contact_id", "record_id"], chosen)


def _order(scope: Scope, relation: Relation) -> tuple[ColumnElement[Any], ...]:
    assert relation.pick is not None
    by = value(scope, relation.pick.by)
    if relation.pick.latest:
        return by.desc().nulls_last(), scope.record.c.id.desc()
    return by.nulls_last(), scope.record.c.id
