"""What a status must have behind it before a person sets it: what the rule that finds it unproven looks for."""

from __future__ import annotations

import dataclasses

from sqlalchemy import select

from connector.mirror.tables import MirrorSchema
from rules.conditions import All, Comparison, Condition
from rules.model import RuleSet
from rules.predicates import contact_scope, holds
from rules.scope import Ground, Rows
from rules.world import World

# The finding "no record of a conversation" of whatever rule file is in use.
UNPROVEN = "H6"


@dataclasses.dataclass(frozen=True, slots=True)
class Unproven:
    """A status, and what is true of a contact that has nothing to show for it."""

    status: str
    when: Condition


def unproven(rule_set: RuleSet) -> Unproven | None:
    """Read off the rule itself, so that the form and the finding never disagree on what counts; None without such a
    rule. What it says of the status and of how long that stands is left out.
    """
    rule = next((rule for rule in rule_set.rules if rule.code == UNPROVEN), None)
    if rule is None or not isinstance(rule.when, All):
        return None
    said = [one for one in rule.when.items if isinstance(one, Comparison) and one.word.name == "lead_status"]
    statuses = [one.operand[0] for one in said if isinstance(one.operand, tuple) and one.operand]
    rest = tuple(one for one in rule.when.items if one not in said)
    if len(statuses) != 1 or not rest:
        return None
    return Unproven(str(statuses[0]), All(rest))


def lacking(rule_set: RuleSet, found: Unproven, schema: MirrorSchema, world: World, contact_id: str) -> Rows:
    """A row if the contact has nothing to show. `derive` comes first, for this contact."""
    scope = contact_scope(Ground(rule_set, schema, world))
    joined = scope.facts.join(scope.contact, scope.contact.c.id == scope.facts.c.id)
    return select(scope.facts.c.id).select_from(joined).where(scope.facts.c.id == contact_id, holds(scope, found.when))
