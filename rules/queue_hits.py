"""Who waits in a queue, in SQL: all of them, how many, and who possibly does.

Deriving what a contact's history comes to is dear, asking for its present status is not. So the possible members are
found first, in the mirror alone, and only for them is anything derived.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, null, or_, select, true

from connector.columns import Instant
from connector.mirror.tables import MirrorSchema, associations
from connector.records import CONTACTS, DEALS
from rules.conditions import ASKED_OF_CHANGES, All, AnyOf, Comparison, Condition, Operator, Word
from rules.model import Queue, RuleSet
from rules.predicates import contact_scope, holds
from rules.scope import Ground, Rows, Scope, among
from rules.values import value
from rules.words import TOUCH_WORDS
from rules.world import World


def queue_hits(
    rule_set: RuleSet, queue: Queue, schema: MirrorSchema, world: World, only: Collection[str] | None = None
) -> Rows:
    """`record_id`, and `since` when it has been waiting. Reads what `derive` has made."""
    scope = contact_scope(Ground(rule_set, schema, world))
    joined = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
    query = (
        select(scope.contact.c.id.label("record_id"), value(scope, queue.since).label("since"))
        .select_from(joined)
        .where(holds(scope, queue.when))
    )
    return query if only is None else query.where(among(scope.facts.c.id, only))


def queue_count(rule_set: RuleSet, queue: Queue, schema: MirrorSchema, world: World) -> Rows:
    """`number`, `oldest_since`, `over_limit`: how many have waited longer than the queue's limit; NULL for one without."""
    hits = queue_hits(rule_set, queue, schema, world).subquery()
    late: ColumnElement[Any] = null()
    if queue.limit is not None:
        cutoff = literal(world.calendar.span_cutoff(world.now, queue.limit), Instant())
        late = func.count(case((hits.c.since < cutoff, 1)))
    return select(
        func.count().label("number"), func.min(hits.c.since).label("oldest_since"), late.label("over_limit")
    ).select_from(hits)


def possible_members(ground: Ground, queues: Sequence[Queue]) -> Rows:
    """Ids of all contacts that may wait in one of the queues, and of some that do not. Reads nothing derived."""
    scope = contact_scope(ground)
    contact = scope.contact
    return select(contact.c.id).where(
        contact.c.archived_at.is_(None),
        contact.c.merged_into.is_(None),
        or_(false(), *(_possible(scope, queue.when) for queue in queues)),
    )


def _possible(scope: Scope, condition: Condition) -> ColumnElement[bool]:
    """True wherever the condition holds. What cannot be told from the contact's own columns may hold."""
    if isinstance(condition, All):
        return and_(true(), *(_possible(scope, item) for item in condition.items))
    if isinstance(condition, AnyOf):
        return or_(false(), *(_possible(scope, item) for item in condition.items))
    if not isinstance(condition, Comparison) or condition.operator in ASKED_OF_CHANGES:
        return true()
    if condition.word.name in TOUCH_WORDS and condition.operator is Operator.KNOWN:
        return _has_deal(scope)
    words = [condition.word, condition.operand] if isinstance(condition.operand, Word) else [condition.word]
    return holds(scope, condition) if all(word.property is not None for word in words) else true()


def _has_deal(scope: Scope) -> ColumnElement[bool]:
    linked = (associations.c.from_type == CONTACTS, associations.c.to_type == DEALS)
    return scope.contact.c.id.in_(select(associations.c.from_id).where(*linked))
