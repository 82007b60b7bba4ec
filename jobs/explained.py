"""Rules explained for one contact: their conditions with the values seen, from the SQL that examines."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row

from rules.derive import derive
from rules.explain import Explained, Shape, explain, read_explanation
from rules.model import Queue, Rule
from rules.scope import Ground


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """`row` is None where the contact is not among those examined."""

    rule: Rule | Queue
    shape: Shape
    row: Row[*tuple[Any, ...]] | None

    @property
    def holds(self) -> bool:
        return self.row is not None and bool(self.row.verdict)

    @property
    def conditions(self) -> Sequence[Explained]:
        return () if self.row is None else read_explanation(self.shape, self.row)


def verdicts(connection: Connection, ground: Ground, rules: Sequence[Rule | Queue], contact_id: str) -> list[Verdict]:
    """One for each rule, in their order."""
    for statement in derive(ground.rule_set, ground.schema, ground.world, only=[contact_id]):
        connection.execute(statement)
    found: list[Verdict] = []
    for rule in rules:
        statement, shape = explain(ground.rule_set, rule, ground.schema, ground.world, [contact_id])
        found.append(Verdict(rule, shape, connection.execute(statement).first()))
    return found
