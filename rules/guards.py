"""What must be so of a contact before a person may take a step, asked of the mirror; `transitions.judge` takes the answer.

Steps that were taken in the CRM are not judged by it: H11 and H13 follow the table alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, case, select

from connector.mirror.tables import MirrorSchema
from rules.model import RuleSet
from rules.predicates import contact_scope, holds
from rules.scope import Ground, Rows, among
from rules.step_guard import Guard
from rules.transitions import meaningful
from rules.world import World


def guards_of(rule_set: RuleSet, present: str | None, wanted: str, answers: Mapping[str, str]) -> tuple[Guard, ...]:
    """Those that stand before this step, when `answers` (by CRM property) are given with it."""
    step = (meaningful(rule_set.vocabulary, present), wanted)
    return tuple(
        guard
        for guard in rule_set.guards
        if step in guard.steps and all(answers.get(name) in values for name, values in guard.answers.items())
    )


def asked(rule_set: RuleSet, guards: Sequence[Guard], schema: MirrorSchema, world: World, contact_id: str) -> Rows:
    """One row for the contact, to be read by `unmet`; it reads the tables that `derive` has made."""
    scope = contact_scope(Ground(rule_set, schema, world))
    columns = [case((holds(scope, guard.needs), 1), else_=0).label(f"guard_{n}") for n, guard in enumerate(guards)]
    joined = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
    return select(scope.facts.c.id, *columns).select_from(joined).where(among(scope.facts.c.id, [contact_id]))


def unmet(guards: Sequence[Guard], row: Row[*tuple[Any, ...]] | None) -> tuple[Guard, ...]:
    """All of them where the contact is not there."""
    return tuple(guard for n, guard in enumerate(guards) if row is None or not row[n + 1])
