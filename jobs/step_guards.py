"""Which guards of the vocabulary forbid a step of one contact's lead status now."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from connector.mirror.tables import MirrorSchema
from jobs.database import snapshot
from rules.derive import derive
from rules.guards import asked, guards_of, unmet
from rules.model import RuleSet
from rules.step_guard import Guard
from rules.world import World


def unmet_guards(
    engine: Engine,
    rule_set: RuleSet,
    schema: MirrorSchema,
    world: World,
    contact_id: str,
    *,
    present: str | None,
    wanted: str,
    answers: Mapping[str, str],
) -> tuple[Guard, ...]:
    """`answers` are what the person says with the status, by CRM property. Each guard's `message` is for the person.

    It knows what was mirrored: whoever asks right after a meeting was made reads the contact again before.
    """
    guards = guards_of(rule_set, present, wanted, answers)
    if not guards:
        return ()
    with snapshot(engine) as connection:
        for statement in derive(rule_set, schema, world, only=[contact_id]):
            connection.execute(statement)
        return unmet(guards, connection.execute(asked(rule_set, guards, schema, world, contact_id)).first())
