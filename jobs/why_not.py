"""The nearest thing that would make a rule hold for a contact, tried on the rule's own SQL before it is said."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import Connection, Row

from connector.mirror.reads import StoredRecord
from rules.assumed import Assumption
from rules.explain import Shape
from rules.model import Queue, Rule
from rules.nearest import Nearest, nearest_ways

# What has not been found by then is far away, and nobody waits for it.
_MOST_TRIED = 24


def nearest(
    connection: Connection,
    assumption: Assumption,
    rule: Rule | Queue,
    shape: Shape,
    row: Row[*tuple[Any, ...]],
    stored: StoredRecord,
) -> Nearest | None:
    """None where nothing near is found. The temporary tables of the examination are made anew by it."""
    for way in itertools.islice(nearest_ways(rule, shape, row, stored.record.properties), _MOST_TRIED):
        now = way.at or shape.ground.world.now
        for statement in assumption.statements(now, way.values):
            connection.execute(statement)
        if connection.execute(assumption.asked(now, way.when)).first() is not None:
            return way
    return None


def as_json(found: Nearest, shape: Shape, stored: StoredRecord) -> dict[str, Any]:
    said = found.text(shape.ground)
    return {
        "text": said.en,
        "text_ja": said.ja,
        "at": found.at.isoformat() if found.at else None,
        "changes": [
            {
                "word": one.word.name,
                "property": one.property,
                "from": stored.record.properties.get(one.property),
                "to": one.value,
            }
            for one in found.changes
        ],
        "conditions": [{"text": one.en, "text_ja": one.ja} for one in found.conditions],
    }
