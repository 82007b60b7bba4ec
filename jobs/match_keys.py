"""Keeps the keys by which contacts are recognised as one person equal to what their records say."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert

from connector.batches import pieces
from connector.mirror import tables
from connector.mirror.marks import mark_to_examine
from connector.mirror.statements import upsert
from connector.mirror.tables import MirrorSchema
from jobs.database import make_way, snapshot, writing
from rules.conditions import Via
from rules.matching import match_keys
from rules.model import RuleSet
from rules.twins import identity, made_by, outdated, sharing

# To look for few among many takes a while; to write many, so long that clicks must wait.
_READ_AT_ONCE, _WRITTEN_AT_ONCE = 500, 100


def refresh_match_keys(
    engine: Engine, rule_set: RuleSet, schema: MirrorSchema, only: Collection[str] | None = None
) -> int:
    """Make anew what is out of date, of all contacts or of `only`; answers of how many. Nothing where no rule asks.

    In short transactions: cut off and run again, it goes on. Whoever shares a key with such a contact, or shared one
    before, is marked as to be examined.
    """
    if Via.OLDER_TWINS not in rule_set.ways:
        return 0
    made, last = 0, "0"
    while True:
        # Whose contact changes in between is out of date the next time.
        with snapshot(engine) as connection:
            rows = next_outdated(connection, rule_set, schema, last, only)
        for some in pieces(rows, _WRITTEN_AT_ONCE):
            keys = keys_of(rule_set, some)
            with writing(engine) as connection:
                replace_keys(connection, rule_set, some, keys)
            make_way(engine)
        made += len(rows)
        if len(rows) < _READ_AT_ONCE:
            return made
        last = rows[-1].id


def next_outdated(
    connection: Connection, rule_set: RuleSet, schema: MirrorSchema, after: str, only: Collection[str] | None = None
) -> Sequence[Row[Any]]:
    """The next contacts by id whose keys are out of date."""
    return connection.execute(outdated(rule_set, schema, after, _READ_AT_ONCE, only)).all()


def keys_of(rule_set: RuleSet, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    return [
        {"contact_id": row.id, "key": key, "kind": kind.value}
        for row in rows
        for key, kind in match_keys(identity(rule_set, row)).items()
    ]


def replace_keys(
    connection: Connection, rule_set: RuleSet, rows: Sequence[Row[Any]], keys: Sequence[dict[str, Any]]
) -> None:
    ids = [row.id for row in rows]
    affected = {*connection.execute(sharing(ids)).scalars()}
    connection.execute(delete(tables.match_keys).where(tables.match_keys.c.contact_id.in_(ids)))
    if keys:
        connection.execute(insert(tables.match_keys), keys)
    affected.update(connection.execute(sharing(ids)).scalars())
    # Those made anew have changed themselves, and are marked or looked at for that.
    mark_to_examine(connection, sorted(affected.difference(ids), key=int))
    connection.execute(upsert(connection, tables.match_sources), _sources(rows, made_by(rule_set)))


def _sources(rows: Sequence[Row[Any]], made: str) -> list[dict[str, Any]]:
    return [
        {
            "contact_id": row.id,
            "contact_updated_at": row.updated_at,
            "company_id": row.company_id,
            "company_updated_at": row.company_updated_at,
            "made_by": made,
        }
        for row in rows
    ]
